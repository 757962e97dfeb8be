/**
 * How tests control the emulator: inside the process with these methods,
 * from outside with POST /_control/… and the header X-Control-Token.
 * It is not part of the emulated services: no faults, no journal, errors as {"error": "…"}.
 */
import type { FastifyInstance } from 'fastify';
import { isAsymmetric } from '../terms/kms';
import { ApiError } from './api-error';
import type { Clock } from './clock';
import type { Fault, Faults } from './faults';
import type { Journal, JournalEntry } from './journal';
import type { StoredKey } from './key';
import type { KeyStore } from './key-store';
import { sameText } from './same-text';

/** Methods that take a key id throw an Error if the key does not exist or is of the wrong kind. */
export interface EmulatorControl {
  /**
   * The time of the emulator's clock, which only the KMS has.
   * Terraform, the provider and the test keep the time of the machine.
   */
  now(): Date;
  /** @param seconds negative values turn the clock back */
  advanceClock(seconds: number): void;
  /** Adds to the faults that are already waiting. */
  injectFaults(faults: readonly Fault[]): void;
  /** Drops the faults that have not hit a call yet. */
  clearFaults(): void;
  /**
   * Deletes the material, as another user of the KMS could: the key goes to pending import.
   * Material of an asymmetric key cannot be deleted.
   */
  deleteMaterial(keyId: string): void;
  /**
   * Makes the material expire now. Unless `purge` is false,
   * it is also purged now instead of within 24 hours.
   */
  expireNow(keyId: string, options?: { purge?: boolean }): void;
  /**
   * Purges the material of all keys that expired at least this many seconds ago,
   * and returns the ids of these keys.
   * Without a sweep, material is purged when the clock is 24 hours past the expiry.
   */
  sweep(options?: { delaySeconds?: number }): string[];
  /**
   * Puts a key into any state. Use it for states that no call leads to:
   * 1 (to be activated), 7 (frozen).
   */
  setKeyState(keyId: string, keyState: string): void;
  /** The latest 10,000 calls, oldest first. */
  calls(): readonly JournalEntry[];
  /** Drops all recorded calls. */
  clearCalls(): void;
}

export interface ControlParts {
  readonly clock: Clock;
  readonly keys: KeyStore;
  readonly faults: Faults;
  readonly journal: Journal;
}

export function createControl({ clock, keys, faults, journal }: ControlParts): EmulatorControl {
  function findWithMaterial(keyId: string): StoredKey {
    keys.settle(clock.now());
    const key = keys.find(keyId);
    if (key.material === undefined) {
      throw new ApiError('KMS.0308', { detail: 'The key has no material.' });
    }
    if (isAsymmetric(key.spec)) {
      throw new ApiError('KMS.2702');
    }
    return key;
  }

  return {
    now: () => new Date(clock.now()),
    advanceClock(seconds) {
      clock.advance(seconds);
      keys.settle(clock.now());
    },
    injectFaults: (orders) => faults.add(orders),
    clearFaults: () => faults.clear(),
    deleteMaterial: (keyId) => keys.removeMaterial(findWithMaterial(keyId)),
    expireNow(keyId, { purge = true } = {}) {
      const key = findWithMaterial(keyId);
      key.expiresAt = clock.now();
      if (purge) {
        keys.removeMaterial(key);
      }
      keys.changed();
    },
    sweep: ({ delaySeconds = 0 } = {}) => keys.sweep(clock.now() - delaySeconds * 1000),
    setKeyState(keyId, keyState) {
      keys.find(keyId).state = keyState;
      keys.changed();
    },
    calls: () => [...journal.entries()],
    clearCalls: () => journal.clear(),
  };
}

/** All names on the wire are in snake_case. */
interface FaultOrder {
  readonly operation?: string;
  readonly times?: number;
  readonly skip?: number;
  readonly status?: number;
  readonly error_code?: string;
  readonly answer?: string;
  readonly committed?: boolean;
  readonly delay_ms?: number;
  readonly drop?: 'before' | 'after';
  readonly body?: 'garbled' | 'other-key';
}

