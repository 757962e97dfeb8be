/**
 * The lifecycle against the emulator over HTTP, with time that does not pass: what is waited for is
 * waited for in an instant.
 */
import { randomBytes } from 'node:crypto';
import type { Emulator, Fault } from '../../lib/emulator';
import { connectKms } from '../../lib/kms/connect';
import type { KmsClient } from '../../lib/kms/kms-client';
import type { LifecycleContext } from '../../lib/lifecycle/context';
import type { ReconcileRequest } from '../../lib/lifecycle/material-request';
import { symmetricMaterial } from '../../lib/material/material';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import { asWish, type Spelled } from './as-wish';

/** What something between the provider and the KMS may answer in its place, as a success. */
export const oddAnswers: readonly (readonly [string, Pick<Fault, 'answer' | 'body' | 'status'>])[] =
  [
    ['the page of a portal', { answer: '<html>Please log in</html>' }],
    ['an error', { answer: '{"error":{"error_code":"KMS.0307","error_msg":"no"}}' }],
    [
      'an error of the gateway',
      { answer: '{"error_code":"APIGW.0101","error_msg":"no","request_id":"1"}', status: 202 },
    ],
    ['a list', { answer: '[]' }],
    ['null', { answer: 'null' }],
    ['text', { answer: '"ok"' }],
  ];

export const nothing: Pick<Fault, 'answer'> = { answer: '' };

export interface OddWorld {
  readonly emulator: Emulator;
  readonly kms: KmsClient;
  readonly context: LifecycleContext;
  readonly material: Buffer;
  /** Milliseconds that were waited. */
  readonly waited: () => number;
  /** Called at each pause. */
  onPause: () => Promise<void>;
  close(): void;
}

/** @param emulator outlives it */
export function oddWorld(emulator: Emulator): OddWorld {
  const kms = connectKms(
    {
      ...{
        kmsEndpoint: emulator.url,
        projectId: emulator.projectId,
        authToken: Secret.fromText(emulator.authToken),
      },
      ...{ maxRetries: 1, maxRequestsPerSecond: 1000 },
    },
    {},
    { now: () => emulator.now(), sleep: async () => undefined, spelling: wording },
  );
  const start = emulator.now().getTime();
  let now = start;
  const world: OddWorld = {
    emulator,
    kms,
    material: randomBytes(32),
    waited: () => now - start,
    onPause: async () => undefined,
    context: {
      kms,
      now: () => new Date(now),
      sleep: async (ms) => {
        now += ms;
        await world.onPause();
      },
      signal: new AbortController().signal,
      words: wording,
      deadline: new Date(start + 300_000),
      log: () => undefined,
    },
    close: () => kms.close(),
  };
  return world;
}

/** To import the material of this world. */
export function requestOf(
  world: OddWorld,
  keyId: string,
  expiration: Spelled,
  more: Partial<ReconcileRequest> = {},
): ReconcileRequest {
  return {
    keyId,
    wish: {
      expiration: asWish(expiration),
      warnBeforeMs: 0,
      pin: undefined,
      allowInterruption: true,
      allowUnverifiedRenewal: false,
      allowWeakMaterial: false,
    },
    permitted: ['delete', 'import'],
    reviewed: undefined,
    lastKnown: undefined,
    proof: undefined,
    source: {
      open: async () =>
        symmetricMaterial(Secret.fromBytes(Buffer.from(world.material)), { attribute: undefined }),
      wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    },
    sourceAttribute: undefined,
    ...more,
  };
}

/** Names of the calls since the journal was cleared. */
export function callsOf({ emulator }: OddWorld): string[] {
  return emulator.calls().map(({ operation }) => operation);
}
