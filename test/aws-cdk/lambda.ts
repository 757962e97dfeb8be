/**
 * The built handler in a process of its own, invoked as Lambda invokes it, with AWS and a KMS on
 * loopback, and keys that it made.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../../lib/aws-cdk/handler/response';
import {
  declarationOf,
  type KeyProperties,
  parametersVariable,
} from '../../lib/aws-cdk/key-properties';
import { type Emulator, startEmulator } from '../support/emulator';
import { findLeaks, needlesOf, type Place } from '../support/leak-scanner';
import { scratchFolder } from '../support/scratch-folder';
import { type AwsServices, answersHost, startAwsServices } from './aws-services';

const bundle = join(__dirname, '..', '..', 'dist', 'bundle', 'aws-cdk-handler', 'index.js');

type RequestType = 'Create' | 'Update' | 'Delete';

interface RequestOptions {
  readonly physicalId?: string;
  readonly old?: KeyProperties;
  readonly requestId?: string;
  readonly remainingMs?: number;
  /** False: the event is not of the stack, which declares something else. */
  readonly declared?: boolean;
}

interface Created {
  readonly keyId: string;
  readonly material: Buffer;
  readonly properties: KeyProperties;
  readonly answer: Answer;
}

export class Lambda {
  static async start(): Promise<Lambda> {
    return new Lambda(await startAwsServices(), await startEmulator());
  }

  readonly aws: AwsServices;
  readonly kms: Emulator;
  /** All that it was given. */
  readonly materials: Buffer[] = [];
  /** Lines of the log, of both outputs. */
  log = '';
  /** In the secret of the login. */
  readonly #login: string;
  /** Its path is as good as a password. */
  readonly #responseUrl: string;
  readonly #process: ChildProcess;
  #aheadMs = 0;

