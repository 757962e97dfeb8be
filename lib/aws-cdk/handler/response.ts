/** The answer to CloudFormation: a PUT to the URL that came with the event, which is as good as a password and so never logged. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

/** Longer ones CloudFormation does not take. */
const longestBody = 4096;

const attempts = 3;
const attemptTimeoutMs = 10_000;

/** What is too long is cut at the end of the reason. */
export function encodeAnswer(answer: Answer): string {
  const body = JSON.stringify(answer);
  const excess = Buffer.byteLength(body) - longestBody;
  // A character takes a byte at least, and the dots that stand for the rest take three.
  return excess <= 0 ? body : JSON.stringify({ ...answer, Reason: `${answer.Reason.slice(0, -excess - 3)}…` });
}

/** @throws Error when CloudFormation could not be told; without the URL */
export async function sendAnswer(url: string, body: string, sleep: (ms: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await put(new URL(url), body);
    } catch (cause) {
      if (attempt === attempts) {
        throw new Error(`CloudFormation could not be told: ${cause instanceof Error ? cause.message : 'no answer'}`);
      }
    }
    await sleep(250 * 2 ** attempt);
  }
}

function put(url: URL, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'http:' ? requestHttp : requestHttps;
    // The signature of the URL covers an empty content type.
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'PUT', headers, timeout: attemptTimeoutMs }, (response) => {
      const status = response.statusCode ?? 0;
      response.on('error', reject).resume();
      response.on('end', () => (status < 400 ? resolve() : reject(new Error(`status ${status}`))));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
