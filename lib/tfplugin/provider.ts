/**
 * What a provider author implements. Nothing here knows the wire: `serve` translates between these calls and plugin
 * protocol 6. Handlers return values or throw; a thrown error becomes a diagnostic, never a broken connection.
 */
import type { BlockSchema, FunctionSchema, ResourceSchema } from '../schema/model';
import type { Diagnostics } from './calls/diagnostics';
import type { Logger } from './process/log';
import type { Value, Values } from './values/value';

/** What every handler is given besides its request. */
export interface Context {
  readonly diagnostics: Diagnostics;
  /** Aborted by StopProvider, that is by Ctrl-C in Terraform. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Opaque bytes that Terraform keeps beside the state for this resource; empty when there are none. */
export type PrivateState = Uint8Array;

export interface ResourceValidateRequest {
  readonly config: Values;
  /** False on Terraform before 1.11: a write-only value would then be stored. */
  readonly writeOnlyAttributesAllowed: boolean;
}

export interface ReadRequest {
  readonly state: Values;
  readonly private: PrivateState;
}

/** State null: the object is gone. */
export interface StateResult {
  readonly state: Values | null;
  readonly private: PrivateState;
}

export interface PlanRequest {
  /** Null: to be created. */
  readonly prior: Values | null;
  /** Configuration, completed with prior values of computed attributes; null: to be destroyed. */
  readonly proposed: Values | null;
  /** The only place where write-only values stand; null on destroy. */
  readonly config: Values | null;
  readonly priorPrivate: PrivateState;
}

export interface PlanResult {
  /** Must equal the configuration wherever that is set; null exactly when `proposed` is null. */
  readonly planned: Values | null;
  /** Names of the top-level attributes whose change means another object. */
  readonly requiresReplace: readonly string[];
  readonly private: PrivateState;
}

export interface ApplyRequest {
  /** Null: create. */
  readonly prior: Values | null;
  /** Null: destroy. */
  readonly planned: Values | null;
  readonly config: Values | null;
  readonly plannedPrivate: PrivateState;
}

export interface ImportRequest {
  readonly id: string;
}

/**
 * One resource type. `Client` is what `configure` made.
 *
 * When `apply` throws, Terraform is answered with the prior state and the planned private state, so that nothing that
 * was known is forgotten; a resource that got further returns what it has and reports through `context.diagnostics`.
 */
export interface ResourceDefinition<Client> {
  readonly schema: ResourceSchema;
  /** Syntax and combinations only: runs without a configured client, also before every destroy. */
  validate?(request: ResourceValidateRequest, context: Context): void | Promise<void>;
  read(request: ReadRequest, client: Client, context: Context): Promise<StateResult>;
  plan(request: PlanRequest, client: Client, context: Context): Promise<PlanResult>;
  apply(request: ApplyRequest, client: Client, context: Context): Promise<StateResult>;
  importState?(request: ImportRequest, client: Client, context: Context): Promise<StateResult>;
  /** Brings the state of an older schema version up to date; without it, state of another version is refused. */
  upgrade?(request: { version: number; state: Record<string, unknown> }, context: Context): Values | Promise<Values>;
}

/** One kind of data source: looked up anew in every plan, never changed. */
export interface DataSourceDefinition<Client> {
  readonly schema: BlockSchema;
  /** As that of a resource. */
  validate?(config: Values, context: Context): void | Promise<void>;
  /** The configuration is wholly known, and so must be the answer; it repeats what is configured. */
  read(config: Values, client: Client, context: Context): Promise<Values>;
}

/** What an ephemeral resource keeps between its calls, and when Terraform shall renew it. */
export interface Lease {
  readonly private?: PrivateState;
  /** @default never */
  readonly renewAt?: Date;
}

export interface OpenedResource extends Lease {
  /** Stands in no state and no plan. */
  readonly result: Values;
}

/** One kind of ephemeral resource: opened when a value of it is needed, closed when the last user of it is done. */
export interface EphemeralResourceDefinition<Client> {
  readonly schema: BlockSchema;
  /** As that of a resource. */
  validate?(config: Values, context: Context): void | Promise<void>;
  open(config: Values, client: Client, context: Context): Promise<OpenedResource>;
  /** Keeps alive what `result` refers to; the result itself cannot change. */
  renew?(kept: PrivateState, client: Client, context: Context): Promise<Lease>;
  /** @param kept by `open`: Terraform 1.11 does not hand over what a renewal kept */
  close?(kept: PrivateState, client: Client, context: Context): Promise<void>;
}

/** A provider function: pure, and called in validation already, without a configured client. */
export interface FunctionDefinition {
  readonly schema: FunctionSchema;
  /**
   * @param args one value per parameter, then the variadic ones
   * @throws ByokError whose `attribute` names the parameter that is wrong, the second variadic one of `rest` as `rest[1]`
   */
  call(args: readonly Value[]): Value | Promise<Value>;
}

export interface ProviderDefinition<Client> {
  readonly schema: BlockSchema;
  readonly resources: Readonly<Record<string, ResourceDefinition<Client>>>;
  readonly dataSources?: Readonly<Record<string, DataSourceDefinition<Client>>>;
  readonly ephemeralResources?: Readonly<Record<string, EphemeralResourceDefinition<Client>>>;
  readonly functions?: Readonly<Record<string, FunctionDefinition>>;
  validate?(config: Values, context: Context): void | Promise<void>;
  /** The configuration may hold unknowns while planning. */
  configure(request: { config: Values; terraformVersion: string }, context: Context): Promise<Client>;
}
