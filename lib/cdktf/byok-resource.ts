/** What the resources of the provider have in common; each of them adds its configuration, its outputs and its checks. */
import { ImportableResource, type TerraformMetaArguments, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { packageVersion } from '../mirror/provider-bundle';
import type { ResourceSchema } from '../schema/model';
import { providerName } from '../schema/provider';
import { hclAttributes, jsonAttributes, valuesNotAllowed } from './config-attributes';

/** Time limits of the operations, waiting included: a whole number and a unit (s, m, h or d), such as "90s" or "10m". */
export interface ResourceTimeouts {
  /** @default "5m" */
  readonly create?: string;
  /** @default "5m" */
  readonly read?: string;
  /** @default "5m" */
  readonly update?: string;
  /** @default "5m" */
  readonly delete?: string;
}

/** Terraform's name of a resource, and its schema. */
interface ResourceKind {
  readonly type: string;
  readonly schema: ResourceSchema;
}

export abstract class ByokResource extends TerraformResource {
  readonly #schema: ResourceSchema;
  readonly #config: object;

  protected constructor(scope: Construct, id: string, { type, schema }: ResourceKind, config: TerraformMetaArguments) {
    super(scope, id, {
      terraformResourceType: type,
      terraformGeneratorMetadata: { providerName, providerVersion: packageVersion() },
      provider: config.provider,
      dependsOn: config.dependsOn,
      count: config.count,
      lifecycle: config.lifecycle,
      provisioners: config.provisioners,
      connection: config.connection,
      forEach: config.forEach,
    });
    this.#schema = schema;
    this.#config = config;
    this.node.addValidation({ validate: () => valuesNotAllowed(schema, config) });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return jsonAttributes(this.#schema, this.#config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclAttributes(this.#schema, this.#config);
  }

  /**
   * Called by the stacks of cdktn (CDK Terrain) on each of their elements; cdktf's have no such method.
   * @internal
   */
  _resetResolveDiscoveredProviderFeatureUsage(): void {}
}

/** An import block without a resource: Terraform then generates the configuration of what it finds. */
export class ByokImport extends ImportableResource {
  /** @internal */
  _resetResolveDiscoveredProviderFeatureUsage(): void {}
}
