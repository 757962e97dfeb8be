/**
 * Terraform's own arguments of every resource. As `TerraformMetaArguments` of cdktf, but told by what is needed instead of by class: the
 * classes of cdktf and of cdktn (CDK Terrain) have private members, so that the compiler takes neither for the other.
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

/** What a resource needs of its provider: a `ByokProvider` is one, and so are the provider classes of cdktf and of cdktn. */
export interface IResourceProvider {
  /** Terraform's name of the provider: "byok". */
  readonly terraformResourceType: string;
  /** How resources refer to it, for example "byok.nl". */
  readonly fqn: string;
}

/** What a resource needs of a count: the `TerraformCount` of cdktf and that of cdktn both are one. */
export interface IResourceCount {
  /** Number of the instance, counted from 0, as a reference. */
  readonly index: number;
  /** How many instances there are. */
  toTerraform(): number;
}

/** Terraform's own arguments, which every resource has. */
export interface ResourceMetaArguments {
  /**
   * What must be there before.
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
   * @default - the one of the stack that has no alias
   */
  readonly provider?: IResourceProvider;
  /**
   * How Terraform treats changes, such as `preventDestroy`.
   * @default - as Terraform does
   */
  readonly lifecycle?: TerraformResourceLifecycle;
  /**
   * An instance for each element; not together with `count`.
   * @default - one, without a name
   */
  readonly forEach?: ITerraformIterator;
  /**
   * Commands that Terraform runs after the resource was made, or before it is destroyed.
   * @default - none
   */
  readonly provisioners?: (FileProvisioner | LocalExecProvisioner | RemoteExecProvisioner)[];
  /**
   * How `provisioners` reach a machine.
   * @default - none
   */
  readonly connection?: SSHProvisionerConnection | WinrmProvisionerConnection;
}
