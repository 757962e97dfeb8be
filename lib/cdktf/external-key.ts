/** `byok_external_key`: a KMS key of origin "external", the shell that takes imported material. */
import type { ImportableResource, IResolvable } from 'cdktf';
import type { Construct } from 'constructs';
import { externalKeySchema } from '../schema/external-key';
import type { KeyDestroyPolicy } from '../terms/key';
import type { KeyOptions } from '../terms/key-options';
import { keySettings } from '../terms/setting';
import { ByokImport, ByokResource, type ResourceTimeouts } from './byok-resource';
import { declaredIn, faultsOf, keySpelling } from './declaration';
import { ExternalKeyReference, type IExternalKey } from './external-key-reference';
import { propertyNames } from './property-names';
import type { IResourceProvider, ResourceMetaArguments } from './resource-arguments';

/** Attributes of `byok_external_key`, and the arguments that Terraform gives every resource. */
export interface ExternalKeyConfig extends KeyOptions<IResolvable>, ResourceMetaArguments {
  /**
   * Name of the key, unique in the project: 1 to 255 of `a-z A-Z 0-9 : / _ -`,
   * not ending in `/default`.
   */
  readonly alias: string;
  /**
   * What destroy does: "schedule_deletion" (after `pendingDays`;
   * until then you can rescue the key) or "retain" (Terraform only forgets the key).
   * @default "schedule_deletion"
   */
  readonly onDestroy?: KeyDestroyPolicy | IResolvable;
  /**
   * How long each operation may take, including waits.
   * @default - 5 minutes each
   */
  readonly timeouts?: ResourceTimeouts;
}

const kind = {
  construct: 'ExternalKey',
  names: propertyNames.ExternalKeyConfig,
  type: 'byok_external_key',
  schema: externalKeySchema,
} as const;

/**
 * A key of origin "external". It has no material until a `KeyMaterial` imports some.
 * @see https://support.huaweicloud.com/intl/en-us/api-dew/CreateKey.html
 */
export class ExternalKey extends ByokResource implements IExternalKey {
  /** Terraform's name of the resource. */
  static readonly tfResourceType = kind.type;

  #tags: Record<string, string> | undefined;

  /**
   * A key that exists elsewhere: in another stack, or only in the KMS.
   * The stack emits nothing for it, so it neither changes nor destroys it.
   * @param keyId 36 characters; synthesis refuses a literal of another form
   * and lets a reference pass
   */
  static fromKeyId(scope: Construct, id: string, keyId: string): IExternalKey {
    return new ExternalKeyReference(scope, id, keyId);
  }

  /**
   * Import block for an existing key. Terraform then generates its configuration.
   * @param importToId id of the resource in the generated configuration
   * @param importFromId key id
   * @param provider the provider block; by default the one of the stack without an alias
   */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: IResourceProvider,
  ): ImportableResource {
    return new ByokImport(scope, importToId, ExternalKey.tfResourceType, importFromId, provider);
  }

  /** @throws ByokError ERR_ARGUMENT when a property is misspelled */
  constructor(scope: Construct, id: string, config: ExternalKeyConfig) {
    super(scope, id, kind, config);
    this.#tags = config.tags;
    this.node.addValidation({
      validate: () =>
        faultsOf(
          declaredIn({ ...config, tags: this.#tags }, [...keySettings, 'timeouts'], keySpelling),
          keySpelling,
        ),
    });
  }

  /**
   * Tags of the key, as a reference. If you set them, for example in an aspect,
   * the key has these tags and no others. `tagsInput` holds the tags declared so far.
   */
  get tags(): Record<string, string> {
    return this.getStringMapAttribute('tags');
  }

  set tags(tags: Record<string, string>) {
    this.#declareTags(tags);
  }

  /** Tags declared so far; undefined if tags are not managed. */
  get tagsInput(): Record<string, string> | undefined {
    return this.#tags;
  }

  /** Stops managing tags. */
  resetTags(): void {
    this.#declareTags(undefined);
  }

  #declareTags(tags: Record<string, string> | undefined): void {
    this.#tags = tags;
    this.declareLater({ tags });
  }

  /** Same as `keyId`. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** Id of the key in the KMS, 36 characters. It never changes while the key lives. */
  get keyId(): string {
    return this.getStringAttribute('key_id');
  }

  /** What kind of key it is, for example "AES_256". */
  get keySpec(): string {
    return this.getStringAttribute('key_spec');
  }

  /** What the key may do: "ENCRYPT_DECRYPT" or "SIGN_VERIFY". */
  get keyUsage(): string {
    return this.getStringAttribute('key_usage');
  }

  /** Always "external". */
  get origin(): string {
    return this.getStringAttribute('origin');
  }

  /** When the key was created, RFC 3339. */
  get creationDate(): string {
    return this.getStringAttribute('creation_date');
  }
}
