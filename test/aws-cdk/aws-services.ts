/**
 * What the handler meets in AWS, on loopback: Secrets Manager, the Parameter Store, and the URL
 * that CloudFormation is answered at.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { scratchFolder } from '../support/scratch-folder';

export interface ReceivedAnswer {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface AwsServices {
  readonly url: string;
  /** Where CloudFormation's bucket listens, and the authority of its certificate. */
  readonly answersPort: number;
  readonly authority: Buffer;
  /** By ARN. */
  readonly secrets: Map<string, string | Buffer>;
  /** By name. */
  readonly parameters: Map<string, string>;
  /** How often each may not be read or written yet. */
  readonly denied: Map<string, number>;
  /** Names of the secrets and parameters that were asked for. */
  readonly reads: string[];
  readonly answers: ReceivedAnswer[];
  /** Statuses with which the next answers are refused. */
  readonly refusals: number[];
  close(): Promise<void>;
}

interface Request {
  readonly SecretId?: string;
  readonly Name?: string;
  readonly Value?: string;
  readonly Tier?: string;
}

type Operation = (services: AwsServices, request: Request) => object | undefined;

/** By X-Amz-Target; undefined stands for the error that there is no such thing. */
const operations: Readonly<Record<string, Operation>> = {
  'secretsmanager.GetSecretValue': ({ secrets }, { SecretId = '' }) => {
    const value = secrets.get(SecretId);
    const content =
      typeof value === 'string'
        ? { SecretString: value }
        : { SecretBinary: value?.toString('base64') };
    return value === undefined ? undefined : { ARN: SecretId, ...content };
  },
  'AmazonSSM.GetParameter': ({ parameters }, { Name = '' }) =>
    parameters.has(Name) ? { Parameter: { Name, Value: parameters.get(Name) } } : undefined,
  'AmazonSSM.PutParameter': ({ parameters }, { Name = '', Value = '', Tier }) => {
    if (Value.length > (Tier === 'Intelligent-Tiering' ? 8192 : 4096)) {
      return undefined;
    }
    parameters.set(Name, Value);
    return { Version: 1 };
  },
  'AmazonSSM.DeleteParameter': ({ parameters }, { Name = '' }) =>
    parameters.delete(Name) ? {} : undefined,
};

const missing: Readonly<Record<string, string>> = {
  secretsmanager: 'ResourceNotFoundException',
  AmazonSSM: 'ParameterNotFound',
};

/** Host of the bucket in a region of its own. */
export const answersHost =
  'cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com';

export async function startAwsServices(): Promise<AwsServices> {
  const { key, cert } = selfSigned(answersHost);
  const server = createServer((request, response) => void serve(services, request, response));
  const answering = createSecureServer(
    { key, cert },
    (request, response) => void receive(services, request, response),
  );
  const servers = [server, answering];
  for (const one of servers) {
    one.listen(0, '127.0.0.1');
    await once(one, 'listening');
  }
  const services: AwsServices = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answersPort: (answering.address() as AddressInfo).port,
    authority: cert,
    secrets: new Map(),
    parameters: new Map(),
    denied: new Map(),
    reads: [],
    answers: [],
    refusals: [],
    async close() {
      for (const one of servers) {
        one.closeAllConnections();
        one.close();
        await once(one, 'close');
      }
    },
  };
  return services;
}

async function receive(
  services: AwsServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  const { method = '', headers } = request;
  services.answers.push({ method, headers, body });
  response.writeHead(services.refusals.shift() ?? 200).end();
}

async function serve(
  services: AwsServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = String(request.headers['x-amz-target']);
  const call: Request = JSON.parse(await bodyOf(request));
  const name = call.SecretId ?? call.Name ?? '';
  if (call.Value === undefined) {
    services.reads.push(name);
  }
  const left = services.denied.get(name) ?? 0;
  services.denied.set(name, Math.max(0, left - 1));
  const denied = left > 0;
  const answer = denied ? undefined : operations[target]?.(services, call);
  const type = denied ? 'AccessDeniedException' : missing[target.split('.')[0] ?? ''];
  response.writeHead(answer === undefined ? 400 : 200, {
    'content-type': 'application/x-amz-json-1.1',
  });
  response.end(JSON.stringify(answer ?? { __type: type, message: `not for ${name}` }));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function selfSigned(host: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(scratchFolder(), name)) as [
    string,
    string,
  ];
  const curve = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
  ];
  const name = ['-subj', '/CN=answers', '-addext', `subjectAltName=DNS:${host}`];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...curve, ...name], { stdio: 'ignore' });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
