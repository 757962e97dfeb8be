/**
 * What material must be before it is sent anywhere: of the right size for the key, and not plainly
 * weak.
 */
import { isUtf8 } from 'node:buffer';
import { ByokError } from '../errors';
import { type KeySpecRow, keySpecs, tryFindKeySpec } from '../terms/kms';
import { plainSpelling, type Spelling } from '../terms/setting';

/** Where material comes from, for errors. */
export interface Origin {
  /** The attribute of the front-end that names the source; undefined if there is none. */
  readonly attribute: string | undefined;
  /**
   * The names of settings in messages.
   * @default as in this code
   */
  readonly spelling?: Spelling | undefined;
}

/** @throws ByokError ERR_MATERIAL_INVALID */
export function checkMaterialSize(
  material: Buffer,
  keySpec: string,
  { attribute, spelling = plainSpelling }: Origin,
): void {
  const row = requireKeySpec(keySpec, spelling);
  if (row.family !== 'symmetric') {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material is ${material.length} bytes and not a private key, which ${keySpec} ` +
        `needs; give one with ${spelling.name('materialEncoding')} = "pem", "der" or "pkcs12"`,
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

/** @throws ByokError ERR_KEY_UNSUITABLE if keys of this spec accept no material */
export function requireKeySpec(keySpec: string, { name }: Spelling): KeySpecRow {
  const row = tryFindKeySpec(keySpec);
  if (row === undefined) {
    throw new ByokError(
      'ERR_KEY_UNSUITABLE',
      `the key has spec "${keySpec}"; only keys of these specs accept material: ${Object.keys(keySpecs).join(', ')}`,
      { attribute: name('keyId') },
    );
  }
  return row;
}

interface Weakness {
  readonly name: string;
  readonly holds: (material: Buffer) => boolean;
}

/**
 * How often random bytes look like each. With 32 bytes, the fewest that any key has: text once in
 * 2^34, few different bytes in 2^92, a repeated pattern in 2^128, a counter in 2^240; with more
 * bytes less often. Even with 16 bytes none occurs more often than once in 2^58, because such short
 * text does not count.
 */
const weaknesses: readonly Weakness[] = [
  {
    name: 'one byte repeated',
    holds: (material) => material.every((byte) => byte === material[0]),
  },
  {
    name: 'printable text',
    holds: (material) => isLong(material) && material.every((byte) => byte >= 0x20 && byte < 0x7f),
  },
  { name: 'a counter', holds: (material) => isCounter(material) },
  {
    name: 'few different bytes',
    holds: (material) => new Set(material).size <= material.length / 3,
  },
  { name: 'a repeated pattern', holds: (material) => isPeriodic(material) },
  { name: 'text', holds: (material) => isLong(material) && isText(material) },
];

/** The name of a pattern that random bytes would not show. */
export function weaknessOf(material: Buffer): string | undefined {
  return weaknesses.find(({ holds }) => holds(material))?.name;
}

/** @throws ByokError ERR_MATERIAL_INVALID if there is a weakness */
export function refuseWeakness(
  weakness: string | undefined,
  { attribute, spelling = plainSpelling }: Origin,
): void {
  if (weakness !== undefined) {
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material is plainly weak (${weakness}); draw it at random, or ` +
        `${spelling.set('allowWeakMaterial', true)} if it must be this one`,
      { attribute },
    );
  }
}

/** The same step from each byte to the next: 00 01 02 …, ff fe fd …. */
function isCounter(material: Buffer): boolean {
  const step = ((material[1] ?? 0) - (material[0] ?? 0)) & 0xff;
  return material.every(
    (byte, index) => index === 0 || ((byte - (material[index - 1] ?? 0)) & 0xff) === step,
  );
}

const isLong = (material: Buffer): boolean => material.length >= 32;

/** Even if the last repetition is cut short. */
function isPeriodic(material: Buffer): boolean {
  const half = Math.floor(material.length / 2);
  return Array.from({ length: half }, (_, index) => index + 1).some((period) =>
    material.subarray(period).equals(material.subarray(0, material.length - period)),
  );
}

/**
 * UTF-8 without control characters other than white space, and NULs, which pad a password to its
 * length.
 */
function isText(material: Buffer): boolean {
  return (
    isUtf8(material) &&
    material.every((byte) =>
      byte >= 0x20 ? byte !== 0x7f : byte === 0 || (byte >= 0x09 && byte <= 0x0d),
    )
  );
}
