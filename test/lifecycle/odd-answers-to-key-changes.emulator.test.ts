/**
 * Each call that changes a key, and every success that is none: without the effect it is an error,
 * with it it is done.
 */
import { randomUUID } from 'node:crypto';
import { createKey, type KeyWish, updateKey } from '../../lib/lifecycle/reconcile-key';
import { removeKey } from '../../lib/lifecycle/remove-key';
import { describe as describeKey, importMaterial, type KeyInfo } from '../emulator/external-key';
import { ok } from '../emulator/plain-http';
import { type Emulator, type Fault, startEmulator } from '../support/emulator';
import { callsOf, nothing, type OddWorld, oddAnswers, oddWorld } from './odd-answers';

let emulator: Emulator;
let world: OddWorld;
let keyId: string;

const wish: KeyWish = {
  ...{ alias: 'orders', description: '', keySpec: 'AES_256', keyUsage: undefined, tags: undefined },
  ...{ enabled: undefined, cancelPendingDeletion: true },
};

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

beforeEach(async () => {
  emulator.clearFaults();
  world = oddWorld(emulator);
  ({
    key_info: { key_id: keyId },
  } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
    key_alias: `orders-${randomUUID()}`,
    origin: 'external',
  }));
  await importMaterial(emulator, keyId, world.material);
  const { key_alias: alias } = await describeKey(emulator, keyId);
  Object.assign(wish, { alias });
  emulator.clearCalls();
});

afterEach(() => world.close());

/** Whether it has the effect, as seen past our own client. */
type Shows = (key: KeyInfo & { readonly key_description: string }) => boolean | Promise<boolean>;

interface Change {
  readonly operation: string;
  readonly prepare?: (
    call: (operation: string, body?: object) => Promise<unknown>,
  ) => Promise<unknown>;
  readonly act: () => Promise<unknown>;
  readonly shows: Shows;
  /** Its success may be nothing at all. */
  readonly silent: boolean;
}

const tags = async () => (await world.kms.getTags(keyId)) as Record<string, string>;

const changes: readonly (readonly [string, Change])[] = [
  [
    'update-key-alias',
    {
      operation: 'update-key-alias',
      act: () => updateKey(world.context, keyId, { ...wish, alias: `${wish.alias}-2` }),
      shows: (key) => key.key_alias === `${wish.alias}-2`,
      silent: true,
    },
  ],
  [
    'update-key-description',
    {
      operation: 'update-key-description',
      act: () => updateKey(world.context, keyId, { ...wish, description: 'new' }),
      shows: (key) => key.key_description === 'new',
      silent: true,
    },
  ],
  [
    'tags that are new',
    {
      operation: 'batch-tags',
      act: () => updateKey(world.context, keyId, { ...wish, tags: { team: 'cards' } }),
      shows: async () => (await tags()).team === 'cards',
      silent: true,
    },
  ],
  [
    'tags that go',
    {
      operation: 'batch-tags',
      prepare: () => world.kms.updateTags(keyId, { create: { old: '1' } }),
      act: () => updateKey(world.context, keyId, { ...wish, tags: {} }),
      shows: async () => !('old' in (await tags())),
      silent: true,
    },
  ],
  [
    'enable-key',
    {
      operation: 'enable-key',
      prepare: (call) => call('disable-key'),
      act: () => updateKey(world.context, keyId, { ...wish, enabled: true }),
      shows: (key) => key.key_state === '2',
      silent: false,
    },
  ],
  [
    'disable-key',
    {
      operation: 'disable-key',
      act: () => updateKey(world.context, keyId, { ...wish, enabled: false }),
      shows: (key) => key.key_state === '3',
      silent: false,
    },
  ],
  [
    'cancel-key-deletion',
    {
      operation: 'cancel-key-deletion',
      prepare: (call) => call('schedule-key-deletion', { pending_days: '7' }),
      act: () => updateKey(world.context, keyId, wish),
      shows: (key) => key.key_state === '3',
      silent: false,
    },
  ],
  [
    'schedule-key-deletion',
    {
      operation: 'schedule-key-deletion',
      act: () => removeKey(world.context, keyId, 'schedule_deletion', 7),
      shows: (key) => key.key_state === '4',
      silent: false,
    },
  ],
];

async function begin({ prepare, operation }: Change, fault: Fault): Promise<void> {
  await prepare?.((name, body = {}) => ok(emulator, name, { key_id: keyId, ...body }));
  emulator.clearCalls();
  emulator.injectFaults([{ ...fault, operation }]);
}

