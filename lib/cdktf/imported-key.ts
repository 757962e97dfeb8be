/** A key with material of your own: the external key, and the import that fills it and keeps it filled. */
import type { IResolvable } from 'cdktf';
import { Construct } from 'constructs';
import type { KeyDestroyPolicy } from '../schema/external-key';
import type { MaterialDestroyPolicy } from '../schema/key-material';
import type { KeySpec, KeyUsage, WrappingAlgorithm } from '../schema/kms';
import { ByokProvider } from './byok-provider';
import type { ResourceTimeouts } from './byok-resource';
import type { Expiration } from './expiration';
import { ExternalKey } from './external-key';
import { KeyMaterial } from './key-material';
import type { KeyMaterialSource } from './key-material-source';

/** What the key is, where its material comes from, and how long that lives. */
export interface ImportedKeyProps {
  /** Name of the key, unique in the project: 1 to 255 of `a-z A-Z 0-9 : / _ -`, not ending in `/default`. */
  readonly alias: string;
  /** Where the material comes from. Synthesis never reads it. */
  readonly source: KeyMaterialSource;
  /**
   * When the KMS deletes the material. A change means a short outage: this KMS can only delete and import again.
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
   * True lets plainly weak material (one repeated byte, printable text, a counter) be imported for the first time.
   * @default false
   */
  readonly allowWeakMaterial?: boolean | IResolvable;
  /**
   * Time limits, for the key and for the material.
   * @default - 5 minutes each
   */
  readonly timeouts?: ResourceTimeouts;
  /** @default - `ByokProvider.of` the stack */
  readonly provider?: ByokProvider;
}

/**
 * An external key and the material in it. When the material was deleted or expired, the next deploy imports the same one again, under the
 * same key id.
 */
export class ImportedKey extends Construct {
  /** The key itself, child `Key`. */
  readonly key: ExternalKey;
  /** The import, child `Resource`. */
  readonly material: KeyMaterial;

  constructor(scope: Construct, id: string, props: ImportedKeyProps) {
    super(scope, id);
    const { provider, timeouts } = props;
    if (provider === undefined) {
      ByokProvider.of(this);
    }
    this.key = new ExternalKey(this, 'Key', {
      alias: props.alias,
      description: props.description,
      keySpec: props.keySpec,
      keyUsage: props.keyUsage,
      enabled: props.enabled,
      tags: props.tags,
      pendingDays: props.pendingDays,
      cancelPendingDeletion: props.cancelPendingDeletion,
      onDestroy: props.keyOnDestroy,
      timeouts,
      provider,
    });
    this.material = new KeyMaterial(this, 'Resource', {
      ...props.source.bind(this),
      keyId: this.key.keyId,
      ...props.expiration?.bind(),
      warnBefore: props.warnBefore,
      fingerprint: props.fingerprint,
      wrappingAlgorithm: props.wrappingAlgorithm,
      onDestroy: props.onDestroy,
      allowInterruption: props.allowInterruption,
      allowUnverifiedRenewal: props.allowUnverifiedRenewal,
      allowWeakMaterial: props.allowWeakMaterial,
      timeouts,
      provider,
    });
  }

  /** Id of the key in the KMS; whoever refers to it waits until the material is in. */
  get keyId(): string {
    return this.material.keyId;
  }

  /** Identifies the material without revealing it. */
  get fingerprint(): string {
    return this.material.fingerprint;
  }

  /** When the KMS deletes the material: RFC 3339, or "never". */
  get expirationTime(): string {
    return this.material.expirationTime;
  }

  /** "present", or what is wrong with the material. */
  get materialStatus(): string {
    return this.material.materialStatus;
  }
}
