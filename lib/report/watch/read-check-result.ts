/**
 * Reads what `byok check --json` wrote. What cannot be read as a whole is refused: half of it would
 * look as if the rest were fine.
 */
import Ajv, { type ErrorObject } from 'ajv';
import { ByokError } from '../../errors';
import { isRecord, type JsonRecord, tryParseJson } from '../../json';
import { formatInstant, instantFormat } from '../../terms/expiration-time';
import { formOf } from '../document';
import { type CheckResult, checkSchema } from './check-result';
import schema from './check-result.schema.json';

const howTo = 'give what "byok check --json FILE" writes';

/** Clocks differ a little. */
const toleranceMs = 300_000;

/**
 * @param place where the content comes from, for people
 * @throws ByokError ERR_ARGUMENT in one sentence, which shows no content
 */
export function readCheckResult(content: string, place: string, now: Date): CheckResult {
  const result = requireResult(recordIn(content, place), place);
  if (Date.parse(result.as_of) > now.getTime() + toleranceMs) {
    throw refused(
      place,
      `is of ${result.as_of}, and here it is ${formatInstant(now)}: it would look new for too long; set the clocks, and check again`,
    );
  }
  return result;
}

function recordIn(content: string, place: string): JsonRecord {
  if (content.trim() === '') {
    throw refused(place, 'is empty, as after a check that failed; run that check again');
  }
  const json = tryParseJson(content);
  if (json === undefined) {
    throw refused(place, `is no JSON, or is cut off; ${howTo}`);
  }
  if (!isRecord(json)) {
    throw refused(place, `is no JSON object; ${howTo}`);
  }
  return json;
}

let validate: ReturnType<Ajv['compile']> | undefined;

function requireResult(json: JsonRecord, place: string): CheckResult {
  requireSchema(json, place);
  validate ??= new Ajv({ formats: { instant: isInstant } }).compile(schema);
  if (!validate(json)) {
    throw refused(place, `is no result of byok check: ${faultOf(validate.errors)}; ${howTo}`);
  }
  const result = json as unknown as CheckResult;
  requireAllFindings(result, place);
  return result;
}

/** A key whose finding was lost would count as one that does not exist. */
function requireAllFindings({ sources, findings }: CheckResult, place: string): void {
  const found = new Map<string, number>();
  for (const finding of findings) {
    found.set(finding.place, (found.get(finding.place) ?? 0) + 1);
  }
  const at = sources.findIndex((source) => source.keys !== (found.get(source.place) ?? 0));
  const source = sources[at];
  if (source !== undefined) {
    throw refused(
      place,
      `is not complete: sources[${at}].keys is ${source.keys}, and it has ${found.get(source.place) ?? 0} findings; ${howTo}`,
    );
  }
}

/** What something else is, is told by name. */
function requireSchema(json: JsonRecord, place: string): void {
  const form = formOf(json);
  if (form === 'state file' || form === 'shown state') {
    throw refused(place, 'is a state; give it to "byok check --state", and its result here');
  }
  if (form === 'plan') {
    throw refused(place, 'is a plan; give it to "byok check --plan", and its result here');
  }
  if (isRecord(json.error)) {
    throw refused(place, 'is the error of a check that failed; run that check again');
  }
  if (json.schema === undefined && Array.isArray(json.findings)) {
    throw refused(place, 'was written by an older byok; run the check again with this one');
  }
  if (typeof json.schema === 'string' && json.schema !== checkSchema) {
    const [version] = /^byok-check\/\d{1,6}$/.exec(json.schema) ?? [];
    throw refused(
      place,
      version === undefined
        ? `is the JSON of something else; ${howTo}`
        : `is of the form ${version}, and this byok reads ${checkSchema}; use the same version of byok for both`,
    );
  }
}

function faultOf(errors: readonly ErrorObject[] | null | undefined): string {
  const [error] = errors ?? [];
  const path = (error?.instancePath ?? '')
    .slice(1)
    .replace(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.');
  const subject = path === '' ? 'it' : path;
  return error?.keyword === 'required'
    ? `${subject} lacks "${String(error.params.missingProperty)}"`
    : `${subject} has a value that is not allowed there`;
}

/** Also a day that its month has. */
function isInstant(text: string): boolean {
  return instantFormat.test(text) && formatInstant(new Date(text)) === text;
}

function refused(place: string, what: string): ByokError {
  return new ByokError('ERR_ARGUMENT', `${place} ${what}`);
}