async function shown({ shows }: Change): Promise<boolean> {
  return shows((await describeKey(emulator, keyId)) as KeyInfo & { key_description: string });
}

describe.each(changes)('%s', (_name, change) => {
  const odd = change.silent
    ? oddAnswers
    : [...oddAnswers, ['nothing', nothing] as const, ['{}', { answer: '{}' }] as const];

  test.each(odd)('answered with %s and not done is an error', async (_answer, fault) => {
    await begin(change, fault);
    await expect(change.act()).rejects.toMatchObject({
      operation: change.operation,
      message: expect.stringContaining('the answer is not what the API documents'),
    });
    expect(await shown(change)).toBe(false);
  });

  test.each([...odd, ['an answer about another key', { body: 'other-key' }] as const])(
    'answered with %s and done is done',
    async (_answer, fault) => {
      await begin(change, { ...fault, committed: true });
      const before = world.waited();
      await change.act();
      expect(world.waited()).toBe(before);
      expect(await shown(change)).toBe(true);
    },
  );
});

describe('a deletion', () => {
  const remove = () => removeKey(world.context, keyId, 'schedule_deletion', 7);

  test('costs one look before and one look after', async () => {
    await remove();
    expect(callsOf(world)).toEqual(['describe-key', 'schedule-key-deletion', 'describe-key']);
  });

  test('that was said to be done, in the very words of the API, and that the key does not show, is an error', async () => {
    emulator.injectFaults([
      { operation: 'schedule-key-deletion', answer: `{"key_id":"${keyId}","key_state":"4"}` },
    ]);
    await expect(remove()).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message: `schedule-key-deletion reported success, but 10 seconds later key ${keyId} is still in state 2 (enabled). The key counts as not deleted: check it in the KMS, then try again`,
    });
  });

  test('that nobody can look at afterwards is not confirmed', async () => {
    emulator.injectFaults([
      { operation: 'describe-key', skip: 1, errorCode: 'KMS.0306', times: 9 },
    ]);
    await expect(remove()).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining('could not be examined afterwards'),
    });
    emulator.clearFaults();
    await remove();
  });

  test('of a key that somebody else scheduled meanwhile is done', async () => {
    emulator.injectFaults([{ operation: 'schedule-key-deletion', errorCode: 'KMS.1402' }]);
    await remove();
    expect(callsOf(world)).toEqual(['describe-key', 'schedule-key-deletion']);
  });

  test('that a replica shows late is waited for', async () => {
    const replica = await startEmulator({ staleReads: 3 });
    const late = oddWorld(replica);
    try {
      const { keyId: made } = await late.kms.createKey({ keyAlias: 'late' });
      await removeKey(late.context, made, 'schedule_deletion', 7);
      expect((await late.kms.describeKey(made))?.keyState).toBe('4');
    } finally {
      late.close();
      await replica.close();
    }
  });
});

test('a key whose making was answered with the key of another object of the run is looked for, too', async () => {
  const alias = `${wish.alias}-new`;
  const adoption = { reviewed: undefined, isClaimed: (claimed: string) => claimed === keyId };
  const repeated = {
    operation: 'create-key',
    answer: JSON.stringify({ key_info: { key_id: keyId, domain_id: '0' } }),
  };
  emulator.injectFaults([repeated]);
  await expect(createKey(world.context, { ...wish, alias }, adoption)).rejects.toMatchObject({
    message: expect.stringContaining(
      `create-key answered with key ${keyId}, which another object of this run uses`,
    ),
  });
  emulator.injectFaults([{ ...repeated, committed: true }]);
  const { key } = await createKey(world.context, { ...wish, alias }, adoption);
  expect(key.keyId).not.toBe(keyId);
  expect((await describeKey(emulator, key.keyId)).key_alias).toBe(alias);
});

test.each(oddAnswers)(
  'a key whose making was answered with %s is looked for: found it is taken over, and otherwise it is an error',
  async (_name, fault) => {
    const alias = `${wish.alias}-new`;
    emulator.injectFaults([{ ...fault, operation: 'create-key' }]);
    await expect(createKey(world.context, { ...wish, alias })).rejects.toMatchObject({
      operation: 'create-key',
    });
    emulator.injectFaults([{ ...fault, operation: 'create-key', committed: true }]);
    const { key, adopted } = await createKey(world.context, { ...wish, alias });
    expect([key.keyAlias, key.keyState, adopted]).toEqual([alias, '5', true]);
  },
);
