/** One of the two users of an app's database that take turns. */
export interface MySqlUser {
  readonly name: string;

  /** What its password is made up for: another version, another password. */
  readonly keepers: { readonly passwordVersion: string };
}

/** MySQL's limit is 32 characters, of which these users take two. */
const LONGEST_APP = 30;

/**
 * The user that the app's pods are to sign in as, and the other one. Odd versions of the password are of user a, even
 * ones of user b: so the next version changes the user that nobody uses, and the pods go over to it one by one while
 * the others go on as the user before.
 *
 * @param passwordVersion goes up by one at a time, see `versionProblem`
 */
export function usersByTurns(
  app: string,
  passwordVersion: number,
): readonly [current: MySqlUser, other: MySqlUser] {
  if (app.length > LONGEST_APP) {
    throw new Error(`expected at most ${LONGEST_APP} characters of a name for MySQL users, got "${app}"`);
  }
  return [userOf(app, passwordVersion), userOf(app, passwordVersion - 1)];
}

/**
 * What is wrong with a version that goes down, or up by more than one: it would change the password under the pods that
 * use it. So would a second one before all pods have gone over to the first.
 *
 * @param running that which all pods have; undefined before the first update
 * @returns undefined if nothing is wrong
 */
export function versionProblem(running: number | undefined, next: number): string | undefined {
  if (running === undefined || next === running || next === running + 1) return undefined;
  return (
    `expected ${running}, which the last update that was completed has set, or ${running + 1} for another password, ` +
    `got ${next}, which would change the password of the user that the pods use`
  );
}

function userOf(app: string, version: number): MySqlUser {
  return {
    name: `${app}-${version % 2 === 0 ? "b" : "a"}`,
    keepers: { passwordVersion: String(version) },
  };
}
