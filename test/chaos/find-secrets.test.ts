/** The campaign looks for material in what it writes itself: that look is not blind. */
import { createPrivateKey } from 'node:crypto';
import { findSecrets } from '../../chaos/find-secrets';
import {
  type CaseMaterial,
  ecKey,
  privateKeyMaterial,
  symmetricMaterial,
} from '../../chaos/material';
import { Random } from '../../chaos/random';

const random = new Random(1);
const symmetric = symmetricMaterial(random.bytes(32));
const privateKey = privateKeyMaterial(ecKey(random), random);

function leaksOf({ secrets }: CaseMaterial, trace: readonly string[], written = ''): string[] {
  return findSecrets({ secrets, trace: [...trace] }, { written: () => Buffer.from(written) });
}

test('a case that wrote nothing secret is clean', () => {
  const trace = ['apply: ok', symmetric.fingerprint, privateKey.fingerprint];
  expect([
    ...leaksOf(symmetric, trace, '{"attributes":{}}'),
    ...leaksOf(privateKey, trace),
  ]).toEqual([]);
});

test.each([
  ['as its source spells it', (bytes: Buffer) => bytes.toString('base64')],
  ['in hex', (bytes: Buffer) => bytes.toString('hex')],
  ['as a dump of a Buffer', (bytes: Buffer) => JSON.stringify(bytes)],
  [
    'inside Base64, as private state is',
    (bytes: Buffer) => Buffer.from(`{"m":"${bytes.toString('hex')}"}`).toString('base64'),
  ],
])('material %s is found in a trace and in a log', (_name, spell) => {
  const text = `a line with ${spell(symmetric.secrets.bytes as Buffer)} in it`;
  expect(leaksOf(symmetric, ['fine', text])).toContainEqual(
    expect.stringContaining('material in the trace: '),
  );
  expect(leaksOf(symmetric, [], text)).toContainEqual(
    expect.stringContaining('material in state or log: '),
  );
});

test('a private key is found by its text and by its number alone', () => {
  const { d = '' } = createPrivateKey(privateKey.text).export({ format: 'jwk' });
  expect(leaksOf(privateKey, [privateKey.text])).not.toEqual([]);
  expect(leaksOf(privateKey, [], `{"d":"${d}"}`)).not.toEqual([]);
});
