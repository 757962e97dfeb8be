/**
 * Commands that a KMS answers with a wrapping key which others could open: nothing is wrapped,
 * sent, or left for a person to carry about.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeKey } from '../support/emulated-key';
import { badWrappingKeys, parametersWith } from '../support/wrapping-keys';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

let byok: ByokAndEmulator;
let folder: string;
let keyId: string;

beforeAll(async () => {
  byok = await startByokAndEmulator();
  folder = mkdtempSync(join(tmpdir(), 'byok-wrapping-keys-'));
  writeFileSync(join(folder, 'orders.key'), randomBytes(32).toString('base64'));
  keyId = await byok.createKey();
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await byok.close();
});

/** One of each kind: what is refused where is the subject of test/wrap/wrapping-key.test.ts. */
const kinds = ['exponent 1', 'an even modulus', 'text behind it', '512 bits'];

describe.each(badWrappingKeys.filter(([what]) => kinds.includes(what)))(
  '%s',
  (_what, publicKey, message) => {
    test.each([
      ['import', ['import', '--material-file', 'orders.key']],
      ['apply', ['apply', '--material-file', 'orders.key', '--record-dir', 'records']],
      ['ceremony start', ['ceremony', 'start', '--out-dir', 'ceremony']],
    ])('is refused by %s', async (_name, args) => {
      byok.emulator.injectFaults([
        { operation: 'get-parameters-for-import', answer: parametersWith(keyId, publicKey) },
      ]);
      const { status, stdout, stderr } = await byok.run([...args, '--key-id', keyId], {
        cwd: folder,
      });
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^byok: the wrapping key [^\n]*\n$/);
      expect(existsSync(join(folder, 'ceremony'))).toBe(false);
      expect((await describeKey(byok.emulator, keyId)).key_state).toBe('5');
    });
  },
);
