/**
 * The answer to CloudFormation: a PUT to the URL that came with the event. The URL is as good as a
 * password, so it is never logged.
 */
import { request } from 'node:https';
import { exchange } from '../../kms/http-exchange';

export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

/** CloudFormation does not accept longer ones. */
const longestBody = 4096;

/** The answer of S3, to which the URL leads: nothing, or an error in XML. */
const longestAnswer = 1024 * 1024;

const attempts = 3;
const attemptTimeoutMs = 10_000;

const bucket = 'cloudformation-custom-resource-response-';
const region = '[a-z]{2,5}(?:-[a-z]+)+-\\d+';
/**
 * The domains of the partitions: all regions and GovCloud, China, the European sovereign cloud, and
 * those without public regions.
 */
const domains = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
];
const s3 = `s3(?:-fips)?(?:\\.dualstack)?(?:[.-]${region})?\\.(?:${domains.join('|').replaceAll('.', '\\.')})`;
const answerPlaces = [
  new RegExp(`^https://${bucket}[a-z0-9-]+\\.${s3}/`),
  new RegExp(`^https://${s3}/${bucket}[a-z0-9-]+/`),
];

/**
 * Whether an answer may go there: over HTTPS, and to an S3 bucket that bears CloudFormation's name,
 * in any region and by any of S3's forms of address. Anyone who may invoke the function chooses the
 * URL, and must not reach anything else through it.
 */
export function isAnswerPlace(url: unknown): boolean {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  const plain =
    parsed !== undefined && parsed.username === '' && parsed.password === '' && parsed.port === '';
  return plain && answerPlaces.some((place) => place.test(parsed.href));
}

/**
 * If the answer is too long, cuts the reason at its end. If that is not enough, the answer is a
 * failure because of its attributes.
 *
 * @throws Error if nothing shorter is possible
 */
export function encodeAnswer(answer: Answer): string {
  const { Data, ...rest } = answer;
  const size = Buffer.byteLength(JSON.stringify(Data ?? {}));
  const tooLong =
    `the attributes of the resource take ${size} bytes, and CloudFormation accepts at most ` +
    `${longestBody}; check the key in the KMS (ERR_INTERNAL)`;
  const body = tryFit(answer) ?? tryFit({ ...rest, Status: 'FAILED', Reason: tooLong });
  if (body === undefined) {
    throw new Error(
      `CloudFormation could not be told: the ids of its own request leave no room in an answer of ${longestBody} bytes`,
    );
  }
  return body;
}

/** @returns undefined if the answer is too long even without a reason */
function tryFit(answer: Answer): string | undefined {
  const body = JSON.stringify(answer);
  if (Buffer.byteLength(body) <= longestBody) {
    return body;
  }
  const cut = (Reason: string): string => JSON.stringify({ ...answer, Reason: `${Reason}…` });
  let room = longestBody - Buffer.byteLength(cut(''));
  if (room < 0) {
    return undefined;
  }
  // By characters, as JSON writes them: half a character would take more.
  const characters = Array.from(answer.Reason);
  const kept = characters.findIndex((character) => {
    room -= Buffer.byteLength(JSON.stringify(character)) - 2;
    return room < 0;
  });
  return cut(characters.slice(0, kept).join(''));
}

/** @throws Error if CloudFormation could not be reached; without the URL */
export async function sendAnswer(
  url: string,
  body: string,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await put(new URL(url), body);
    } catch (cause) {
      if (attempt === attempts) {
        throw new Error(
          `CloudFormation could not be told: ${cause instanceof Error ? cause.message : 'no answer'}`,
        );
      }
    }
    await sleep(250 * 2 ** attempt);
  }
}

async function put(url: URL, body: string): Promise<void> {
  const content = Buffer.from(body, 'utf8');
  // The signature of the URL covers an empty content type.
  const headers = { 'content-type': '', 'content-length': content.length };
  const outgoing = request(url, { method: 'PUT', headers });
  const { status } = await exchange(outgoing, {
    body: content,
    timeoutMs: attemptTimeoutMs,
    maxBytes: longestAnswer,
  });
  if (status >= 400) {
    throw new Error(`status ${status}`);
  }
}
