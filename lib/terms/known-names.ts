/**
 * Refuses property names that do not exist.
 * Runners such as tsx check no types, and users rely on what they wrote:
 * a misspelled pin pins nothing.
 * Constructs, policies and the test matchers use it.
 */
import { ByokError } from '../errors';

/**
 * @param given an object whose names are checked
 * @param owner what has these names, for messages: "ImportedKey", "timeouts of ImportedKey"
 * @throws ByokError ERR_ARGUMENT when `given` is not an object, has a name that is not allowed, or
 * has one in a way that would be lost on the way; the message shows no values
 */
export function refuseUnknownNames(given: object, allowed: readonly string[], owner: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the properties of ${owner} are not an object; give one, such as { ${allowed[0]}: … }`,
    );
  }
  const own = Object.keys(given);
  const [hidden] = allowed.filter((name) => name in given && !own.includes(name));
  if (hidden !== undefined || (own.length === 0 && !isPlain(given))) {
    const what =
      hidden === undefined
        ? `the properties of ${owner} are no plain object`
        : `${hidden} of ${owner} is inherited or not enumerable, so that it would be lost`;
    throw new ByokError(
      'ERR_ARGUMENT',
      `${what}; give a plain object, such as { ${hidden ?? allowed[0]}: … }`,
    );
  }
  const unknown = own.filter((name) => !allowed.includes(name));
  if (unknown.length > 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${owner} has no property ${listed(unknown.map((name) => suggested(name, allowed)))}; allowed are ${[...allowed].sort().join(', ')}`,
    );
  }
}

/**
 * Whether an object is what braces make: all that it holds is seen by `Object.entries`. A Map, an
 * object of a class, and a property that is inherited or not enumerable are not.
 */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    // Of any realm: only Object.prototype itself has none.
    (prototype === null || Object.getPrototypeOf(prototype) === null) &&
    Object.getOwnPropertyNames(value).length === Object.keys(value).length
  );
}

function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and no ${names.at(-1)}`;
}

function suggested(name: string, allowed: readonly string[]): string {
  const nearest = nearestName(name, allowed);
  return nearest === undefined ? `"${name}"` : `"${name}" (did you mean "${nearest}"?)`;
}

/** The allowed name that the user probably meant; undefined if none is close. */
export function nearestName(name: string, allowed: readonly string[]): string | undefined {
  const [nearest] = allowed
    .map((candidate) => ({ candidate, distance: distanceBetween(plain(name), plain(candidate)) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(1, Math.floor(Math.min(name.length, candidate.length) / 3)),
    )
    .sort((one, other) => one.distance - other.distance);
  return nearest?.candidate;
}

/** Terraform's form of a name counts as ours, so `key_spec` is close to `keySpec`. */
function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/**
 * Counts letters that are missing, surplus, wrong,
 * or swapped with their neighbor (Damerau-Levenshtein, optimal string alignment).
 */
function distanceBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= one.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= other.length; column += 1) {
      const differs = one[row - 1] === other[column - 1] ? 0 : 1;
      const swapped =
        row > 1 &&
        column > 1 &&
        one[row - 1] === other[column - 2] &&
        one[row - 2] === other[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + differs,
          swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
