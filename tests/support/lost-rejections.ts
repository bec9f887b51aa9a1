/** A rejection that nobody handles fails the test that runs: mocha by itself says nothing of it. */
export const mochaHooks = {
  // Once a file, since a parallel worker takes all listeners away at the end of each.
  beforeAll() {
    process.on("unhandledRejection", (reason) => {
      throw reason;
    });
  },
};
