/** What a `KeyMaterial` is told: the attributes of `byok_key_material`, called as in TypeScript. */
import type { IResolvable } from 'cdktf';
import type { WrappingAlgorithm } from '../terms/kms';
import type { MaterialDestroyPolicy, MaterialEncoding } from '../terms/material';
import type { ResourceTimeouts } from './byok-resource';
import type { ResourceMetaArguments } from './resource-arguments';

/** Where the material comes from; at most one source. `KeyMaterialSource` makes one. */
export interface KeyMaterialSourceConfig {
  /**
   * The material as a write-only value, which is in no state and no plan. A reference to an ephemeral variable or resource; a
   * literal is refused. Needs Terraform 1.11 or OpenTofu 1.11.
   * @default - none
   */
  readonly materialWo?: string;
  /**
   * Counter beside `materialWo`, for those who want to see a change of source in the plan. The fingerprint is what decides.
   * @default - none
   */
  readonly materialWoVersion?: number;
  /**
   * Path of the file that holds the material, as Terraform sees it: relative to the folder in which it runs. For a path
   * relative to the app use `KeyMaterialSource.fromFile`.
   * @default - none
   */
  readonly materialFile?: string;
  /**
   * Name of the environment variable that holds the material.
   * @default - none
   */
  readonly materialEnv?: string;
  /**
   * Program and arguments, run in apply only and without a shell, that write the material to standard output.
   * @default - none
   */
  readonly materialCommand?: string[];
  /**
   * Program and arguments that wrap the material inside an HSM, run in apply only and without a shell.
   * @default - none
   */
  readonly wrapCommand?: string[];
  /**
   * Pre-wrapped material: the import token that it was wrapped for. A reference to an ephemeral value; a literal is refused.
   * @default - none
   */
  readonly importTokenWo?: string;
  /**
   * Pre-wrapped material, Base64: the symmetric key, or the intermediate key of an asymmetric one. A reference to an ephemeral
   * value; a literal is refused.
   * @default - none
   */
  readonly encryptedKeyMaterialWo?: string;
  /**
   * Pre-wrapped material, Base64: the private key of an asymmetric key, wrapped with the intermediate key. A reference to an
   * ephemeral value; a literal is refused.
   * @default - none: the key is symmetric
   */
  readonly encryptedPrivatekeyWo?: string;
  /**
   * How the source spells the material: "base64", "hex" or "raw"; for a private key also "pem", "der" or "pkcs12".
   * @default "base64"
   */
  readonly materialEncoding?: MaterialEncoding | IResolvable;
  /**
   * Password of an encrypted private key. A reference to an ephemeral value; a literal is refused.
   * @default - not encrypted
   */
  readonly materialPasswordWo?: string;
  /**
   * Name of the environment variable that holds the password of an encrypted private key.
   * @default - not encrypted
   */
  readonly materialPasswordEnv?: string;
}

/** Attributes of `byok_key_material`, and Terraform's own of every resource. */
export interface KeyMaterialConfig extends KeyMaterialSourceConfig, ResourceMetaArguments {
  /** The key to import into; it must be of origin "external". Another key means another import. */
  readonly keyId: string;
  /**
   * How the material is wrapped on its way to the KMS: "RSAES_OAEP_SHA_256", or of the legacy "RSAES_OAEP_SHA_1" and
   * "RSAES_PKCS1_V1_5". Acts at the next import.
   * @see https://support.huaweicloud.com/intl/en-us/api-dew/CreateParametersForImport.html
   * @default "RSAES_OAEP_SHA_256"
   */
  readonly wrappingAlgorithm?: WrappingAlgorithm | IResolvable;
  /**
   * When the KMS deletes the material: RFC 3339 in whole seconds, epoch seconds, or "never". This KMS cannot change it in place: a
   * change deletes the material and imports it again.
   * @default - never; on an adopted key, what is there
   */
  readonly expirationTime?: string;
  /**
   * Rolling expiry, instead of `expirationTime`: how long the material is valid after each import. A whole number and a unit (s, m, h or d),
   * for example "90d". Goes with `renewBefore`.
   * @default - no rolling expiry
   */
  readonly validFor?: string;
  /**
   * Rolling expiry: from how long before the expiry on an apply renews the material, for example "14d"; shorter than `validFor`.
   * @default - no rolling expiry
   */
  readonly renewBefore?: string;
  /**
   * From how long before the expiry on plans warn of it: a whole number and a unit (s, m, h or d).
   * @default "14d"
   */
  readonly warnBefore?: string;
  /**
   * Pin: "sha256:" and 64 hex digits, as `byok fingerprint` prints it. Nothing else is imported.
   * @default - no pin
   */
  readonly fingerprint?: string;
  /**
   * What destroy does: "retain" (the material stays in the KMS), "delete_material" (at once, without days of grace) or "refuse".
   * @default "retain"
   */
  readonly onDestroy?: MaterialDestroyPolicy | IResolvable;
  /**
   * False refuses a change of `expirationTime`, since the key cannot be used between deletion and import.
   * @default true
   */
  readonly allowInterruption?: boolean | IResolvable;
  /**
   * True lets material be deleted and imported again although nothing proves that the material at hand is the same.
   * @default false
   */
  readonly allowUnverifiedRenewal?: boolean | IResolvable;
  /**
   * True lets plainly weak material (few different bytes, a repeated pattern, text, a counter, an RSA exponent below 65537) be imported for the first time.
   * @default false
   */
  readonly allowWeakMaterial?: boolean | IResolvable;
  /**
   * How long each operation may take, waiting included.
   * @default - 5 minutes each
   */
  readonly timeouts?: ResourceTimeouts;
}
