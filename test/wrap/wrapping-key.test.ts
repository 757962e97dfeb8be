/** What is refused as a wrapping key, in every place that wraps with one or hands one on. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { openHsmMaterial } from '../../lib/material/hsm';
import { symmetricMaterial } from '../../lib/material/material';
import { Secret } from '../../lib/secret';
import { wrappingAlgorithmNames } from '../../lib/terms/kms';
import { wrapMaterial } from '../../lib/wrap/wrapping';
import { parseWrappingKey } from '../../lib/wrap/wrapping-key';
import { badWrappingKeys, goodWrappingKey, wrappedInClear } from '../support/wrapping-keys';

const refusal = (message: RegExp) =>
  expect.objectContaining({
    name: 'ByokError',
    code: 'ERR_KMS',
    message: expect.stringMatching(message),
  });

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each(badWrappingKeys)(
  'a wrapping key with %s is the fault of the KMS, whatever was to be wrapped',
  async (_what, der, message) => {
    expect(thrownBy(() => parseWrappingKey(der))).toEqual(refusal(message));
    for (const algorithm of wrappingAlgorithmNames) {
      expect(thrownBy(() => wrapMaterial(algorithm, der, randomBytes(32)))).toEqual(
        refusal(message),
      );
    }
    const material = symmetricMaterial(Secret.fromBytes(randomBytes(32)), { attribute: undefined });
    await expect(material.wrap('RSAES_OAEP_SHA_256', der)).rejects.toEqual(refusal(message));
  },
);

test('an HSM is never asked to wrap with such a key', async () => {
  const answer = JSON.stringify({ fingerprint: `sha256:${'0'.repeat(64)}` });
  const program = `require("fs").readFileSync(0, "utf8").includes('"wrap"') ? process.exit(7) : console.log('${answer}')`;
  const env = { PATH: process.env.PATH };
  const material = await openHsmMaterial([process.execPath, '-e', program], {
    attribute: 'wrap_command',
    env,
    signal: new AbortController().signal,
  });
  for (const [, der, message] of badWrappingKeys) {
    await expect(material.wrap('RSAES_OAEP_SHA_256', der)).rejects.toEqual(refusal(message));
  }
});

test('with exponent 1 the wrapped material would be the material, for everybody to read', () => {
  const material = randomBytes(32);
  expect(wrappedInClear(material).includes(material)).toBe(true);
});

test.each([2048, 3072, 4096])('a key of %s bits wraps', (modulusLength) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
  const wrapped = wrapMaterial(
    'RSAES_OAEP_SHA_256',
    publicKey.export({ type: 'spki', format: 'der' }),
    randomBytes(32),
  );
  expect(wrapped).toHaveLength(modulusLength / 8);
});

test('a large odd exponent is as good as the usual one', () => {
  const { publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicExponent: 0x10000001,
  });
  expect(
    parseWrappingKey(publicKey.export({ type: 'spki', format: 'der' })).asymmetricKeyType,
  ).toBe('rsa');
  expect(parseWrappingKey(goodWrappingKey).asymmetricKeyType).toBe('rsa');
});
