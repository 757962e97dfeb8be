/**
 * What the KMS answers, in this library's own terms: camelCase, `Date` for instants, undefined for
 * "there is none".
 */
import type { Secret } from '../secret';

/** One key as describe-key and list-keys show it. */
export interface KeyDetail {
  readonly keyId: string;
  readonly keyAlias: string;
  readonly keyDescription: string;
  /** AES_256, RSA_2048, …; undefined in old answers. */
  readonly keySpec: string | undefined;
  readonly keyUsage: string | undefined;
  /** As it arrived: "1" to "5", "7"; never assume that it is one of them. */
  readonly keyState: string;
  /** kms or external. */
  readonly origin: string;
  readonly creationDate: Date | undefined;
  readonly scheduledDeletionDate: Date | undefined;
  /** Expiry of the key material. */
  readonly expirationTime: Date | undefined;
  /** "1" marks a default master key of a cloud service. */
  readonly defaultKeyFlag: string | undefined;
  /** Huawei Cloud only; "0" is the default one. */
  readonly enterpriseProjectId?: string | undefined;
  /**
   * Only in a list: the list left out something that describe-key shows, so a missing value may
   * exist.
   */
  readonly partial?: boolean;
}

/** Where keys are, as far as that is known: for reports about several places. */
export interface Whereabouts {
  readonly cloud: string | undefined;
  readonly region: string | undefined;
  /** Its id, or its name if only that was given. */
  readonly project: string | undefined;
}

/** Value by key. */
export type Tags = Readonly<Record<string, string>>;

/** The indivisible pair that one import needs, fetched by get-parameters-for-import. */
export interface ImportParameters {
  readonly importToken: Secret;
  /** DER SubjectPublicKeyInfo of the wrapping key. */
  readonly publicKey: Buffer;
  /** Expiry of this pair, not of any material. */
  readonly expirationTime: Date;
}

export interface CreateKeyRequest {
  readonly keyAlias: string;
  readonly keySpec?: string;
  readonly keyUsage?: string;
  readonly keyDescription?: string;
}

export interface ImportKeyMaterialRequest {
  readonly keyId: string;
  readonly importToken: Secret;
  /**
   * Material wrapped with the public key of the same pair; of an asymmetric key, the intermediate
   * key.
   */
  readonly encryptedKeyMaterial: Buffer;
  /** Only for asymmetric keys: the private key in PKCS#8, wrapped with the intermediate key. */
  readonly encryptedPrivatekey?: Buffer;
  /** If left out, the material never expires. Whole seconds; milliseconds are cut off. */
  readonly expirationTime?: Date;
}

/** Bounds and cancellation of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * The calls that the lifecycle makes. `KmsClient` makes them over HTTP.
 *
 * @throws KmsError if the KMS refuses
 * @throws ByokError ERR_KMS_UNREACHABLE if no answer arrived within the retries; the request may
 *   have taken effect
 */
export interface Kms {
  /** Where the KMS is, for messages: region if it is known, project and endpoint. */
  readonly place: string;
  /** The place in which an alias belongs to one key: project and endpoint. */
  readonly project: string;
  createKey(request: CreateKeyRequest, options?: CallOptions): Promise<{ keyId: string }>;
  /** Undefined: the KMS does not know the key. */
  describeKey(keyId: string, options?: CallOptions): Promise<KeyDetail | undefined>;
  /** All keys of the project, of every spec. */
  listKeys(options?: CallOptions): Promise<KeyDetail[]>;
  getParametersForImport(
    keyId: string,
    wrappingAlgorithm: string,
    options?: CallOptions,
  ): Promise<ImportParameters>;
  /** Not repeated after a lost answer: describe the key to find out what happened. */
  importKeyMaterial(request: ImportKeyMaterialRequest, options?: CallOptions): Promise<void>;
  deleteImportedKeyMaterial(keyId: string, options?: CallOptions): Promise<void>;
  enableKey(keyId: string, options?: CallOptions): Promise<void>;
  disableKey(keyId: string, options?: CallOptions): Promise<void>;
  scheduleKeyDeletion(keyId: string, pendingDays: number, options?: CallOptions): Promise<void>;
  cancelKeyDeletion(keyId: string, options?: CallOptions): Promise<void>;
  updateKeyAlias(keyId: string, keyAlias: string, options?: CallOptions): Promise<void>;
  updateKeyDescription(keyId: string, keyDescription: string, options?: CallOptions): Promise<void>;
  /** PEM; asymmetric keys only. */
  getPublicKey(keyId: string, options?: CallOptions): Promise<string>;
  getTags(keyId: string, options?: CallOptions): Promise<Tags>;
  /**
   * Creates first. If a tag to create exists, it gets the new value; a tag to delete comes with its
   * present value.
   */
  updateTags(
    keyId: string,
    changes: { readonly create?: Tags; readonly delete?: Tags },
    options?: CallOptions,
  ): Promise<void>;
}
