/**
 * JSON objects among other lines. Wrappers of Terraform print around what it prints, make and CI above and below it, cdktf and Terragrunt
 * before each line of it.
 */

type Json = Readonly<Record<string, unknown>>;

/** How many beginnings that come to nothing are tried: a log has many braces. Each may look through all the rest, so that in a long one fewer are. */
const patience = { most: 500, fewest: 20, characters: 10_000_000 } as const;

export interface ObjectsInText {
  /** In the order of their beginnings, none of them inside another; the whole text as one, when it is one. */
  readonly objects: readonly Json[];
  /** Why there may be more, in words that go on from the name of the text; undefined when there are no others. */
  readonly missed: string | undefined;
}

export function jsonObjectsIn(text: string): ObjectsInText {
  const whole = tryParse(text);
  if (whole !== undefined) {
    return { objects: [whole], missed: undefined };
  }
  const plain = withoutColours(text);
  const objects: Json[] = [];
  const mostFailures = Math.min(patience.most, Math.max(patience.fewest, Math.floor(patience.characters / plain.length)));
  let failures = 0;
  for (let start = nextStart(plain, 0); start !== -1; ) {
    if (failures === mostFailures) {
      return { objects, missed: `has too many braces (${failures}) that belong to no JSON object` };
    }
    const object = objectAt(plain, start) ?? objectBehindPrefix(plain, start);
    if (object !== undefined) {
      objects.push(object.json);
      start = nextStart(plain, object.end);
    } else if (isCutOff(plain, start)) {
      // What stands inside of it is no object of its own.
      return { objects, missed: 'is cut off in the middle of a JSON object' };
    } else {
      failures += 1;
      start = nextStart(plain, afterFailure(plain, start));
    }
  }
  return { objects, missed: undefined };
}

/** Of what Terraform writes, which begins a line or with a version; a brace among words is none. */
function isCutOff(text: string, start: number): boolean {
  const isOwn = start === 0 || text[start - 1] === '\n' || /^\{\s*[^\n{}"]*"(?:format_)?version"\s*:/.test(text.slice(start, start + 200));
  return isOwn && endOfObject(text, start) === undefined;
}

/** Where to look on: on the next line, where the brace is not closed. */
function afterFailure(text: string, start: number): number {
  const lineEnd = text.indexOf('\n', start);
  return endOfObject(text, start) !== undefined ? start + 1 : lineEnd === -1 ? text.length : lineEnd;
}

interface Found {
  readonly json: Json;
  /** Behind its last character. */
  readonly end: number;
}

/** Where an object may begin: a brace, and then a name, perhaps on the next line, or nothing. Blocks of a plan for people begin otherwise. */
function nextStart(text: string, from: number): number {
  const opening = /\{(?=[^\S\n]*(?:["}]|\r?\n[^\n]*"[^"\n]*"\s*:))/g;
  opening.lastIndex = from;
  return opening.exec(text)?.index ?? -1;
}

function objectAt(text: string, start: number): Found | undefined {
  const end = endOfObject(text, start);
  const json = end === undefined ? undefined : tryParse(text.slice(start, end));
  return json === undefined || end === undefined ? undefined : { json, end };
}

/** Of an object on several lines each begins with as many characters as the first: the name of a stack, a time. */
function objectBehindPrefix(text: string, start: number): Found | undefined {
  const width = start - (text.lastIndexOf('\n', start) + 1);
  if (width === 0) {
    return undefined;
  }
  const [first = '', ...others] = text.slice(start).split('\n');
  const lines = [first, ...others.map((line) => line.slice(width))];
  const object = objectAt(lines.join('\n'), 0);
  if (object === undefined) {
    return undefined;
  }
  const extraLines = lines.join('\n').slice(0, object.end).split('\n').length - 1;
  const skipped = others.slice(0, extraLines).reduce((sum, line) => sum + Math.min(width, line.length), 0);
  return { json: object.json, end: start + object.end + skipped };
}

/** The brace that closes the one at `start`; undefined when none does. */
function endOfObject(text: string, start: number): number | undefined {
  const token = /"(?:[^"\\]|\\.)*"|[{}]/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    depth += match[0] === '{' ? 1 : match[0] === '}' ? -1 : 0;
    if (depth === 0) {
      return token.lastIndex;
    }
  }
  return undefined;
}

function tryParse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    // The error of JSON.parse quotes what it could not read.
    return undefined;
  }
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}
