/**
 * Finds JSON objects among other lines.
 * Wrappers of Terraform print around its output, make and CI above and below it,
 * and cdktf and Terragrunt before each of its lines.
 */
import { type JsonRecord, tryParseRecord } from '../json';

/**
 * How many braces we try that turn out not to begin an object; a log has many of them.
 * Each try may scan the rest of the text, so a long text gets fewer.
 */
const patience = { most: 500, fewest: 20, characters: 10_000_000 } as const;

export interface ObjectsInText {
  /**
   * In the order of their beginnings; none lies inside another.
   * One object if the whole text is one.
   */
  readonly objects: readonly JsonRecord[];
  /**
   * Why there may be more objects, in words that continue after the name of the text;
   * undefined if there are no more.
   */
  readonly missed: string | undefined;
}

export function jsonObjectsIn(text: string): ObjectsInText {
  const whole = tryParseRecord(text);
  if (whole !== undefined) {
    return { objects: [whole], missed: undefined };
  }
  const plain = withoutColours(text);
  const objects: JsonRecord[] = [];
  const mostFailures = Math.min(
    patience.most,
    Math.max(patience.fewest, Math.floor(patience.characters / plain.length)),
  );
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
      // Objects inside of it are not documents of their own.
      return { objects, missed: 'is cut off in the middle of a JSON object' };
    } else {
      failures += 1;
      start = nextStart(plain, afterFailure(plain, start));
    }
  }
  return { objects, missed: undefined };
}

/**
 * Whether an object that Terraform wrote is cut off.
 * Such an object begins a line, or begins with a version.
 * A brace among words does not count.
 */
function isCutOff(text: string, start: number): boolean {
  const isOwn =
    start === 0 ||
    text[start - 1] === '\n' ||
    /^\{\s*[^\n{}"]*"(?:format_)?version"\s*:/.test(text.slice(start, start + 200));
  return isOwn && endOfObject(text, start) === undefined;
}

/** Where to continue. If the brace is never closed, on the next line. */
function afterFailure(text: string, start: number): number {
  const lineEnd = text.indexOf('\n', start);
  return endOfObject(text, start) !== undefined
    ? start + 1
    : lineEnd === -1
      ? text.length
      : lineEnd;
}

interface Found {
  readonly json: JsonRecord;
  /** Index after its last character. */
  readonly end: number;
}

/**
 * Where an object may begin: a brace, and then a name, perhaps on the next line, or nothing.
 * The blocks of a plan for people begin in other ways.
 */
function nextStart(text: string, from: number): number {
  const opening = /\{(?=[^\S\n]*(?:["}]|\r?\n[^\n]*"[^"\n]*"\s*:))/g;
  opening.lastIndex = from;
  return opening.exec(text)?.index ?? -1;
}

function objectAt(text: string, start: number): Found | undefined {
  const end = endOfObject(text, start);
  const json = end === undefined ? undefined : tryParseRecord(text.slice(start, end));
  return json === undefined || end === undefined ? undefined : { json, end };
}

/**
 * Each line of an object has a prefix as long as that of the first line:
 * the name of a stack, or a time.
 */
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
  const skipped = others
    .slice(0, extraLines)
    .reduce((sum, line) => sum + Math.min(width, line.length), 0);
  return { json: object.json, end: start + object.end + skipped };
}

/** Index after the brace that closes the one at `start`; undefined if it is never closed. */
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

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with one
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}
