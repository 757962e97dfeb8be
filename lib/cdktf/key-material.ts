/** `byok_key_material`: your own material, imported into an external key and kept there. */
import type { ImportableResource, IResolvable } from 'cdktf';
import type { Construct } from 'constructs';
import { keyMaterialSchema } from '../schema/key-material';
import { refuseUnknownNames } from '../terms/known-names';
import { ByokImport, ByokResource } from './byok-resource';
import { refuseLiteralSecrets } from './config-attributes';
import { declareKeyMaterial } from './declared-key-material';
import type { KeyMaterialConfig } from './key-material-config';
import { propertyNames } from './property-names';
import type { IResourceProvider } from './resource-arguments';

/** Other ways to give a secret, if there are any. */
const insteadOfLiteral: Readonly<Record<string, string>> = {
  material_wo:
    'pass an ephemeral variable (KeyMaterialSource.fromVariable), or use KeyMaterialSource.fromFile or fromEnvironment',
  material_password_wo:
    'pass an ephemeral variable, or name an environment variable by materialPasswordEnv',
};

const kind = {
  construct: 'KeyMaterial',
  names: propertyNames.KeyMaterialConfig,
  type: 'byok_key_material',
  schema: keyMaterialSchema,
} as const;

/**
 * Material in a key. If it was deleted or expired,
 * the next apply imports the same material again, in place.
 * @see https://support.huaweicloud.com/intl/en-us/api-dew/ImportKeyMaterial.html
 */
export class KeyMaterial extends ByokResource {
  /** Terraform's name of the resource. */
  static readonly tfResourceType = kind.type;

  /**
   * Import block for the material of an existing key. Terraform then generates its configuration.
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
    return new ByokImport(scope, importToId, KeyMaterial.tfResourceType, importFromId, provider);
  }

  /**
   * @throws ByokError ERR_ARGUMENT when a property is misspelled,
   * or a write-only value (`…Wo`) is a literal
   */
  constructor(scope: Construct, id: string, config: KeyMaterialConfig) {
    refuseUnknownNames(config, kind.names, kind.construct);
    refuseLiteralSecrets(
      keyMaterialSchema,
      config,
      (attribute) =>
        insteadOfLiteral[attribute] ??
        'pass an ephemeral variable, or the output of an ephemeral resource',
    );
    super(scope, id, kind, config);
    declareKeyMaterial(this, config);
  }

  /** Same as `keyId`. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** The key that holds the material. A resource that refers to it waits for the import. */
  get keyId(): string {
    return this.getStringAttribute('key_id');
  }

  /** Spec of the key, for example "AES_256". */
  get keySpec(): string {
    return this.getStringAttribute('key_spec');
  }

  /**
   * State of the key as the KMS reports it: "2" enabled, "3" disabled,
   * "4" scheduled for deletion, "5" pending import.
   */
  get keyState(): string {
    return this.getStringAttribute('key_state');
  }

  /** When the KMS deletes the material: RFC 3339, or "never". */
  get expirationTime(): string {
    return this.getStringAttribute('expiration_time');
  }

  /** Identifies the material without revealing it. */
  get fingerprint(): string {
    return this.getStringAttribute('fingerprint');
  }

  /** Whether a successful import proves that the key holds the material of this `fingerprint`. */
  get fingerprintVerified(): IResolvable {
    return this.getBooleanAttribute('fingerprint_verified');
  }

  /** "present", or what is wrong with the material; see the documentation of the resource. */
  get materialStatus(): string {
    return this.getStringAttribute('material_status');
  }

  /** When Terraform last imported the material, RFC 3339; null on an adopted key. */
  get importedAt(): string {
    return this.getStringAttribute('imported_at');
  }

  /** Why the latest import was planned, in words. */
  get importReason(): string {
    return this.getStringAttribute('import_reason');
  }
}
