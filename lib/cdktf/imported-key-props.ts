/** Properties of an `ImportedKey`. */
import type { IResolvable, ITerraformIterator } from 'cdktf';
import type { Expiration } from '../terms/expiration';
import type { KeyDestroyPolicy } from '../terms/key';
import type { KeySpec, KeyUsage, WrappingAlgorithm } from '../terms/kms';
import type { MaterialDestroyPolicy } from '../terms/material';
import type { ByokProvider } from './byok-provider';
import type { ResourceTimeouts } from './byok-resource';
import type { IExternalKey } from './external-key-reference';
import type { KeyMaterialEngine } from './key-material-engine';
import type { KeyMaterialSource } from './key-material-source';

/** What the key is, where its material comes from, and how long the material lives. */
export interface ImportedKeyProps {
  /**
   * Name of the key to create, unique in the project:
   * 1 to 255 of `a-z A-Z 0-9 : / _ -`, not ending in `/default`. Give either this or `key`.
   * @default - none: `key` is given instead
   */
  readonly alias?: string;
  /**
   * An existing key of origin "external", for example from `ExternalKey.fromKeyId`. Then only its
   * material is managed: properties that describe or destroy the key itself are refused.
   * @default - a key with the name `alias` is created
   */
  readonly key?: IExternalKey;
  /** Where the material comes from. Synthesis never reads it. */
  readonly source: KeyMaterialSource;
  /**
   * When the KMS deletes the material. Material of an asymmetric key never expires. A change means
   * a short outage, because this KMS can only delete the material and import it again.
   * @default - never; on an adopted key, the expiry that it has
   */
  readonly expiration?: Expiration;
  /**
   * How long before expiry plans start to warn: a whole number and a unit (s, m, h, d).
   * @default "14d"
   */
  readonly warnBefore?: string;
  /**
   * Pin: "sha256:" and 64 hex digits, as `byok fingerprint` prints it. Nothing else is imported.
   * @default - no pin
   */
  readonly fingerprint?: string;
  /**
   * Description of the key, up to 255 characters.
   * @default - none
   */
  readonly description?: string;
  /**
   * What kind of key it is. Another spec means another key.
   * @default "AES_256"
   */
  readonly keySpec?: KeySpec;
  /**
   * What the key may do: "ENCRYPT_DECRYPT" or "SIGN_VERIFY". Another usage means another key.
   * @default - follows from `keySpec`
   */
  readonly keyUsage?: KeyUsage;
  /**
   * Whether the key may be used.
   * @default - not managed here
   */
  readonly enabled?: boolean | IResolvable;
  /**
   * How the material is wrapped for its transport to the KMS.
   * A change takes effect at the next import.
   * @default "RSAES_OAEP_SHA_256"
   */
  readonly wrappingAlgorithm?: WrappingAlgorithm;
  /**
   * What destroy does to the material. "delete_material" deletes it at once, without days of grace.
   * @default "retain"
   */
  readonly onDestroy?: MaterialDestroyPolicy;
  /**
   * What destroy does to the key.
   * @default "schedule_deletion"
   */
  readonly keyOnDestroy?: KeyDestroyPolicy;
  /**
   * Tags of the key: names of up to 36, values of up to 43 characters.
   * If given, the key has these tags and no others.
   * @default - tags are not managed
   */
  readonly tags?: Record<string, string>;
  /**
   * Days between destroy and the end of the key, 7 to 1096.
   * @default 7
   */
  readonly pendingDays?: number;
  /**
   * If the key is scheduled for deletion, cancel that at the next apply.
   * @default false
   */
  readonly cancelPendingDeletion?: boolean | IResolvable;
  /**
   * False refuses a change of `expiration`.
   * @default true
   */
  readonly allowInterruption?: boolean | IResolvable;
  /**
   * True lets an apply delete the material and import it again even if nothing proves
   * that the source holds the same material.
   * @default false
   */
  readonly allowUnverifiedRenewal?: boolean | IResolvable;
  /**
   * True lets a first import take plainly weak material (few different bytes, a repeated pattern,
   * text, a counter, an RSA exponent below 65537).
   * @default false
   */
  readonly allowWeakMaterial?: boolean | IResolvable;
  /**
   * Time limits, for the key and for the material.
   * @default - 5 minutes each
   */
  readonly timeouts?: ResourceTimeouts;
  /**
   * What imports the material: the provider `byok`,
   * or hooks (`KeyMaterialEngine.hooks`) if third-party providers are not allowed.
   * With hooks, you must give `key`, and only `create` and `delete` of `timeouts` count.
   * @default - KeyMaterialEngine.provider()
   */
  readonly engine?: KeyMaterialEngine;
  /**
   * Creates a key with material for each element.
   * Derive `alias` and every other property that differs from the element, such as `iterator.key`.
   * `TerraformIterator.fromResources(importedKey.material)` gives access to their ids.
   * @default - one key
   */
  readonly forEach?: ITerraformIterator;
  /**
   * The provider block, for the key and for the material.
   * @default - `ByokProvider.of` the stack
   */
  readonly provider?: ByokProvider;
}
