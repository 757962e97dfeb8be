/**
 * Properties of a `KeyMaterial`:
 * the attributes of `byok_key_material` under their TypeScript names.
 */
import type { IResolvable } from 'cdktf';
import type { MaterialEncoding } from '../terms/material';
import type { MaterialOptions } from '../terms/material-options';
import type { ResourceTimeouts } from './byok-resource';
import type { ResourceMetaArguments } from './resource-arguments';

/** Where the material comes from; at most one source. `KeyMaterialSource` creates it. */
export interface KeyMaterialSourceConfig {
  /**
   * The material as a write-only value, which no state and no plan contains. A reference to an
   * ephemeral variable or resource; a literal is refused. Needs Terraform 1.11 or OpenTofu 1.11.
   * @default - none
   */
  readonly materialWo?: string;
  /**
   * Counter beside a write-only source.
   * With `materialWo`, it shows a change of the source in the plan, but the fingerprint decides.
   * With pre-wrapped material, a new number says that there is a new token to import with.
   * @default - none
   */
  readonly materialWoVersion?: number;
  /**
   * Path of the file that holds the material, relative to the folder in which Terraform runs.
   * For a path relative to the app, use `KeyMaterialSource.fromFile`.
   * @default - none
   */
  readonly materialFile?: string;
  /**
   * Name of the environment variable that holds the material.
   * @default - none
   */
  readonly materialEnv?: string;
  /**
   * Program and arguments that write the material to standard output.
   * It runs only in apply and without a shell.
   * @default - none
   */
  readonly materialCommand?: string[];
  /**
   * Program and arguments that wrap the material inside an HSM.
   * It runs only in apply and without a shell.
   * @default - none
   */
  readonly wrapCommand?: string[];
  /**
   * Pre-wrapped material: the import token that it was wrapped for.
   * A reference to an ephemeral value; a literal is refused.
   * @default - none
   */
  readonly importTokenWo?: string;
  /**
   * Pre-wrapped material in Base64:
   * the symmetric key, or the intermediate key of an asymmetric one.
   * A reference to an ephemeral value; a literal is refused.
   * @default - none
   */
  readonly encryptedKeyMaterialWo?: string;
  /**
   * Pre-wrapped material in Base64: the private key of an asymmetric key,
   * wrapped with the intermediate key.
   * A reference to an ephemeral value; a literal is refused.
   * @default - none: the key is symmetric
   */
  readonly encryptedPrivatekeyWo?: string;
  /**
   * How the source encodes the material: "base64", "hex" or "raw";
   * for a private key also "pem", "der" or "pkcs12".
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

/** Attributes of `byok_key_material`, and the arguments that Terraform gives every resource. */
export interface KeyMaterialConfig
  extends KeyMaterialSourceConfig,
    MaterialOptions<IResolvable>,
    ResourceMetaArguments {
  /** The key to import into; it must be of origin "external". Another key means another import. */
  readonly keyId: string;
  /**
   * When the KMS deletes the material: RFC 3339 in whole seconds, epoch seconds, or "never".
   * This KMS cannot change it in place: a change deletes the material and imports it again.
   * @default - never; on an adopted key, the expiry that it has
   */
  readonly expirationTime?: string;
  /**
   * Rolling expiry, instead of `expirationTime`: how long the material is valid after each import.
   * A whole number and a unit (s, m, h or d), for example "90d". Requires `renewBefore`.
   * @default - no rolling expiry
   */
  readonly validFor?: string;
  /**
   * Rolling expiry: how long before the expiry an apply renews the material, for example "14d";
   * shorter than `validFor`.
   * @default - no rolling expiry
   */
  readonly renewBefore?: string;
  /**
   * How long each operation may take, including waits.
   * @default - 5 minutes each
   */
  readonly timeouts?: ResourceTimeouts;
}