interface KeyParams {
  Params: { keyId: string };
}

export function addControlRoutes(
  scope: FastifyInstance,
  control: EmulatorControl,
  controlToken: string,
): void {
  scope.addHook('onRequest', async ({ headers }, reply) => {
    if (!sameText(String(headers['x-control-token'] ?? ''), controlToken)) {
      return reply.status(403).send({ error: 'the header X-Control-Token is missing or wrong' });
    }
    return undefined;
  });
  scope.setErrorHandler<Error & { statusCode?: number; status?: number }>(
    (error, _request, reply) => {
      reply.status(error.statusCode ?? error.status ?? 500).send({ error: error.message });
    },
  );

  scope.get('/_control/clock', async () => ({ now: control.now().toISOString() }));
  scope.post<{ Body: { advance_seconds: number } }>(
    '/_control/clock',
    { schema: { body: clockSchema } },
    async ({ body }) => {
      control.advanceClock(body.advance_seconds);
      return { now: control.now().toISOString() };
    },
  );
  scope.post<{ Body: FaultOrder[] }>(
    '/_control/faults',
    { schema: { body: faultsSchema } },
    async ({ body }) => {
      control.injectFaults(
        body.map(({ error_code: errorCode, delay_ms: delayMs, ...rest }) => ({
          ...(errorCode !== undefined && { errorCode }),
          ...(delayMs !== undefined && { delayMs }),
          ...rest,
        })),
      );
      return { added: body.length };
    },
  );
  scope.delete('/_control/faults', async () => {
    control.clearFaults();
    return {};
  });
  scope.post<KeyParams>('/_control/keys/:keyId/delete-material', async ({ params }) => {
    control.deleteMaterial(params.keyId);
    return {};
  });
  scope.post<KeyParams & { Body: { purge?: boolean } | undefined }>(
    '/_control/keys/:keyId/expire-now',
    async ({ params, body }) => {
      control.expireNow(params.keyId, { purge: body?.purge !== false });
      return {};
    },
  );
  scope.post<KeyParams & { Body: { key_state: string } }>(
    '/_control/keys/:keyId/state',
    { schema: { body: keyStateSchema } },
    async ({ params, body }) => {
      control.setKeyState(params.keyId, body.key_state);
      return {};
    },
  );
  scope.post<{ Body: { delay_seconds?: number } | undefined }>(
    '/_control/sweep',
    async ({ body }) => ({
      purged: control.sweep({ delaySeconds: body?.delay_seconds ?? 0 }),
    }),
  );
  scope.get('/_control/calls', async () => ({ calls: control.calls().map(showCall) }));
  scope.delete('/_control/calls', async () => {
    control.clearCalls();
    return {};
  });
}

function showCall({
  operation,
  keyId,
  status,
  errorCode,
  dropped,
  time,
  requestId,
}: JournalEntry): object {
  return {
    operation,
    key_id: keyId,
    status,
    error_code: errorCode,
    dropped,
    time: time.toISOString(),
    request_id: requestId,
  };
}

const clockSchema = {
  type: 'object',
  required: ['advance_seconds'],
  properties: { advance_seconds: { type: 'integer' } },
};

const keyStateSchema = {
  type: 'object',
  required: ['key_state'],
  properties: { key_state: { type: 'string', pattern: '^[0-9]$' } },
};

const faultsSchema = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    properties: {
      operation: { type: 'string' },
      times: { type: 'integer', minimum: 1 },
      skip: { type: 'integer', minimum: 0 },
      status: { type: 'integer', minimum: 200, maximum: 599 },
      error_code: { type: 'string', pattern: '^(KMS|APIGW|APIG|IAM)\\.[0-9]{4}$' },
      answer: { type: 'string' },
      committed: { type: 'boolean' },
      delay_ms: { type: 'integer', minimum: 0 },
      drop: { enum: ['before', 'after'] },
      body: { enum: ['garbled', 'other-key'] },
    },
    anyOf: [
      { required: ['answer'] },
      { properties: { status: { type: 'integer', minimum: 400 } } },
    ],
  },
};
