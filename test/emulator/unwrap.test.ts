/**
 * The emulator's unwrapping against Project Wycheproof's RSAES-OAEP decryption cases. The KMS knows
 * empty labels only, so a case made with a label, valid as it is, must be refused here.
 */
import { constants, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';
import { unwrap } from '../../lib/emulator/unwrap';
import type { WrappingAlgorithm } from '../../lib/terms/kms';

interface OaepCase {
  readonly tcId: number;
  readonly comment: string;
  readonly msg: string;
  readonly ct: string;
  readonly label: string;
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

interface OaepFile {
  readonly numberOfTests: number;
  readonly testGroups: readonly {
    readonly privateKeyPkcs8: string;
    readonly tests: readonly OaepCase[];
  }[];
}

const folder = process.env.WYCHEPROOF_DIR ?? join(__dirname, '..', '..', '..', 'shared', 'vectors');

const files: readonly (readonly [WrappingAlgorithm, string])[] = [
  ['RSAES_OAEP_SHA_256', 'rsa_oaep_2048_sha256_mgf1sha256_test.json'],
  ['RSAES_OAEP_SHA_1', 'rsa_oaep_2048_sha1_mgf1sha1_test.json'],
];

for (const [algorithm, name] of files) {
  const path = join(folder, name);
  if (existsSync(path)) {
    describe(`unwrap with ${algorithm} decides as Wycheproof does`, () => {
      const { numberOfTests, testGroups } = JSON.parse(readFileSync(path, 'utf8')) as OaepFile;
      const cases = testGroups.flatMap(({ privateKeyPkcs8, tests }) =>
        tests.map((test) => ({ ...test, privateKeyPkcs8 })),
      );

      test('on every case of the file', () => {
        expect(cases).toHaveLength(numberOfTests);
        expect(
          cases.filter(({ label, result }) => label === '' && result === 'valid').length,
        ).toBeGreaterThanOrEqual(10);
      });

      test.each(cases)(
        'on case $tcId ($result) $comment',
        ({ privateKeyPkcs8, msg, ct, label, result }) => {
          const unwrapped = unwrap(
            algorithm,
            Buffer.from(privateKeyPkcs8, 'hex'),
            Buffer.from(ct, 'hex'),
          );
          expect(unwrapped?.toString('hex')).toBe(
            result === 'valid' && label === '' ? msg : undefined,
          );
        },
      );
    });
  } else {
    console.info(
      `${name} is not in ${folder}: set WYCHEPROOF_DIR to the folder testvectors_v1 of C2SP/wycheproof to run its cases`,
    );
  }
}

describe('unwrap', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const raw = (block: Buffer) =>
    publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
  /** 00 02, non-zero padding, 00, message. */
  const pkcs1Block = (paddingLength: number) => {
    const block = Buffer.alloc(256, 0x5a);
    block.set([0x00, 0x02]);
    block[2 + paddingLength] = 0x00;
    return block;
  };

  test('reads PKCS#1 v1.5 as openssl writes it', () => {
    const material = randomBytes(32);
    const wrapped = publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
      material,
    );
    expect(unwrap('RSAES_PKCS1_V1_5', pkcs8, wrapped)).toEqual(material);
  });

  test('reads PKCS#1 v1.5 with the shortest padding, 8 bytes', () => {
    expect(unwrap('RSAES_PKCS1_V1_5', pkcs8, raw(pkcs1Block(8)))).toEqual(Buffer.alloc(245, 0x5a));
  });

  test('refuses PKCS#1 v1.5 with 7 bytes of padding', () => {
    expect(unwrap('RSAES_PKCS1_V1_5', pkcs8, raw(pkcs1Block(7)))).toBeUndefined();
  });

  test('refuses PKCS#1 v1.5 of another block type', () => {
    const block = pkcs1Block(8);
    block[1] = 0x01;
    expect(unwrap('RSAES_PKCS1_V1_5', pkcs8, raw(block))).toBeUndefined();
  });

  test('refuses OAEP whose MGF1 hash is SHA-1 while OAEP itself uses SHA-256', () => {
    const { key, ciphertext } = oaepWithMgf1Sha1();
    expect(unwrap('RSAES_OAEP_SHA_256', key, ciphertext)).toBeUndefined();
  });

  test('refuses ciphertext that is shorter or longer than the modulus', () => {
    const wrapped = publicEncrypt({ key: publicKey, oaepHash: 'sha256' }, randomBytes(32));
    expect(unwrap('RSAES_OAEP_SHA_256', pkcs8, wrapped.subarray(1))).toBeUndefined();
    expect(
      unwrap('RSAES_OAEP_SHA_256', pkcs8, Buffer.concat([Buffer.alloc(1), wrapped])),
    ).toBeUndefined();
  });

  test('refuses a number that is not below the modulus, though it is one of ours modulo that', () => {
    const { n = '' } = publicKey.export({ format: 'jwk' });
    const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
    for (;;) {
      const wrapped = publicEncrypt({ key: publicKey, oaepHash: 'sha256' }, randomBytes(32));
      const more = (BigInt(`0x${wrapped.toString('hex')}`) + modulus).toString(16);
      if (more.length === 512) {
        expect(unwrap('RSAES_OAEP_SHA_256', pkcs8, wrapped)).toHaveLength(32);
        expect(unwrap('RSAES_OAEP_SHA_256', pkcs8, Buffer.from(more, 'hex'))).toBeUndefined();
        return;
      }
    }
  });
});

/**
 * What Java's "OAEPWithSHA-256AndMGF1Padding" does by default; written out by hand, as node:crypto
 * cannot.
 */
function oaepWithMgf1Sha1(): { key: Buffer; ciphertext: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = forge.pki.publicKeyFromPem(
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  );
  const options = { md: forge.md.sha256.create(), mgf1: { md: forge.md.sha1.create() } };
  const ciphertext = Buffer.from(
    key.encrypt(randomBytes(32).toString('binary'), 'RSA-OAEP', options),
    'binary',
  );
  return { key: privateKey.export({ type: 'pkcs8', format: 'der' }), ciphertext };
}
