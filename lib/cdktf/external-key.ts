/** `byok_external_key`: a KMS key of origin "external", the shell that material is imported into. */
import type { ImportableResource, IResolvable, TerraformMetaArguments, TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { externalKeySchema } from '../schema/external-key';
import { formats, ranges } from '../schema/kms';
import { ByokImport, ByokResource, type ResourceTimeouts } from './byok-resource';
import { isLiteral } from './config-attributes';

/** Attributes of `byok_external_key`, and Terraform's own of every resource. */
export interface ExternalKeyConfig extends TerraformMetaArguments {
  /** Name of the key, unique in the project: 1 to 255 of `a-z A-Z 0-9 : / _ -`, not ending in `/default`. */
  readonly alias: string;
  /**
   * What kind of key it is. Another one means another key.
   * @default "AES_256"
   */
  readonly keySpec?: string;
  /**
   * What the key may do. Another one means another key.
   * @default - what `keySpec` allows: "ENCRYPT_DECRYPT" for AES_256
   */
  readonly keyUsage?: string;
  /**
   * Up to 255 characters.
   * @default - none
   */
  readonly description?: string;
  /**
   * Whether the key may be used. A key without material can be neither enabled nor disabled; the wish is kept until it can.
   * @default - not managed here
   */
  readonly enabled?: boolean | IResolvable;
  /**
   * Tags of the key: names of up to 36, values of up to 43 characters. Given, they are all the tags that the key has.
   * @default - tags are not looked at
   */
  readonly tags?: Record<string, string>;
  /**
   * Days between `terraform destroy` and the end of the key, 7 to 1096.
   * @default 7
   */
  readonly pendingDays?: number;
  /**
   * When somebody scheduled the key for deletion: take that back at the next apply.
   * @default false
   */
  readonly cancelPendingDeletion?: boolean | IResolvable;
  /**
   * What destroy does: "schedule_deletion" (after `pendingDays`; until then the key can be rescued) or "retain" (the key is only
   * forgotten by Terraform).
   * @default "schedule_deletion"
   */
  readonly onDestroy?: string;
  /** @default - 5 minutes each */
  readonly timeouts?: ResourceTimeouts;
}

/** A key of origin "external". It has no material until a `KeyMaterial` imports some. */
export class ExternalKey extends ByokResource {
  static readonly tfResourceType = 'byok_external_key';

  /**
   * Import block for an existing key, of which Terraform then generates the configuration.
   * @param importToId id of the resource that the configuration will be generated for
   * @param importFromId key id
   */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return new ByokImport(scope, importToId, { terraformResourceType: ExternalKey.tfResourceType, importId: importFromId, provider });
  }

  constructor(scope: Construct, id: string, config: ExternalKeyConfig) {
    super(scope, id, { type: ExternalKey.tfResourceType, schema: externalKeySchema }, config);
    this.node.addValidation({ validate: () => faultsOf(config) });
  }

  /** Same as `keyId`. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** Id of the key in the KMS, 36 characters. Never changes while the key lives. */
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

function faultsOf({ alias, description, pendingDays }: ExternalKeyConfig): string[] {
  const faults: string[] = [];
  if (isLiteral(alias) && (!new RegExp(formats.keyAlias).test(alias) || alias.endsWith('/default'))) {
    faults.push(`alias is "${alias}"; allowed are 1 to 255 of the characters a-z A-Z 0-9 : / _ -, not ending in "/default"`);
  }
  const { maximum } = ranges.keyDescription;
  if (description !== undefined && isLiteral(description) && description.length > maximum) {
    faults.push(`description has ${description.length} characters; allowed are up to ${maximum}`);
  }
  const days = ranges.pendingDays;
  if (
    pendingDays !== undefined &&
    isLiteral(pendingDays) &&
    !(Number.isInteger(pendingDays) && pendingDays >= days.minimum && pendingDays <= days.maximum)
  ) {
    faults.push(`pendingDays is ${pendingDays}; allowed is a whole number from ${days.minimum} to ${days.maximum}`);
  }
  return faults;
}
