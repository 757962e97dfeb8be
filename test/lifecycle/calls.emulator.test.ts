/**
 * What things cost: the calls of the KMS, in order. It takes twenty a second, so each that is not
 * needed holds up everybody. And what the saved looks would have shown is found out all the same.
 */
import { randomBytes } from 'node:crypto';
import { importOnce } from '../../lib/cli/import-once';
import { lifecycleContext } from '../../lib/cli/lifecycle-context';
import type { KeyDetail } from '../../lib/kms/model';
import { createMaterial } from '../../lib/lifecycle/create-material';
import { ensureMaterial } from '../../lib/lifecycle/ensure-material';
import type { MaterialRequest } from '../../lib/lifecycle/material-request';
import { createKey, type KeyWish, type NewKeyOutcome } from '../../lib/lifecycle/reconcile-key';
import { importMaterial } from '../emulator/external-key';
import { ok } from '../emulator/plain-http';
import { wordsOf } from '../support/command-words';
import { describeKey, holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { callsOf, nothing, type OddWorld, oddAnswers, oddWorld, requestOf } from './odd-answers';

let emulator: Emulator;
let world: OddWorld;

const wish: KeyWish = {
  ...{
    alias: 'orders',
    description: 'cards',
    keySpec: 'AES_256',
    keyUsage: undefined,
    tags: undefined,
  },
  ...{ enabled: undefined, cancelPendingDeletion: false },
};
const far = new Date('2035-01-01T00:00:00Z');

/** A world of its own, since the emulator's kind is one of start. */
async function begin(options: Parameters<typeof startEmulator>[0] = {}): Promise<void> {
  emulator = await startEmulator(options);
  world = oddWorld(emulator);
}

afterEach(async () => {
  world.close();
  await emulator.close();
});

const make = (more: Partial<KeyWish> = {}): Promise<NewKeyOutcome> =>
  createKey(world.context, { ...wish, ...more });
const importInto = (made: KeyDetail, more: Partial<MaterialRequest> = {}) =>
  createMaterial(
    world.context,
    requestOf(world, made.keyId, far, { made, first: 'import', ...more }),
  );
const proven = {
  observation: { status: 'present', keyState: '2', expiration: far },
  proof: { proof: 'imported' },
  notices: [],
};
const imported = ['get-parameters-for-import', 'import-key-material', 'describe-key'];
const since = () => {
  const calls = callsOf(world).filter((operation) => operation !== 'encrypt-data');
  emulator.clearCalls();
  return calls;
};

describe('a key that is made, and its first material', () => {
  test('cost four calls', async () => {
    await begin();
    const { key, notices } = await make();
    expect(notices).toEqual([]);
    expect(await importInto(key)).toMatchObject(proven);
    expect(since()).toEqual(['create-key', ...imported]);
    expect(await holdsMaterial(emulator, key.keyId, world.material)).toBe(true);
  });

  test('are told apart from nothing that describe-key would have shown', async () => {
    await begin();
    for (const [keySpec, keyUsage] of [
      ['AES_256', undefined],
      ['RSA_2048', undefined],
      ['RSA_3072', 'ENCRYPT_DECRYPT'],
      ['EC_P256', undefined],
    ] as const) {
      const { key } = await make({ alias: keySpec, keySpec, keyUsage });
      const {
        creationDate,
        defaultKeyFlag: _flag,
        enterpriseProjectId: _project,
        ...shown
      } = (await world.kms.describeKey(key.keyId)) ?? key;
      expect(key).toMatchObject(shown);
      expect([key.creationDate, creationDate]).toEqual([world.context.now(), expect.any(Date)]);
    }
  });

  test('cost one call more with tags, which a new key has none of', async () => {
    await begin();
    const { key } = await make({ tags: { team: 'cards' } });
    expect(since()).toEqual(['create-key', 'batch-tags']);
    expect(await world.kms.getTags(key.keyId)).toEqual({ team: 'cards' });
  });

  test.each([
    { errorCode: 'KMS.0308' },
    { status: 500, times: 2 },
    { drop: 'before' as const, times: 2 },
  ])('whose tags are refused with %j is looked at, and they are tried again', async (fault) => {
    await begin();
    emulator.injectFaults([{ operation: 'batch-tags', ...fault }]);
    const { key, notices } = await make({ tags: { team: 'cards' } });
    expect(notices).toEqual([]);
    expect(await world.kms.getTags(key.keyId)).toEqual({ team: 'cards' });
    expect(callsOf(world)).toContain('describe-key');
  });

  test('are waited for while the key is not ready', async () => {
    await begin({ activationDelay: 3 });
    const { key } = await make();
    expect(await importInto(key)).toMatchObject(proven);
    expect(since()).toEqual([
      'create-key',
      'get-parameters-for-import',
      ...Array(4).fill('describe-key'),
      ...imported,
    ]);
    expect(world.waited()).toBeGreaterThan(0);
  });

  test('read the material once, also while the key is not ready', async () => {
    await begin({ activationDelay: 3 });
    const { key } = await make();
    const { source } = requestOf(world, key.keyId, far);
    let opened = 0;
    const open = () => {
      opened += 1;
      return 'open' in source
        ? source.open()
        : Promise.reject(new Error('it is wrapped elsewhere'));
    };
    await importInto(key, { source: { open, wrappingAlgorithm: 'RSAES_OAEP_SHA_256' } });
    expect(opened).toBe(1);
  });

  test('give the key up when it does not become ready', async () => {
    await begin({ activationDelay: 10_000 });
    const { key } = await make();
    await expect(importInto(key)).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining('to become ready'),
    });
  });

  test.each([...oddAnswers, ['nothing', nothing] as const, ['500', { status: 500 }] as const])(
    'look when the parameters are answered with %s',
    async (_name, odd) => {
      await begin();
      const { key } = await make();
      emulator.injectFaults([{ operation: 'get-parameters-for-import', ...odd, times: 2 }]);
      expect(await importInto(key)).toMatchObject(proven);
      expect(await holdsMaterial(emulator, key.keyId, world.material)).toBe(true);
    },
  );

  test('are said to be there only when the key shows it', async () => {
    await begin();
    const { key } = await make();
    emulator.injectFaults([{ operation: 'import-key-material', answer: '{}' }]);
    await expect(importInto(key)).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining('without material'),
    });
    expect((await describeKey(emulator, key.keyId)).key_state).toBe('5');
  });

  test('are settled by a look when the answer to the import is lost', async () => {
    await begin();
    const { key } = await make();
    emulator.injectFaults([{ operation: 'import-key-material', drop: 'after' }]);
    expect(await importInto(key)).toMatchObject({
      observation: { status: 'present' },
      proof: undefined,
    });
    expect(since()).toEqual(['create-key', ...imported]);
  });

  test.each([
    ['with the same expiry', far],
    ['with another expiry', new Date('2036-01-01T00:00:00Z')],
  ])('leave what somebody else imported meanwhile, %s', async (_name, expiration) => {
    await begin();
    const { key } = await make();
    const theirs = randomBytes(32);
    await importMaterial(emulator, key.keyId, theirs, {
      expirationTime: expiration.getTime() / 1000,
    });
    await expect(importInto(key)).rejects.toMatchObject(
      expiration === far ? { code: 'ERR_CHANGED_SINCE_PLAN' } : { code: 'ERR_KEY_UNSUITABLE' },
    );
    expect(await holdsMaterial(emulator, key.keyId, theirs)).toBe(true);
  });

  test('say what became of a key that somebody scheduled for deletion, or that there never was', async () => {
    await begin();
    const { key } = await make();
    await ok(emulator, 'schedule-key-deletion', { key_id: key.keyId, pending_days: '7' });
    await expect(importInto(key)).rejects.toMatchObject({
      code: 'ERR_KEY_UNSUITABLE',
      message: expect.stringContaining('state 4'),
    });
    const none = { ...key, keyId: '0d0466b0-e727-4d9c-b35d-f84bb474a37f' };
    await expect(importInto(none)).rejects.toMatchObject({ code: 'ERR_KEY_NOT_FOUND' });
  });
});

