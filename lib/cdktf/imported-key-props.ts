/** Properties of an `ImportedKey`. */
import type { IResolvable, ITerraformIterator } from 'cdktf';
import type { Expiration } from '../terms/expiration';
import type { KeyDestroyPolicy } from '../terms/key';
import type { KeyOptions } from '../terms/key-options';
import type { MaterialOptions } from '../terms/material-options';
import type { ByokProvider } from './byok-provider';
import type { ResourceTimeouts } from './byok-resource';
import type { IExternalKey } from './external-key-reference';
import type { KeyMaterialEngine } from './key-material-engine';
import type { KeyMaterialSource } from './key-material-source';

/** What the key is, where its material comes from, and how long the material lives. */
export interface ImportedKeyProps extends KeyOptions<IResolvable>, MaterialOptions<IResolvable> {
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
   * What destroy does to the key.
   * @default "schedule_deletion"
   */
  readonly keyOnDestroy?: KeyDestroyPolicy;
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
