/** What material must be before it is sent anywhere: the right size for the key, and not plainly weak. */
import { ByokError } from '../errors';
import { type KeySpecRow, keySpecs, tryFindKeySpec } from '../schema/kms';

/** @throws ByokError ERR_MATERIAL_INVALID */
export function checkMaterialSize(material: Buffer, keySpec: string, attribute: string | undefined): void {
  const row = requireKeySpec(keySpec);
  if (row.family !== 'symmetric') {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material is ${material.length} bytes that are no private key, and ${keySpec} needs one; give it with material_encoding = "pem", "der" or "pkcs12"`,
      { attribute },
    );
  }
  if (material.length !== row.materialBytes) {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material has ${material.length} bytes; ${keySpec} needs exactly ${row.materialBytes}`,
      { attribute },
    );
  }
}

/** @throws ByokError ERR_KEY_UNSUITABLE when material cannot be imported into keys of this spec */
export function requireKeySpec(keySpec: string): KeySpecRow {
  const row = tryFindKeySpec(keySpec);
  if (row === undefined) {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `the key has spec "${keySpec}"; material can be imported into ${Object.keys(keySpecs).join(', ')}`,
      { attribute: 'key_id' },
    );
  }
  return row;
}

interface Weakness {
  readonly name: string;
  readonly holds: (material: Buffer) => boolean;
}

const weaknesses: readonly Weakness[] = [
  { name: 'one byte repeated', holds: (material) => material.every((byte) => byte === material[0]) },
  { name: 'printable text', holds: (material) => material.every((byte) => byte >= 0x20 && byte < 0x7f) },
  { name: 'a counter', holds: (material) => isCounter(material) },
];

/** What nobody would draw at random, by name. */
export function weaknessOf(material: Buffer): string | undefined {
  return weaknesses.find(({ holds }) => holds(material))?.name;
}

/** @throws ByokError ERR_MATERIAL_INVALID when there is a weakness */
export function refuseWeakness(weakness: string | undefined, attribute: string | undefined): void {
  if (weakness !== undefined) {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material is plainly weak (${weakness}); draw it at random, or set allow_weak_material = true if it must be this one`,
      { attribute },
    );
  }
}

/** The same step from each byte to the next: 00 01 02 …, ff fe fd …. */
function isCounter(material: Buffer): boolean {
  const step = ((material[1] ?? 0) - (material[0] ?? 0)) & 0xff;
  return material.every((byte, index) => index === 0 || ((byte - (material[index - 1] ?? 0)) & 0xff) === step);
}
