/**
 * The interface that a provider author implements. It does not know the wire format:
 * `serve` translates between these calls and plugin protocol 6.
 * Handlers return values or throw; a thrown error becomes a diagnostic, never a broken connection.
 */
import type { BlockSchema, FunctionSchema, ResourceSchema } from '../schema/model';
import type { Diagnostics } from './calls/diagnostics';
import type { Logger } from './process/log';
import type { Value, Values } from './values/value';

/** What every handler receives with its request. */
export interface Context {
  readonly diagnostics: Diagnostics;
  /** StopProvider aborts it, that is Ctrl-C in Terraform. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Opaque bytes that Terraform stores beside the state of this resource; empty if there are none.
 */
export type PrivateState = Uint8Array;

export interface ResourceValidateRequest {
  readonly config: Values;
  /** False for Terraform before 1.11, which would store a write-only value. */
  readonly writeOnlyAttributesAllowed: boolean;
}

export interface ReadRequest {
  readonly state: Values;
  readonly private: PrivateState;
}

/** State null means that the object is gone. */
export interface StateResult {
  readonly state: Values | null;
  readonly private: PrivateState;
}

export interface PlanRequest {
  /** Null means create. */
  readonly prior: Values | null;
  /** The configuration, completed with prior values of computed attributes. Null means destroy. */
  readonly proposed: Values | null;
  /** The only place of write-only values; null on destroy. */
  readonly config: Values | null;
  readonly priorPrivate: PrivateState;
}

export interface PlanResult {
  /** Must equal the configuration wherever that is set. Null exactly if `proposed` is null. */
  readonly planned: Values | null;
  /** Top-level attributes whose change replaces the object. */
  readonly requiresReplace: readonly string[];
  readonly private: PrivateState;
}

export interface ApplyRequest {
  /** Null means create. */
  readonly prior: Values | null;
  /** Null means destroy. */
  readonly planned: Values | null;
  readonly config: Values | null;
  readonly plannedPrivate: PrivateState;
}

/** A resource of another type, whose object ours takes over. */
export interface MoveRequest {
  /** Of the source; with or without a host and a namespace. */
  readonly providerAddress: string;
  readonly typeName: string;
  /** Of the source's schema. */
  readonly version: number;
  /** The attributes as the state file has them. They may hold secrets. */
  readonly state: Record<string, unknown>;
}

export interface MovedResult extends StateResult {
  /** Known as a whole. */
  readonly state: Values;
}

export interface ImportRequest {
  readonly id: string;
}

/**
 * One resource type. `configure` makes the `Client`.
 *
 * If `apply` throws, Terraform receives the prior state and the planned private state,
 * so it forgets nothing that it knew.
 * A resource that got further returns what it has and reports through `context.diagnostics`.
 */
export interface ResourceDefinition<Client> {
  readonly schema: ResourceSchema;
  /**
   * Checks only syntax and combinations. It runs without a configured client,
   * and before every destroy, too.
   */
  validate?(request: ResourceValidateRequest, context: Context): void | Promise<void>;
  read(request: ReadRequest, client: Client, context: Context): Promise<StateResult>;
  plan(request: PlanRequest, client: Client, context: Context): Promise<PlanResult>;
  apply(request: ApplyRequest, client: Client, context: Context): Promise<StateResult>;
  /**
   * Runs without a configured client, in each plan until one is applied. Without it, no resource of
   * another type can be moved here.
   */
  move?(request: MoveRequest): MovedResult;
  importState?(request: ImportRequest, client: Client, context: Context): Promise<StateResult>;
  /**
   * Upgrades the state of an older schema version. Without it, state of another version is refused.
   */
  upgrade?(
    request: { version: number; state: Record<string, unknown> },
    context: Context,
  ): Values | Promise<Values>;
}

/** One kind of data source. Every plan reads it again, and nothing changes it. */
export interface DataSourceDefinition<Client> {
  readonly schema: BlockSchema;
  /** Same as for a resource. */
  validate?(config: Values, context: Context): void | Promise<void>;
  /**
   * The configuration is completely known, and so must be the answer.
   * The answer repeats the configuration.
   */
  read(config: Values, client: Client, context: Context): Promise<Values>;
}

/** What an ephemeral resource keeps between its calls, and when Terraform should renew it. */
export interface Lease {
  readonly private?: PrivateState;
  /** @default never */
  readonly renewAt?: Date;
}

export interface OpenedResource extends Lease {
  /** Never in a state or a plan. */
  readonly result: Values;
}

/**
 * One kind of ephemeral resource. Terraform opens it when it needs a value of it,
 * and closes it after the last use.
 */
export interface EphemeralResourceDefinition<Client> {
  readonly schema: BlockSchema;
  /** Same as for a resource. */
  validate?(config: Values, context: Context): void | Promise<void>;
  open(config: Values, client: Client, context: Context): Promise<OpenedResource>;
  /** Keeps alive what `result` refers to. The result itself cannot change. */
  renew?(kept: PrivateState, client: Client, context: Context): Promise<Lease>;
  /** @param kept the bytes that `open` kept: Terraform 1.11 does not pass on what a renewal kept */
  close?(kept: PrivateState, client: Client, context: Context): Promise<void>;
}

/**
 * A provider function. It is pure, and Terraform calls it during validation already,
 * without a configured client.
 */
export interface FunctionDefinition {
  readonly schema: FunctionSchema;
  /**
   * @param args one value per parameter, then the variadic values
   * @throws ByokError whose `attribute` names the wrong parameter;
   * the second variadic value of `rest` is `rest[1]`
   */
  call(args: readonly Value[]): Value | Promise<Value>;
}

/**
 * A definition whose schema is there from the beginning, and the rest from its first use on. Every
 * command of Terraform starts processes that tell the schema and end.
 */
export interface LateDefinition<Definition extends { readonly schema: unknown }> {
  readonly schema: Definition['schema'];
  /** Called once at most. */
  readonly load: () => Definition;
}

export type Definitions<Definition extends { readonly schema: unknown }> = Readonly<
  Record<string, Definition | LateDefinition<Definition>>
>;

export interface ProviderDefinition<Client> {
  readonly schema: BlockSchema;
  readonly resources: Definitions<ResourceDefinition<Client>>;
  readonly dataSources?: Definitions<DataSourceDefinition<Client>>;
  readonly ephemeralResources?: Definitions<EphemeralResourceDefinition<Client>>;
  readonly functions?: Definitions<FunctionDefinition>;
  validate?(config: Values, context: Context): void | Promise<void>;
  /** During planning, the configuration may hold unknown values. */
  configure(
    request: { config: Values; terraformVersion: string },
    context: Context,
  ): Promise<Client>;
}
