/** The answer to CloudFormation: a PUT to the URL that came with the event, which is as good as a password and so never logged. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
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

/** Longer ones CloudFormation does not take. */
const longestBody = 4096;

/** Of S3, where the URL leads: it says nothing, or an error in XML. */
const longestAnswer = 1024 * 1024;

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

async function put(url: URL, body: string): Promise<void> {
  const content = Buffer.from(body, 'utf8');
  const request = url.protocol === 'http:' ? requestHttp : requestHttps;
  // The signature of the URL covers an empty content type.
  const headers = { 'content-type': '', 'content-length': content.length };
  const outgoing = request(url, { method: 'PUT', headers });
  const { status } = await exchange(outgoing, { body: content, timeoutMs: attemptTimeoutMs, maxBytes: longestAnswer });
  if (status >= 400) {
    throw new Error(`status ${status}`);
  }
}
