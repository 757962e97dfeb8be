/**
 * The material of a key of origin kms: random bytes, or the PKCS#8 DER of a new key pair.
 * OpenSSL generates it, as it does wrapping keys.
 */
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { type KeySpec, type KeySpecRow, keySpecs } from '../terms/kms';

const generateKeyPairAsync = promisify(generateKeyPair);

const publicKeyEncoding = { type: 'spki', format: 'der' } as const;
const privateKeyEncoding = { type: 'pkcs8', format: 'der' } as const;

export async function generateMaterial(spec: KeySpec): Promise<Buffer> {
  const row: KeySpecRow = keySpecs[spec];
  if (row.family === 'symmetric') {
    return randomBytes(row.materialBytes);
  }
  const { privateKey } =
    row.family === 'rsa'
      ? await generateKeyPairAsync('rsa', {
          modulusLength: row.modulusBits,
          publicKeyEncoding,
          privateKeyEncoding,
        })
      : await generateKeyPairAsync('ec', {
          namedCurve: row.curve,
          publicKeyEncoding,
          privateKeyEncoding,
        });
  return privateKey;
}
