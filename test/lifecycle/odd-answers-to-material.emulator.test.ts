/**
 * Imports and deletions of material that are answered with a success that is none: no state claims
 * what the key does not hold.
 */
import { randomBytes } from 'node:crypto';
import { importOnce } from '../../lib/cli/import-once';
import { lifecycleContext } from '../../lib/cli/lifecycle-context';
import { createMaterial } from '../../lib/lifecycle/create-material';
import type { MaterialOutcome } from '../../lib/lifecycle/material-request';
import type { Proof } from '../../lib/lifecycle/proof';
import { reconcileMaterial } from '../../lib/lifecycle/reconcile-material';
import { removeMaterial } from '../../lib/lifecycle/remove-material';
import { createKey, describe as describeKey, importMaterial } from '../emulator/external-key';
import { ok } from '../emulator/plain-http';
import { wordsOf } from '../support/command-words';
import { fingerprintOf, holdsMaterial } from '../support/emulated-key';
import { type Emulator, type Fault, startEmulator } from '../support/emulator';
import { callsOf, nothing, type OddWorld, oddAnswers, oddWorld, requestOf } from './odd-answers';

const far = new Date('2095-01-01T00:00:00Z');
const farther = new Date('2096-01-01T00:00:00Z');

let emulator: Emulator;
let world: OddWorld;
let keyId: string;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

beforeEach(async () => {
  emulator.clearFaults();
  world = oddWorld(emulator);
  keyId = await createKey(emulator);
  emulator.clearCalls();
});
afterEach(() => world.close());

const proofOf = (): Proof => ({ fingerprint: fingerprintOf(world.material), proof: 'imported' });
const create = () => createMaterial(world.context, requestOf(world, keyId, far));
const renew = () =>
  reconcileMaterial(
    world.context,
    requestOf(world, keyId, farther, { proof: proofOf(), lastKnown: far }),
  );
const stateOf = async () => (await describeKey(emulator, keyId)).key_state;
const expiryOf = async () => Number((await describeKey(emulator, keyId)).expiration_time);
const fault = (operation: string, more: Fault) => emulator.injectFaults([{ operation, ...more }]);

/** Somebody else, at the next pause. */
function meanwhile(act: () => Promise<unknown>): void {
  world.onPause = async () => {
    world.onPause = async () => undefined;
    await act();
  };
}

async function expectProven(outcome: MaterialOutcome, expiration: Date): Promise<void> {
  expect(outcome).toMatchObject({
    observation: { status: 'present', keyState: '2', expiration },
    proof: proofOf(),
  });
  expect([await holdsMaterial(emulator, keyId, world.material), await expiryOf()]).toEqual([
    true,
    expiration.getTime(),
  ]);
}

