import { charactersSchema, checkCharacters, completeCharacters, randomCharacters } from "./characters.js";
import { defineResource } from "./resource.js";

/** The real provider's cost, the default of Go's bcrypt. */
const BCRYPT_COST = 10;

export const randomPassword = defineResource({
  token: "random:index/randomPassword:RandomPassword",
  schema: charactersSchema,
  secretOutputs: ["result", "bcryptHash"],
  complete: completeCharacters,
  check: checkCharacters,
  async create(args) {
    const result = randomCharacters(args);
    // Loaded here, so that the provider starts without it.
    const { hash } = await import("bcryptjs");
    // The id is in the clear in every state, so it must say nothing.
    return { id: "none", outputs: { result, bcryptHash: await hash(result, BCRYPT_COST) } };
  },
});
