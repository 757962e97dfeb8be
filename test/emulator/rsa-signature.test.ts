import { createHash, generateKeyPairSync } from 'node:crypto';
import { rsaPkcs1, rsaPss } from '../../lib/emulator/rsa-signature';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** One in 256 begins with a zero. */
function signedWithLeadingZero(scheme: typeof rsaPss): { digest: Buffer; signature: Buffer } {
  for (let count = 0; ; count += 1) {
    const digest = createHash('sha256').update(String(count)).digest();
    const signature = scheme.sign(privateKey, 'sha256', digest);
    if (signature[0] === 0) {
      return { digest, signature };
    }
  }
}

test.each([
  ['PKCS #1 v1.5', rsaPkcs1],
  ['PSS', rsaPss],
])('refuses a signature of %s whose leading zero was left out', (_name, scheme) => {
  const { digest, signature } = signedWithLeadingZero(scheme);
  expect(scheme.verify(privateKey, 'sha256', digest, signature)).toBe(true);
  expect(scheme.verify(privateKey, 'sha256', digest, signature.subarray(1))).toBe(false);
});
