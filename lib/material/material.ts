/**
 * Key material as the lifecycle sees it: something that has a fingerprint, can be checked against a
 * key spec, and wraps itself. Whether it is bytes in this process or a key inside an HSM stays
 * behind this interface.
 */
import { randomBytes } from 'node:crypto';
import { ByokError, isByokError } from '../errors';
import type { Secret } from '../secret';
import type { WrappingAlgorithm } from '../terms/kms';
import { type Phrase, plainSpelling, say } from '../terms/setting';
import { fingerprint, fingerprintOfPublicKey } from '../wrap/fingerprint';
import { aesKeyWrapWithPadding } from '../wrap/key-wrap';
import { wrapMaterial } from '../wrap/wrapping';
import { checkMaterialSize, type Origin, refuseWeakness, weaknessOf } from './check';
import { checkPrivateKey, type PrivateKey } from './private-key';
import { symmetricSizes } from './spelling-hint';

/** The two fields of import-key-material. */
export interface WrappedMaterial {
  readonly encryptedKeyMaterial: Buffer;
  /** Only for asymmetric keys; `encryptedKeyMaterial` is then the wrapped intermediate key. */
  readonly encryptedPrivatekey?: Buffer;
}

export interface Material {
  readonly fingerprint: string;
  /** False, too, inside an HSM, which does not say what kind of key it would wrap. */
  readonly isPrivateKey: boolean;
  /**
   * @param keySpec undefined while the key is unknown
   * @throws ByokError ERR_MATERIAL_INVALID if it is not what a key of this spec, or of any, needs
   */
  checkFits(keySpec: string | undefined): void;
  /** @throws ByokError ERR_MATERIAL_INVALID if it is plainly weak */
  checkStrength(): void;
  /** @param publicKey DER SubjectPublicKeyInfo of the wrapping key */
  wrap(algorithm: WrappingAlgorithm, publicKey: Buffer): Promise<WrappedMaterial>;
  /** Overwrites what this process holds of it. */
  wipe(): void;
}

/** @param hint what bytes of a wrong size may have been meant to be */
export function symmetricMaterial(bytes: Secret, origin: Origin, hint?: Phrase): Material {
  return {
    fingerprint: fingerprint(bytes.reveal()),
    isPrivateKey: false,
    checkFits: (keySpec) =>
      withHint(hint, origin, () => checkSize(bytes.reveal(), keySpec, origin)),
    checkStrength: () => refuseWeakness(weaknessOf(bytes.reveal()), origin),
    wrap: async (algorithm, publicKey) => ({
      encryptedKeyMaterial: wrapMaterial(algorithm, publicKey, bytes.reveal(), origin.spelling),
    }),
    wipe: () => bytes.wipe(),
  };
}

function checkSize(bytes: Buffer, keySpec: string | undefined, origin: Origin): void {
  if (keySpec !== undefined) {
    checkMaterialSize(bytes, keySpec, origin);
  } else if (!symmetricSizes.has(bytes.length)) {
    const sizes = [...symmetricSizes].join(' or ');
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the key material is ${bytes.length} bytes: it is not a private key, and a symmetric key has exactly ${sizes}; give one or the other`,
      { attribute: origin.attribute },
    );
  }
}

function withHint(
  hint: Phrase | undefined,
  { attribute, spelling = plainSpelling }: Origin,
  check: () => void,
): void {
  try {
    check();
  } catch (error) {
    throw hint !== undefined && isByokError(error)
      ? new ByokError(error.code, `${error.message}; ${say(hint, spelling)}`, {
          attribute,
          cause: error,
        })
      : error;
  }
}

/**
 * An RSA private key is too long for RSA: a fresh intermediate key wraps it, and is itself wrapped
 * for the KMS.
 */
export function privateKeyMaterial(key: PrivateKey, origin: Origin): Material {
  return {
    fingerprint: fingerprintOfPublicKey(key.publicKey),
    isPrivateKey: true,
    // A private key that opens has some spec.
    checkFits: (keySpec) =>
      keySpec === undefined ? undefined : checkPrivateKey(key, keySpec, origin),
    checkStrength: () => refuseWeakness(key.weakness, origin),
    async wrap(algorithm, publicKey) {
      const intermediateKey = randomBytes(32);
      try {
        return {
          encryptedKeyMaterial: wrapMaterial(
            algorithm,
            publicKey,
            intermediateKey,
            origin.spelling,
          ),
          encryptedPrivatekey: aesKeyWrapWithPadding(intermediateKey, key.pkcs8.reveal()),
        };
      } finally {
        intermediateKey.fill(0);
      }
    },
    wipe: () => key.pkcs8.wipe(),
  };
}
