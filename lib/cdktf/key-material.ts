/** `byok_key_material`: material of your own, imported into an external key and kept there. */
import type { ImportableResource, IResolvable, TerraformMetaArguments, TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { isByokError } from '../errors';
import { parseExpirationTime } from '../schema/expiration-time';
import { fingerprintFormat, keyMaterialSchema, materialSourceAttributes } from '../schema/key-material';
import { formats } from '../schema/kms';
import { ByokImport, ByokResource, type ResourceTimeouts } from './byok-resource';
import { isLiteral, propertyName, refuseLiteralSecrets } from './config-attributes';

/** Where the material comes from; at most one source. `KeyMaterialSource` makes one. */
export interface KeyMaterialSourceConfig {
  /**
   * The material as a write-only value, which is in no state and no plan. A reference to an ephemeral variable or resource; a
   * literal is refused. Needs Terraform 1.11 or OpenTofu 1.11.
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
   */
  readonly materialFile?: string;
  /** Name of the environment variable that holds the material. */
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
  /** Pre-wrapped material: the import token that it was wrapped for. A reference to an ephemeral value; a literal is refused. */
  readonly importTokenWo?: string;
  /** Pre-wrapped material, Base64: the symmetric key, or the intermediate key of an asymmetric one. */
  readonly encryptedKeyMaterialWo?: string;
  /** Pre-wrapped material, Base64: the private key of an asymmetric key, wrapped with the intermediate key. */
  readonly encryptedPrivatekeyWo?: string;
  /**
   * How the source spells the material: "base64", "hex" or "raw"; for a private key also "pem", "der" or "pkcs12".
   * @default "base64"
   */
  readonly materialEncoding?: string;
  /** Password of an encrypted private key. A reference to an ephemeral value; a literal is refused. */
  readonly materialPasswordWo?: string;
  /** Name of the environment variable that holds the password of an encrypted private key. */
  readonly materialPasswordEnv?: string;
}

export interface KeyMaterialConfig extends KeyMaterialSourceConfig, TerraformMetaArguments {
  /** The key to import into; it must be of origin "external". Another key means another import. */
  readonly keyId: string;
  /**
   * How the material is wrapped on its way to the KMS: "RSAES_OAEP_SHA_256", or of the legacy "RSAES_OAEP_SHA_1" and
   * "RSAES_PKCS1_V1_5". Acts at the next import.
   * @default "RSAES_OAEP_SHA_256"
   */
  readonly wrappingAlgorithm?: string;
  /**
   * When the KMS deletes the material: RFC 3339 in whole seconds, epoch seconds, or "never". This KMS cannot change it in place: a
   * change deletes the material and imports it again.
   * @default - never; on an adopted key, what is there
   */
  readonly expirationTime?: string;
  /**
   * Rolling expiry, instead of `expirationTime`: how long the material is valid after each import, for example "90d". Goes with
   * `renewBefore`.
   * @default - no rolling expiry
   */
  readonly validFor?: string;
  /**
   * Rolling expiry: from how long before the expiry on an apply renews the material, for example "14d".
   * @default - no rolling expiry
   */
  readonly renewBefore?: string;
  /**
   * From how long before the expiry on plans warn of it.
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
  readonly onDestroy?: string;
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
   * True lets plainly weak material (one repeated byte, printable text, a counter) be imported for the first time.
   * @default false
   */
  readonly allowWeakMaterial?: boolean | IResolvable;
  /** @default - 5 minutes each */
  readonly timeouts?: ResourceTimeouts;
}

/** Material in a key. When it was deleted or expired, the next apply imports the same material again, in place. */
export class KeyMaterial extends ByokResource {
  static readonly tfResourceType = 'byok_key_material';

  /**
   * Import block for the material of an existing key, of which Terraform then generates the configuration.
   * @param importToId id of the resource that the configuration will be generated for
   * @param importFromId key id
   */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return new ByokImport(scope, importToId, { terraformResourceType: KeyMaterial.tfResourceType, importId: importFromId, provider });
  }

  /** @throws ByokError ERR_ARGUMENT when a write-only value (`…Wo`) is a literal */
  constructor(scope: Construct, id: string, config: KeyMaterialConfig) {
    refuseLiteralSecrets(
      keyMaterialSchema,
      config,
      () => 'pass an ephemeral variable (KeyMaterialSource.fromVariable), or use KeyMaterialSource.fromFile or fromEnvironment',
    );
    super(scope, id, { type: KeyMaterial.tfResourceType, schema: keyMaterialSchema }, config);
    this.node.addValidation({ validate: () => faultsOf(config) });
  }

  /** Same as `keyId`. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** The key that holds the material; whoever refers to it waits for the import. */
  get keyId(): string {
    return this.getStringAttribute('key_id');
  }

  /** Spec of the key, for example "AES_256". */
  get keySpec(): string {
    return this.getStringAttribute('key_spec');
  }

  /** State of the key as the KMS reports it: "2" enabled, "3" disabled, "4" scheduled for deletion, "5" pending import. */
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

  /** Whether an import that was seen to succeed proves that the key holds the material of this `fingerprint`. */
  get fingerprintVerified(): IResolvable {
    return this.getBooleanAttribute('fingerprint_verified');
  }

  /** "present", or what is wrong: see the documentation of the resource. */
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

function faultsOf(config: KeyMaterialConfig): string[] {
  const { keyId, expirationTime, fingerprint, materialEnv } = config;
  const faults: string[] = [];
  const sources = materialSourceAttributes.map(propertyName).filter((name) => config[name as keyof KeyMaterialConfig] !== undefined);
  if (sources.length > 1) {
    faults.push(`${sources.join(' and ')} are given together; allowed is one source of the material`);
  }
  if (isLiteral(keyId) && !new RegExp(formats.keyId).test(keyId)) {
    faults.push(
      `keyId is "${keyId}"; allowed are 36 characters such as "0d0466b0-e727-4d9c-b35d-f84bb474a37f", or the keyId of an ExternalKey`,
    );
  }
  // The value is not shown: who passes process.env.NAME instead of "NAME" passes the secret.
  if (isLiteral(materialEnv) && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(materialEnv ?? '')) {
    faults.push('materialEnv is not the name of an environment variable; give the name, for example "PAYMENTS_KEY", not the value');
  }
  if (isLiteral(fingerprint) && !fingerprintFormat.test(fingerprint ?? '')) {
    faults.push(`fingerprint is "${fingerprint}"; allowed is "sha256:" and 64 hex digits, as "byok fingerprint" prints it`);
  }
  if (expirationTime !== undefined && isLiteral(expirationTime)) {
    faults.push(...faultsOfExpiration(expirationTime));
  }
  return faults;
}

function faultsOfExpiration(text: string): string[] {
  try {
    parseExpirationTime(text);
    return [];
  } catch (error) {
    if (isByokError(error)) {
      return [error.message];
    }
    throw error;
  }
}