describe('a first import', () => {
  test('costs no more calls than it must', async () => {
    await expectProven(await create(), far);
    expect(callsOf(world).slice(0, 4)).toEqual([
      'describe-key',
      'get-parameters-for-import',
      'import-key-material',
      'describe-key',
    ]);
    expect(callsOf(world).filter((name) => name === 'describe-key').length).toBe(2 + 1);
  });

  test.each(oddAnswers)(
    'answered with %s all the time is an error, and the key is empty',
    async (_name, odd) => {
      fault('import-key-material', { ...odd, times: 9 });
      await expect(create()).rejects.toMatchObject({
        code: 'ERR_KMS',
        operation: 'import-key-material',
        status: odd.status ?? 200,
      });
      expect(await stateOf()).toBe('5');
    },
  );

  test.each(oddAnswers)('answered with %s once is made again', async (_name, odd) => {
    fault('import-key-material', odd);
    await expectProven(await create(), far);
  });

  test.each([
    ...oddAnswers,
    [
      'an answer about another key',
      { answer: '{"key_id":"0ddba110-0000-4000-8000-000000000000"}' },
    ] as const,
  ])('answered with %s although it is done is present, and not proven', async (_name, odd) => {
    fault('import-key-material', { ...odd, committed: true });
    expect(await create()).toMatchObject({
      observation: { status: 'present', keyState: '2', expiration: far },
      proof: undefined,
      notices: [{ summary: 'The import is not proven' }],
    });
    expect(await holdsMaterial(emulator, keyId, world.material)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['{}', '{}'],
  ])(
    'answered with %s, as a success may be, is one only when the key shows it',
    async (_name, answer) => {
      fault('import-key-material', { answer });
      await expect(create()).rejects.toMatchObject({
        code: 'ERR_TIMEOUT',
        message: `import-key-material reported success, but 10 seconds later key ${keyId} is in state 5 (pending import), without material: a proxy may have answered instead of the KMS; check kms_endpoint and the network, then apply again`,
      });
      expect(world.waited()).toBeLessThanOrEqual(10_000);
      expect(callsOf(world).filter((name) => name === 'import-key-material')).toHaveLength(1);

      fault('import-key-material', { answer, committed: true });
      await expectProven(await create(), far);
    },
  );

  test('is waited for while the key shows it late', async () => {
    const replica = await startEmulator({ staleReads: 4 });
    const late = oddWorld(replica);
    try {
      const { keyId: made } = await late.kms.createKey({ keyAlias: 'late' });
      await late.kms.describeKey(made);
      const outcome = await createMaterial(late.context, requestOf(late, made, far));
      expect(outcome).toMatchObject({
        observation: { status: 'present' },
        proof: { proof: 'imported' },
        notices: [],
      });
      expect(late.waited()).toBeGreaterThan(0);
    } finally {
      late.close();
      await replica.close();
    }
  });

  test('that only was said, while somebody else imports, is no proof of what the key holds then', async () => {
    fault('import-key-material', nothing);
    meanwhile(() =>
      importMaterial(emulator, keyId, randomBytes(32), {
        expirationTime: farther.getTime() / 1000,
      }),
    );
    await expect(create()).rejects.toMatchObject({
      code: 'ERR_CHANGED_SINCE_PLAN',
      message: expect.stringContaining('another writer imported'),
    });
  });

  test('of a key that somebody disables at once is proven all the same, and the key is shown as it is', async () => {
    const send = world.kms.importKeyMaterial.bind(world.kms);
    world.kms.importKeyMaterial = async (...sent) => {
      await send(...sent);
      await ok(emulator, 'disable-key', { key_id: keyId });
    };
    expect(await create()).toMatchObject({
      observation: { status: 'key_disabled', keyState: '3' },
      proof: proofOf(),
    });
  });

  test.each([
    ['is answered with nothing by whatever stands between', nothing],
    ['is answered with a page', { answer: '<html></html>' }],
    ['fails', { status: 500 }],
  ])('is neither present nor proven when each look after it %s', async (_name, look) => {
    fault('import-key-material', nothing);
    fault('describe-key', { ...look, skip: 1, times: 99 });
    const outcome = await create();
    expect(outcome).toMatchObject({
      observation: { status: 'unknown', keyState: undefined },
      proof: undefined,
      notices: [
        {
          summary: 'The import was not confirmed',
          detail: expect.stringContaining('nothing proves that it does'),
        },
      ],
    });
  });

  test('is proven, though not present, when the KMS itself refuses the look', async () => {
    fault('describe-key', { errorCode: 'KMS.0306', skip: 1, times: 9 });
    expect(await create()).toMatchObject({
      observation: { status: 'unknown' },
      proof: proofOf(),
      notices: [{ summary: 'The import was not confirmed' }],
    });
  });
});

test('one that a command makes and cannot see says what to do there', async () => {
  fault('describe-key', { ...nothing, skip: 1, times: 99 });
  const { source } = requestOf(world, keyId, undefined);
  const { warnings } = await importOnce(
    lifecycleContext(world.kms, () => new Date(), wordsOf('byok import')),
    {
      keyId,
      declared: {},
      source,
    },
  );
  expect(warnings).toEqual([
    expect.stringMatching(
      /^The import was not confirmed\. The KMS accepted .* The next run shows whether it holds the material\./,
    ),
  ]);
});

describe('a renewal', () => {
  beforeEach(async () => {
    await create();
    emulator.clearCalls();
  });

  /** The first import is the trial with noise. */
  const atImport = { skip: 1 };

  test('costs no more calls than it must', async () => {
    await expectProven(await renew(), farther);
    expect(
      callsOf(world)
        .filter((name) => name !== 'encrypt-data')
        .slice(0, 8),
    ).toEqual([
      ...[
        'describe-key',
        'get-parameters-for-import',
        'import-key-material',
        'delete-imported-key-material',
        'describe-key',
      ],
      ...['get-parameters-for-import', 'import-key-material', 'describe-key'],
    ]);
  });

  test.each([...oddAnswers, ['nothing', nothing] as const, ['{}', { answer: '{}' }] as const])(
    'whose trial import is answered with %s deletes nothing',
    async (_name, odd) => {
      fault('import-key-material', odd);
      await expect(renew()).rejects.toThrow(
        /^nothing was deleted, because importing the material again may fail: import-key-material (reported|answered)/,
      );
      expect(callsOf(world)).not.toContain('delete-imported-key-material');
    },
  );

  test.each(oddAnswers)(
    'whose deletion is answered with %s and not done keeps its material, with the old expiry',
    async (_name, odd) => {
      fault('delete-imported-key-material', odd);
      await expect(renew()).rejects.toMatchObject({ operation: 'delete-imported-key-material' });
      expect([await holdsMaterial(emulator, keyId, world.material), await expiryOf()]).toEqual([
        true,
        far.getTime(),
      ]);
    },
  );

  test.each(oddAnswers)(
    'whose deletion is answered with %s and done goes on',
    async (_name, odd) => {
      fault('delete-imported-key-material', { ...odd, committed: true });
      await expectProven(await renew(), farther);
    },
  );

  test('whose deletion only was said is an error that says so', async () => {
    fault('delete-imported-key-material', nothing);
    await expect(renew()).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringMatching(
        /^delete-imported-key-material reported success, but key .* still holds its material, with its old expiry \(2095-01-01T00:00:00Z\)/,
      ),
    });
    expect([await holdsMaterial(emulator, keyId, world.material), await expiryOf()]).toEqual([
      true,
      far.getTime(),
    ]);
  });

  test('that finds the key empty, and then filled by somebody else, says so', async () => {
    fault('delete-imported-key-material', { errorCode: 'KMS.2701' });
    await expect(renew()).rejects.toMatchObject({
      code: 'ERR_CHANGED_SINCE_PLAN',
      message: `key ${keyId} held no material when we wanted to delete it, and now holds material that expires 2095-01-01T00:00:00Z: another writer imported at the same time; your material was not imported, plan again`,
    });
    expect(callsOf(world).filter((name) => name === 'import-key-material')).toHaveLength(1);
  });

  test('of a key that cannot be looked at after its deletion was refused tells the refusal', async () => {
    fault('delete-imported-key-material', { errorCode: 'KMS.2701' });
    fault('describe-key', { status: 500, skip: 1, times: 99 });
    await expect(renew()).rejects.toMatchObject({ apiCode: 'KMS.2701' });
  });

  test.each(oddAnswers)('whose import is answered with %s once ends well', async (_name, odd) => {
    fault('import-key-material', { ...odd, ...atImport });
    await expectProven(await renew(), farther);
  });

  test.each(oddAnswers)(
    'whose import is answered with %s although it is done keeps the proof from before',
    async (_name, odd) => {
      fault('import-key-material', { ...odd, ...atImport, committed: true });
      await expectProven(await renew(), farther);
    },
  );

  test('whose import only was said is backed out, to the old expiry', async () => {
    fault('import-key-material', { ...nothing, ...atImport });
    await expect(renew()).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining(
        'has its material back, with its old expiry (2095-01-01T00:00:00Z)',
      ),
    });
    expect([await holdsMaterial(emulator, keyId, world.material), await expiryOf()]).toEqual([
      true,
      far.getTime(),
    ]);
  });

  test.each([...oddAnswers, ['nothing', nothing] as const])(
    'all of whose imports are answered with %s says that the key is empty',
    async (_name, odd) => {
      fault('import-key-material', { ...odd, ...atImport, times: 99 });
      await expect(renew()).rejects.toThrow(
        `key ${keyId} has no material at the moment: the material was deleted, and importing it again failed`,
      );
      expect(await stateOf()).toBe('5');
      // And the next apply brings it back.
      emulator.clearFaults();
      await expectProven(await renew(), farther);
    },
  );

  test('that seems to fail does not say that a key with material is empty', async () => {
    fault('import-key-material', { ...atImport, drop: 'after' });
    // The looks before and after the deletion pass; those that settle the import fail, with the
    // repetition of each.
    fault('describe-key', { status: 500, skip: 2, times: 2 });
    await expect(renew()).rejects.toThrow(
      `key ${keyId} holds material that expires 2096-01-01T00:00:00Z, although the import seemed to fail`,
    );
  });

  test('that nobody can look at does not say what the key holds', async () => {
    fault('import-key-material', { ...atImport, drop: 'after' });
    fault('describe-key', { status: 500, skip: 2, times: 99 });
    await expect(renew()).rejects.toThrow('and we could not see whether the key holds any now');
  });
});

