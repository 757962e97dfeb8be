/** A key with material of your own: the external key, and the import that fills it and keeps it filled. */
import type { IResolvable } from 'cdktf';
import { Construct } from 'constructs';
import { ByokError } from '../errors';
import type { KeyDestroyPolicy } from '../schema/external-key';
import type { MaterialDestroyPolicy } from '../schema/key-material';
import { defaultKeySpec, type KeySpec, type KeyUsage, type WrappingAlgorithm } from '../schema/kms';
import { ByokProvider } from './byok-provider';
import type { ResourceTimeouts } from './byok-resource';
import type { Expiration } from './expiration';
import { ExternalKey } from './external-key';
import type { IExternalKey } from './external-key-reference';
import { KeyMaterial } from './key-material';
import type { KeyMaterialConfig } from './key-material-config';
import type { KeyMaterialEngine } from './key-material-engine';
import type { KeyMaterialSource } from './key-material-source';
import { MaterialHooks } from './material-hooks';
import { faultsOfFit } from './spec-fit';

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
   * True lets plainly weak material (one repeated byte, printable text, a counter) be imported for the first time.
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
   * The provider block, for the key and for the material.
   * @default - `ByokProvider.of` the stack
   */
  readonly provider?: ByokProvider;
}

/**
 * An external key and the material in it. When the material was deleted or expired, the next deploy imports the same one again, under the
 * same key id. What can never work is an error of synthesis, with the path of the construct.
 * @see https://support.huaweicloud.com/intl/en-us/api-dew/ImportKeyMaterial.html
 */
export class ImportedKey extends Construct {
  /** The key itself: an `ExternalKey`, child `Key`, unless `key` was given. */
  readonly key: IExternalKey;
  readonly #held: KeyMaterial | MaterialHooks;

  /**
   * @throws ByokError ERR_ARGUMENT when a secret of the source is a literal, its variable cannot be one, or hooks are given no key;
   *   ERR_CONFIGURATION when the package that hooks need is not installed
   */
  constructor(scope: Construct, id: string, props: ImportedKeyProps) {
    super(scope, id);
    const { provider, timeouts } = props;
    const hooks = props.engine?.hooks;
    if (hooks !== undefined && props.key === undefined) {
      throw new ByokError(
        'ERR_ARGUMENT',
        'hooks make no key, they fill one that exists; give key: ExternalKey.fromKeyId(…) instead of alias',
      );
    }
    if (provider === undefined && hooks === undefined) {
      ByokProvider.of(this);
    }
    this.key =
      props.key ??
      new ExternalKey(this, 'Key', {
        alias: props.alias ?? '',
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
    const config: KeyMaterialConfig = {
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
    };
    this.#held = hooks === undefined ? new KeyMaterial(this, 'Resource', config) : new MaterialHooks(this, 'Hooks', config, hooks);
    this.node.addValidation({ validate: () => [...faultsOf(props), ...faultsOfMaterialFor(props, config)] });
  }

  /** The import, child `Resource`. @throws ByokError ERR_ARGUMENT when it is done by hooks */
  get material(): KeyMaterial {
    if (this.#held instanceof KeyMaterial) {
      return this.#held;
    }
    throw new ByokError(
      'ERR_ARGUMENT',
      'material is a resource of the provider, and this key is filled by hooks; use its other properties',
    );
  }

  /** Id of the key in the KMS; whoever refers to it waits until the material is in. */
  get keyId(): string {
    return this.#held.keyId;
  }

  /** Identifies the material without revealing it. */
  get fingerprint(): string {
    return this.#held.fingerprint;
  }

  /** When the KMS deletes the material: RFC 3339, or "never". */
  get expirationTime(): string {
    return this.#held.expirationTime;
  }

  /** "present", or what is wrong with the material. */
  get materialStatus(): string {
    return this.#held.materialStatus;
  }
}

/** Of a key that is made elsewhere the spec is not known here; the plan compares. */
function faultsOfMaterialFor({ key, keySpec = defaultKeySpec }: ImportedKeyProps, config: KeyMaterialConfig): string[] {
  return key === undefined ? faultsOfFit(keySpec, config) : [];
}

/** Properties that mean nothing for a key that is made elsewhere. */
const propertiesOfTheKey = [
  'description',
  'keySpec',
  'keyUsage',
  'enabled',
  'tags',
  'pendingDays',
  'cancelPendingDeletion',
  'keyOnDestroy',
] as const satisfies readonly (keyof ImportedKeyProps)[];

function faultsOf(props: ImportedKeyProps): string[] {
  const { alias, key, engine, provider } = props;
  if (key === undefined) {
    return alias === undefined ? ['neither alias nor key is given; give the alias of a new key, or key: ExternalKey.fromKeyId(…)'] : [];
  }
  const misplaced = propertiesOfTheKey.filter((name) => props[name] !== undefined);
  return [
    ...(engine?.hooks === undefined || provider === undefined
      ? []
      : ['provider is given for a key with hooks, which use none; tell KeyMaterialEngine.hooks how to reach the KMS instead']),
    ...(alias === undefined ? [] : ['alias and key are given together; allowed is one: the alias of a new key, or a key that exists']),
    ...(misplaced.length === 0
      ? []
      : [`${misplaced.join(', ')} given together with key, which is managed elsewhere; leave out what describes the key itself`]),
  ];
}
