/**
 * What the resources of the provider share. Each of them adds its configuration,
 * its outputs and its checks.
 */
import {
  ImportableResource,
  type TerraformCount,
  type TerraformProvider,
  TerraformResource,
} from 'cdktf';
import type { Construct } from 'constructs';
import { packageVersion } from '../mirror/provider-bundle';
import type { ResourceSchema } from '../schema/model';
import { providerName } from '../schema/provider';
import { refuseUnknownNames } from '../terms/known-names';
import { hclAttributes, jsonAttributes } from './config-attributes';
import { onlyGiven } from './only-given';
import { propertyNames } from './property-names';
import type { IResourceProvider, ResourceMetaArguments } from './resource-arguments';

/**
 * Time limits of the operations, including waits: a whole number and a unit (s, m, h or d),
 * such as "90s" or "10m".
 */
export interface ResourceTimeouts {
  /**
   * For creating the object.
   * @default "5m"
   */
  readonly create?: string;
  /**
   * For reading it, when Terraform plans.
   * @default "5m"
   */
  readonly read?: string;
  /**
   * For changing it, and for importing material again.
   * @default "5m"
   */
  readonly update?: string;
  /**
   * For destroying it.
   * @default "5m"
   */
  readonly delete?: string;
}

/**
 * Terraform's name of a resource, its schema, and the construct and property names that apps use.
 */
interface ResourceKind {
  readonly construct: string;
  readonly names: readonly string[];
  readonly type: string;
  readonly schema: ResourceSchema;
}

interface ResourceConfig extends ResourceMetaArguments {
  readonly timeouts?: ResourceTimeouts;
}

export abstract class ByokResource extends TerraformResource {
  readonly #schema: ResourceSchema;
  #config: ResourceConfig;

  protected constructor(
    scope: Construct,
    id: string,
    { construct, names, type, schema }: ResourceKind,
    config: ResourceConfig,
  ) {
    refuseUnknownNames(config, names, construct);
    refuseUnknownNames(
      config.timeouts ?? {},
      propertyNames.ResourceTimeouts,
      `timeouts of ${construct}`,
    );
    super(scope, id, {
      terraformResourceType: type,
      terraformGeneratorMetadata: { providerName, providerVersion: packageVersion() },
      ...onlyGiven({
        provider: ofCdktf(config.provider),
        dependsOn: config.dependsOn,
        count: config.count as number | TerraformCount | undefined,
        lifecycle: config.lifecycle,
        provisioners: config.provisioners,
        connection: config.connection,
        forEach: config.forEach,
      }),
    });
    this.#schema = schema;
    this.#config = config;
  }

  /** Changes a property after construction, for example from an aspect. */
  protected declareLater(changes: object): void {
    this.#config = { ...this.#config, ...changes };
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return jsonAttributes(this.#schema, this.#config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclAttributes(this.#schema, this.#config);
  }

  /**
   * The stacks of cdktn (CDK Terrain) call it on each of their elements; cdktf has no such method.
   * @internal
   */
  _resetResolveDiscoveredProviderFeatureUsage(): void {}
}

/**
 * The block of the stack without an alias. We name it,
 * because otherwise Terraform 1.16 finds no schema for the configuration that it generates.
 */
const defaultProvider: IResourceProvider = {
  terraformResourceType: providerName,
  fqn: providerName,
};

/**
 * An import block without a resource:
 * Terraform generates the configuration of the object that it finds.
 */
export class ByokImport extends ImportableResource {
  constructor(
    scope: Construct,
    importToId: string,
    terraformResourceType: string,
    importId: string,
    provider?: IResourceProvider,
  ) {
    super(scope, importToId, {
      terraformResourceType,
      importId,
      ...onlyGiven({ provider: ofCdktf(provider ?? defaultProvider) }),
    });
  }

  /** @internal */
  _resetResolveDiscoveredProviderFeatureUsage(): void {}
}

/** cdktf only asks for the name of the provider, and a provider of cdktn has one, too. */
function ofCdktf(provider: IResourceProvider | undefined): TerraformProvider | undefined {
  return provider as TerraformProvider | undefined;
}
