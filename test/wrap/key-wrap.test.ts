/** AES key wrap with padding against RFC 5649 §6, Wycheproof and the openssl command. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aesKeyWrapWithPadding } from '../../lib/wrap/key-wrap';

const kek = Buffer.from('5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8', 'hex');

test.each([
  [
    '20 bytes',
    'c37b7e6492584340bed12207808941155068f738',
    '138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a',
  ],
  ['7 bytes', '466f7250617369', 'afbeb0f07dfbf5419200f2ccb50bb24f'],
])('RFC 5649 §6: %s', (_name, content, expected) => {
  expect(aesKeyWrapWithPadding(kek, Buffer.from(content, 'hex')).toString('hex')).toBe(expected);
});

test.each([1, 7, 8, 9, 138, 185, 1217, 2376])(
  'openssl with the documented command line unwraps %d bytes',
  (length) => {
    const [key, content] = [randomBytes(32), randomBytes(length)];
    const args = ['enc', '-d', '-id-aes256-wrap-pad', '-K', key.toString('hex'), '-iv', 'A65959A6'];
    const unwrapped = execFileSync('openssl', args, {
      input: aesKeyWrapWithPadding(key, content),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    expect(unwrapped.equals(content)).toBe(true);
  },
);

interface WycheproofFile {
  readonly testGroups: readonly {
    readonly tests: readonly {
      tcId: number;
      comment: string;
      key: string;
      msg: string;
      ct: string;
      result: string;
    }[];
  }[];
}

const vectors = join(
  process.env.WYCHEPROOF_DIR ?? join(__dirname, '..', '..', '..', 'shared', 'vectors'),
  'aes_kwp_test.json',
);

if (existsSync(vectors)) {
  const { testGroups } = JSON.parse(readFileSync(vectors, 'utf8')) as WycheproofFile;
  const valid = testGroups
    .flatMap(({ tests }) => tests)
    .filter(({ result, msg }) => result === 'valid' && msg !== '');

  test('Wycheproof: every valid case wraps to its ciphertext', () => {
    expect(valid.length).toBeGreaterThan(10);
    for (const { key, msg, ct } of valid) {
      expect(
        aesKeyWrapWithPadding(Buffer.from(key, 'hex'), Buffer.from(msg, 'hex')).toString('hex'),
      ).toBe(ct);
    }
  });
} else {
  console.info(
    `Wycheproof's cases are skipped: there is no ${vectors}; set WYCHEPROOF_DIR to the folder that holds them`,
  );
}