describe('a removal', () => {
  const remove = () => removeMaterial(world.context, keyId, 'delete_material');

  beforeEach(async () => {
    await create();
    emulator.clearCalls();
  });

  test.each(oddAnswers)('answered with %s and not done is an error', async (_name, odd) => {
    fault('delete-imported-key-material', odd);
    await expect(remove()).rejects.toMatchObject({ operation: 'delete-imported-key-material' });
    expect(await stateOf()).toBe('2');
  });

  test.each(oddAnswers)('answered with %s and done is done', async (_name, odd) => {
    fault('delete-imported-key-material', { ...odd, committed: true });
    await remove();
    expect(await stateOf()).toBe('5');
  });

  test('that is interrupted once it was said says so', async () => {
    const interruption = new AbortController();
    fault('delete-imported-key-material', nothing);
    const removal = removeMaterial(
      {
        ...world.context,
        signal: interruption.signal,
        // After the delete, before the key shows it.
        sleep: async () => {
          interruption.abort();
          throw interruption.signal.reason;
        },
      },
      keyId,
      'delete_material',
    );
    await expect(removal).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
      message: expect.stringContaining(`said that it deleted the material of key ${keyId}`),
    });
  });

  test('that only was said is an error', async () => {
    fault('delete-imported-key-material', nothing);
    await expect(remove()).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining(`key ${keyId} to give up its material`),
    });
  });
});

describe('material of a key that was disabled', () => {
  const again = () =>
    reconcileMaterial(
      world.context,
      requestOf(world, keyId, far, { proof: proofOf(), lastKnown: far, disabled: true }),
    );

  test.each(oddAnswers)(
    'is imported again; a disabling that is answered with %s is done only when the key shows it',
    async (_name, odd) => {
      fault('disable-key', odd);
      expect(await again()).toMatchObject({
        observation: { status: 'present', keyState: '2' },
        notices: [{ summary: 'The key could not be disabled again' }],
      });
      emulator.deleteMaterial(keyId);
      fault('disable-key', { ...odd, committed: true });
      expect(await again()).toMatchObject({
        observation: { status: 'key_disabled', keyState: '3' },
        notices: [],
      });
      expect(await stateOf()).toBe('3');
    },
  );
});
