/**
 * Arguments that Terraform gives every resource. They equal `TerraformMetaArguments` of cdktf,
 * but name the needed members instead of classes.
 * The classes of cdktf and of cdktn (CDK Terrain) have private members,
 * so the compiler does not accept one for the other.
 */
import type {
  FileProvisioner,
  ITerraformDependable,
  ITerraformIterator,
  LocalExecProvisioner,
  RemoteExecProvisioner,
  SSHProvisionerConnection,
  TerraformResourceLifecycle,
  WinrmProvisionerConnection,
} from 'cdktf';

/**
 * What a resource needs of its provider.
 * A `ByokProvider` has it, and so do the provider classes of cdktf and of cdktn.
 */
export interface IResourceProvider {
  /** Terraform's name of the provider: "byok". */
  readonly terraformResourceType: string;
  /** How resources refer to it, for example "byok.nl". */
  readonly fqn: string;
}

/**
 * What a resource needs of a count. The `TerraformCount` of cdktf and that of cdktn both have it.
 */
export interface IResourceCount {
  /** Number of the instance as a reference, counted from 0. */
  readonly index: number;
  /** How many instances there are. */
  toTerraform(): number;
}

/** Arguments that Terraform gives every resource. */
export interface ResourceMetaArguments {
  /**
   * What must exist first.
   * @default - what the attributes refer to
   */
  readonly dependsOn?: ITerraformDependable[];
  /**
   * How many instances of the resource there are; not together with `forEach`.
   * @default - one, without a number
   */
  readonly count?: number | IResourceCount;
  /**
   * The provider block.
   * @default - the one of the stack without an alias
   */
  readonly provider?: IResourceProvider;
  /**
   * How Terraform treats changes, such as `preventDestroy`.
   * @default - as Terraform does
   */
  readonly lifecycle?: TerraformResourceLifecycle;
  /**
   * Creates an instance for each element; not together with `count`.
   * @default - one, without a name
   */
  readonly forEach?: ITerraformIterator;
  /**
   * Commands that Terraform runs after it creates the resource, or before it destroys it.
   * @default - none
   */
  readonly provisioners?: (FileProvisioner | LocalExecProvisioner | RemoteExecProvisioner)[];
  /**
   * How `provisioners` reach a machine.
   * @default - none
   */
  readonly connection?: SSHProvisionerConnection | WinrmProvisionerConnection;
}
