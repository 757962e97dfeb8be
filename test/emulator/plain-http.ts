/** Requests by node:http alone: the emulator is checked without this project's own client. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Emulator } from '../../lib/emulator';

export interface PlainRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** An emulator in this process or another one. */
export type ReachedEmulator = Pick<Emulator, 'port' | 'projectId' | 'authToken'>;

export function send(
  emulator: Pick<Emulator, 'port'>,
  { method = 'POST', path, headers = {}, body }: PlainRequest,
): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const options = {
      host: '127.0.0.1',
      port: emulator.port,
      method,
      path,
      headers: { ...type, ...headers },
      agent: new Agent(),
    };
    const outgoing = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** A KMS call with the emulator's token. */
export function call(
  emulator: ReachedEmulator,
  verb: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<PlainAnswer> {
  const path = `/v1.0/${emulator.projectId}/kms/${verb}`;
  return send(emulator, {
    path,
    headers: { 'X-Auth-Token': emulator.authToken, ...headers },
    body,
  });
}

/** The answer of a call that must succeed. */
export async function ok<Answer>(
  emulator: ReachedEmulator,
  verb: string,
  body: unknown,
): Promise<Answer> {
  const { status, text } = await call(emulator, verb, body);
  if (status !== 200) {
    throw new Error(`${verb} answered ${status} ${text}`);
  }
  return JSON.parse(text) as Answer;
}

/** "400 KMS.0205" of an answer in the KMS's envelope; "200" when it succeeded. */
export function verdict({ status, text }: PlainAnswer): string {
  const { error } = JSON.parse(text) as { error?: { error_code: string } };
  return error === undefined ? String(status) : `${status} ${error.error_code}`;
}

export function control(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<PlainAnswer> {
  return send(emulator, {
    method,
    path: `/_control/${path}`,
    headers: { 'X-Control-Token': emulator.controlToken },
    body,
  });
}
