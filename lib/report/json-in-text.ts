/**
 * JSON objects among other lines. Wrappers of Terraform print around what it prints, make and CI above and below it, cdktf and Terragrunt
 * before each line of it.
 */

type Json = Readonly<Record<string, unknown>>;

/** How many beginnings that come to nothing are tried: a long log has many braces. */
const patience = 500;

/** Objects in the order of their beginnings, none of them inside another; the whole text as one, when it is one. */
export function jsonObjectsIn(text: string): Json[] {
  const whole = tryParse(text);
  if (whole !== undefined) {
    return [whole];
  }
  const plain = withoutColours(text);
  const found: Json[] = [];
  let failures = 0;
  for (let start = nextStart(plain, 0); start !== -1 && failures < patience; ) {
    const object = objectAt(plain, start) ?? objectBehindPrefix(plain, start);
    if (object === undefined) {
      failures += 1;
      const after = afterFailure(plain, start);
      start = after === -1 ? -1 : nextStart(plain, after);
    } else {
      found.push(object.json);
      start = nextStart(plain, object.end);
    }
  }
  return found;
}

/**
 * Where to look on: what stands inside an object that is cut off is none of its own.
 *
 * @returns -1: nowhere
 */
function afterFailure(text: string, start: number): number {
  if (endOfObject(text, start) !== undefined) {
    return start + 1;
  }
  const startsLine = start === 0 || text[start - 1] === '\n';
  return startsLine ? -1 : text.indexOf('\n', start);
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
