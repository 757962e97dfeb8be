/**
 * When the bytes of key material are overwritten: as soon as the KMS has them, unless they are the
 * way back. Both are seen while describe-key is asked.
 */
import { randomBytes } from 'node:crypto';
import type { Kms } from '../../lib/kms/model';
import { createMaterial } from '../../lib/lifecycle/create-material';
import { reconcileMaterial } from '../../lib/lifecycle/reconcile-material';
import { symmetricMaterial } from '../../lib/material/material';
import { openContent } from '../../lib/material/open-content';
import { Secret } from '../../lib/secret';
import { createKey } from '../emulator/external-key';
import { ok } from '../emulator/plain-http';
import { holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { ecKey } from '../support/private-keys';
import { type OddWorld, oddWorld, requestOf } from './odd-answers';

let emulator: Emulator;
let world: OddWorld;

beforeEach(async () => {
  emulator = await startEmulator();
  world = oddWorld(emulator);
});

afterEach(async () => {
  world.close();
  await emulator.close();
});

/**
 * Bytes that are looked at, from inside, at every call: which of them are still there when it
 * begins.
 */
function watching(bytes: Buffer): { readonly kms: Kms; readonly seen: string[] } {
  const seen: string[] = [];
  const kms = new Proxy<Kms>(world.kms, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      return typeof member !== 'function'
        ? member
        : (...args: unknown[]) => {
            seen.push(`${String(name)} ${bytes.every((byte) => byte === 0) ? 'wiped' : 'there'}`);
            return member.apply(target, args);
          };
    },
  });
  return { kms, seen };
}

const later = new Date('2040-01-01T00:00:00Z');

test('symmetric material is gone when the import is confirmed', async () => {
  const keyId = await createKey(emulator);
  const bytes = randomBytes(32);
  const copy = Buffer.from(bytes);
  const { kms, seen } = watching(bytes);
  const source = {
    open: async () => symmetricMaterial(Secret.fromBytes(bytes), { attribute: undefined }),
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
  } as const;
  await createMaterial({ ...world.context, kms }, requestOf(world, keyId, undefined, { source }));
  expect(seen).toEqual([
    'describeKey there',
    'getParametersForImport there',
    'importKeyMaterial there',
    'describeKey wiped',
  ]);
  expect(await holdsMaterial(emulator, keyId, copy)).toBe(true);
});

test('it is there again and again while the import was not acknowledged, and gone with the answer that it was', async () => {
  const keyId = await createKey(emulator);
  const bytes = randomBytes(32);
  const { kms, seen } = watching(bytes);
  const source = {
    open: async () => symmetricMaterial(Secret.fromBytes(bytes), { attribute: undefined }),
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
  } as const;
  emulator.injectFaults([{ operation: 'import-key-material', drop: 'before' }]);
  await createMaterial({ ...world.context, kms }, requestOf(world, keyId, undefined, { source }));
  const [first, ...again] = ['describeKey', 'getParametersForImport', 'importKeyMaterial'].map(
    (name) => `${name} there`,
  );
  expect(seen).toEqual([first, ...again, first, ...again, 'describeKey wiped']);
});

test('a private key is gone, too', async () => {
  const body = {
    key_alias: 'signing',
    origin: 'external',
    key_spec: 'EC_P256',
    key_usage: 'SIGN_VERIFY',
  };
  const { key_id: keyId } = (
    await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', body)
  ).key_info;
  const material = await openContent(ecKey(), {
    encoding: 'pem',
    password: undefined,
    attribute: undefined,
    source: 'a file',
  });
  const wiped = jest.spyOn(material, 'wipe');
  const calls: string[] = [];
  const kms = new Proxy<Kms>(world.kms, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      return typeof member !== 'function'
        ? member
        : (...args: unknown[]) => {
            calls.push(`${String(name)} after ${wiped.mock.calls.length} wipes`);
            return member.apply(target, args);
          };
    },
  });
  const source = { open: async () => material, wrappingAlgorithm: 'RSAES_OAEP_SHA_256' } as const;
  await createMaterial({ ...world.context, kms }, requestOf(world, keyId, undefined, { source }));
  expect(calls).toContain('importKeyMaterial after 0 wipes');
  expect(calls).toContain('describeKey after 1 wipes');
});

test('after a delete it is the way back, and stays until the key shows it', async () => {
  const keyId = await createKey(emulator);
  const { proof } = await createMaterial(world.context, requestOf(world, keyId, undefined));
  const bytes = Buffer.from(world.material);
  const { kms, seen } = watching(bytes);
  const source = {
    open: async () => symmetricMaterial(Secret.fromBytes(bytes), { attribute: undefined }),
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
  } as const;
  // An import that something between answers in place of the KMS: the key goes on showing none, and
  // the old expiry is imported.
  emulator.injectFaults([{ operation: 'import-key-material', skip: 1, answer: '{}' }]);
  const renewal = reconcileMaterial(
    { ...world.context, kms },
    requestOf(world, keyId, later, { source, proof }),
  );
  await expect(renewal).rejects.toThrow('has its material back, with its old expiry (never)');
  expect(seen.filter((call) => call.endsWith('wiped'))).toEqual(['describeKey wiped']);
  expect(await holdsMaterial(emulator, keyId, world.material)).toBe(true);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
});
