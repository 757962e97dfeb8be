/** What an `ImportedKey` is told. */
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

/** What the key is, where its material comes from, and how long that lives. */
export interface ImportedKeyProps {
  /**
   * Name of the key that is made, unique in the project: 1 to 255 of `a-z A-Z 0-9 : / _ -`, not ending in `/default`. Either this or `key`
   * is given.
   * @default - none: `key` is given instead
   */
  readonly alias?: string;
  /**
   * A key of origin "external" that exists already, such as `ExternalKey.fromKeyId` names it. Only its material is managed then: what
   * describes or destroys the key itself is refused.
   * @default - a key of the name `alias` is made
   */
  readonly key?: IExternalKey;
  /** Where the material comes from. Synthesis never reads it. */
  readonly source: KeyMaterialSource;
  /**
   * When the KMS deletes the material; that of an asymmetric key stays for good. A change means a short outage: this KMS can only delete and
   * import again.
   * @default - never; on an adopted key, what is there
   */
  readonly expiration?: Expiration;
  /**
   * From how long before the expiry on plans warn of it: a whole number and a unit (s, m, h, d).
   * @default "14d"
   */
  readonly warnBefore?: string;
  /**
   * Pin: "sha256:" and 64 hex digits, as `byok fingerprint` prints it. Nothing else is imported.
   * @default - no pin
   */
  readonly fingerprint?: string;
  /**
   * Up to 255 characters.
   * @default - none
   */
  readonly description?: string;
  /**
   * What kind of key it is. Another one means another key.
   * @default "AES_256"
   */
  readonly keySpec?: KeySpec;
  /**
   * What the key may do: "ENCRYPT_DECRYPT" or "SIGN_VERIFY". Another one means another key.
   * @default - follows from `keySpec`
   */
  readonly keyUsage?: KeyUsage;
  /**
   * Whether the key may be used.
   * @default - not managed here
   */
  readonly enabled?: boolean | IResolvable;
  /**
   * How the material is wrapped on its way to the KMS; acts at the next import.
   * @default "RSAES_OAEP_SHA_256"
   */
  readonly wrappingAlgorithm?: WrappingAlgorithm;
  /**
   * What destroy does to the material. "delete_material" acts at once, without days of grace.
   * @default "retain"
   */
  readonly onDestroy?: MaterialDestroyPolicy;
  /**
   * What destroy does to the key.
   * @default "schedule_deletion"
   */
  readonly keyOnDestroy?: KeyDestroyPolicy;
  /**
   * Tags of the key: names of up to 36, values of up to 43 characters. Given, they are all the tags that the key has.
   * @default - tags are not looked at
   */
  readonly tags?: Record<string, string>;
  /**
   * Days between destroy and the end of the key, 7 to 1096.
   * @default 7
   */
  readonly pendingDays?: number;
  /**
   * When somebody scheduled the key for deletion: take that back at the next apply.
   * @default false
   */
  readonly cancelPendingDeletion?: boolean | IResolvable;
  /**
   * False refuses a change of `expiration`.
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
   * Time limits, for the key and for the material.
   * @default - 5 minutes each
   */
  readonly timeouts?: ResourceTimeouts;
  /**
   * Who imports the material: the provider `byok`, or hooks (`KeyMaterialEngine.hooks`) where no provider of third parties is allowed. With
   * hooks, `key` is given, and of `timeouts` create and delete count.
   * @default - KeyMaterialEngine.provider()
   */
  readonly engine?: KeyMaterialEngine;
  /**
   * A key for each element, and its material: `alias` and what else differs are made of the element, such as `iterator.key`. Their ids are
   * reached by `TerraformIterator.fromResources(importedKey.material)`.
   * @default - one key
   */
  readonly forEach?: ITerraformIterator;
  /**
   * The provider block, for the key and for the material.
   * @default - `ByokProvider.of` the stack
   */
  readonly provider?: ByokProvider;
}