describe('a key that is there already', () => {
  const ensure = (keyId: string, expiration: Date, more: Partial<MaterialRequest> = {}) =>
    ensureMaterial(world.context, requestOf(world, keyId, expiration, more));

  test('costs four calls to be given material, by byok apply and by byok import alike', async () => {
    await begin();
    const { keyId } = await world.kms.createKey({ keyAlias: 'one' });
    const { keyId: other } = await world.kms.createKey({ keyAlias: 'other' });
    since();
    expect(await ensure(keyId, far)).toMatchObject(proven);
    expect(since()).toEqual(['describe-key', ...imported]);
    const { source } = requestOf(world, other, far);
    const expirationTime = far.toISOString().replace(/\.\d+/, '');
    await importOnce(
      lifecycleContext(world.kms, () => new Date(), wordsOf('byok import')),
      {
        keyId: other,
        declared: { expirationTime },
        source,
      },
    );
    expect(since()).toEqual(['describe-key', ...imported]);
  });

  test('costs one look when there is nothing to do, and a renewal the look, the proof of the way back, and the outage', async () => {
    await begin();
    const { keyId } = await world.kms.createKey({ keyAlias: 'one' });
    const { proof } = await ensure(keyId, far);
    since();
    await ensure(keyId, far, { proof });
    expect(since()).toEqual(['describe-key']);
    await ensure(keyId, new Date('2036-01-01T00:00:00Z'), { proof });
    expect(since()).toEqual([
      ...['describe-key', 'get-parameters-for-import', 'import-key-material'],
      ...['delete-imported-key-material', 'describe-key', ...imported],
    ]);
  });
});