  private constructor(aws: AwsServices, kms: Emulator) {
    this.aws = aws;
    this.kms = kms;
    this.#login = JSON.stringify({ access_key: kms.accessKey, secret_key: kms.secretKey });
    this.#responseUrl = `https://${answersHost}/answer?X-Amz-Signature=${randomBytes(32).toString('hex')}`;
    const authority = join(scratchFolder(), 'authority.pem');
    writeFileSync(authority, aws.authority);
    const env = {
      PATH: process.env.PATH,
      NODE_NO_WARNINGS: '1',
      [parametersVariable]: '/cdktf-byok/stack/',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
      AWS_ENDPOINT_URL_SSM: aws.url,
      NODE_EXTRA_CA_CERTS: authority,
      TEST_ANSWERS_PORT: String(aws.answersPort),
    };
    this.#process = fork(join(__dirname, 'lambda-runtime.cjs'), [bundle], {
      env,
      silent: true,
      execArgv: [],
    });
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      output?.on('data', (chunk) => {
        this.log += chunk;
      });
    }
    aws.secrets.set(loginArn, this.#login);
  }

  newMaterial(): Buffer {
    const material = randomBytes(32);
    this.materials.push(material);
    return material;
  }

  /** Properties of a key with this material, in a secret of its own. */
  properties(material: Buffer, settings: Partial<KeyProperties> = {}): KeyProperties {
    const secret = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:material-${randomUUID().slice(0, 8)}`;
    this.aws.secrets.set(secret, material.toString('base64'));
    return {
      alias: `key-${randomUUID()}`,
      source: { secret },
      credentials: loginArn,
      projectId: this.kms.projectId,
      kmsEndpoint: this.kms.url,
      memory: `/cdktf-byok/stack/${randomUUID()}`,
      metricKey: 'stack/payments',
      ...settings,
    };
  }

  /** A key with new material. */
  async create(settings: Partial<KeyProperties> = {}): Promise<Created> {
    const material = this.newMaterial();
    const properties = this.properties(material, settings);
    const answer = await this.request('Create', properties);
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    return { keyId: answer.PhysicalResourceId, material, properties, answer };
  }

  /** Since the journal of the KMS was cleared. */
  keysMade(): number {
    return this.kms
      .calls()
      .filter(({ operation, status }) => operation === 'create-key' && status === 200).length;
  }

  rememberedProof({ memory }: KeyProperties, keyId: string): unknown {
    return JSON.parse(this.aws.parameters.get(memory) ?? '{"keys":{}}').keys[keyId]?.proof;
  }

  /** As CloudFormation does before it asks. */
  declare(properties: KeyProperties): void {
    this.aws.parameters.set(declarationOf(properties.memory), JSON.stringify(properties));
  }

  /** As CloudFormation asks, and what it is answered. */
  async request(
    type: RequestType,
    properties: KeyProperties,
    options: RequestOptions = {},
  ): Promise<Answer> {
    if (type !== 'Delete' && options.declared !== false) {
      this.declare(properties);
    }
    const before = this.aws.answers.length;
    await this.invoke(this.event(type, properties, options), options.remainingMs);
    expect(this.aws.answers).toHaveLength(before + 1);
    return JSON.parse(this.aws.answers.at(-1)?.body ?? '');
  }

  event(
    type: RequestType,
    properties: KeyProperties,
    { physicalId, old, requestId = randomUUID() }: RequestOptions,
  ): object {
    const service = {
      ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:handler',
      ServiceTimeout: '900',
    };
    return {
      RequestType: type,
      ServiceToken: service.ServiceToken,
      ResponseURL: this.#responseUrl,
      StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/stack/1',
      RequestId: requestId,
      ResourceType: 'Custom::ByokImportedKey',
      LogicalResourceId: 'Payments',
      ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
      ResourceProperties: texts({ ...service, ...properties }),
      ...(old === undefined ? {} : { OldResourceProperties: texts({ ...service, ...old }) }),
    };
  }

  /** As the rule does. @returns the metrics that this run wrote */
  async check(
    keyId: string,
    properties: KeyProperties,
  ): Promise<Record<string, unknown> | undefined> {
    const before = this.log.length;
    await this.invoke({ checkKey: keyId, properties });
    while (!/^END$/m.test(this.log.slice(before))) {
      await delay(10);
    }
    return metricsIn(this.log.slice(before)).at(-1);
  }

  /** Time goes on, or back, for the function and for the KMS. */
  advanceClock(seconds: number): void {
    this.#aheadMs += seconds * 1000;
    this.kms.advanceClock(seconds);
  }

  /** @throws Error with what the runtime would log */
  async invoke(event: object, remainingMs = 600_000): Promise<void> {
    this.#process.send({ event, remainingMs, aheadMs: this.#aheadMs });
    const [{ error }] = await once(this.#process, 'message');
    if (error !== undefined) {
      throw new Error(error);
    }
  }

  /** Secrets that stand in the log, in an answer, or in what it remembers. */
  leaks(): string[] {
    const places: Place[] = [
      { name: 'log', content: Buffer.from(this.log) },
      ...this.aws.answers.map(({ body }, index) => ({
        name: `answer ${index}`,
        content: Buffer.from(body),
      })),
      ...[...this.aws.parameters].map(([name, value]) => ({ name, content: Buffer.from(value) })),
    ];
    const secrets = [
      ...this.materials,
      this.#login,
      this.kms.secretKey,
      this.#responseUrl.split('=')[1] ?? '',
    ];
    return findLeaks(
      places,
      secrets.flatMap((secret, index) => needlesOf(`secret ${index}`, secret)),
    );
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    // It may still wait for what does not let go.
    this.#process.kill();
    await ended;
    await Promise.all([this.aws.close(), this.kms.close()]);
  }
}

/** As properties spell an expiry. */
export function inDays(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
}

const loginArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:kms-login';

/** Lines of the embedded metric format, and nothing before them on the line. */
export function metricsIn(log: string): Record<string, unknown>[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{"_aws"'))
    .map((line) => JSON.parse(line));
}

/** CloudFormation makes a text of every value. */
function texts(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, one]) => one !== undefined)
          .map(([name, one]) => [name, texts(one)]),
      )
    : String(value);
}
