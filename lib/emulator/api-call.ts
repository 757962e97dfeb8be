/**
 * The definition of one API call: a name, a path, the JSON schema of its body, and a function.
 * calls/table.ts lists all calls.
 */
import type { ImportTokens } from './import-token';
import type { KeyPlace } from './key';
import type { KeyStore } from './key-store';
import { type BodySchema, bodySchema, type FieldName } from './request-fields';
import type { StaleReads } from './stale-reads';
import type { WrappingKeyPool } from './wrapping-key-pool';

/**
 * Points on which the real services differ or are not documented,
 * and limits that a test wants to reach.
 */
export interface WorldOptions {
  readonly pkcs1PublicKeys: boolean;
  readonly keyQuota: number;
  readonly activationDelay: number;
}

/** Everything that a call may read or change. */
export interface World {
  /** Milliseconds since 1970 on the emulator's clock. */
  now(): number;
  readonly keys: KeyStore;
  readonly wrappingKeys: WrappingKeyPool;
  readonly importTokens: ImportTokens;
  readonly place: KeyPlace;
  readonly staleReads: StaleReads;
  readonly options: WorldOptions;
}

/** The variable parts of the path, as they came. */
export interface PathParams {
  readonly keyId?: string;
  readonly tagKey?: string;
}

type Method = 'POST' | 'GET' | 'DELETE';

export interface ApiCall {
  /**
   * Name in faults and in the journal: for most calls the verb at the end of the path,
   * for example "create-key".
   */
  readonly operation: string;
  readonly method: Method;
  /** Path below /v1.0/{project_id}/kms/. `:keyId` and `:tagKey` stand for values. */
  readonly path: string;
  /** Undefined if the call takes no body. */
  readonly body: BodySchema | undefined;
  /** Returns undefined for the answer 204. */
  readonly handle: (
    body: unknown,
    world: World,
    params: PathParams,
  ) => object | undefined | Promise<object>;
}

/** The body of most calls. */
export interface KeyBody {
  readonly key_id: string;
}

export interface ApiCallDefinition<Body> {
  readonly operation: string;
  readonly required: readonly FieldName[];
  /** Every call accepts `sequence`, so it need not be listed. */
  readonly optional?: readonly FieldName[];
  /** Fields with another meaning in this call than in the others. */
  readonly special?: Readonly<Record<string, object>>;
  /** @default POST */
  readonly method?: Method;
  /** @default the operation */
  readonly path?: string;
  handle(body: Body, world: World, params: PathParams): object | undefined | Promise<object>;
}

/** @typeParam Body the named fields, after fastify checked them against their schemas */
export function defineCall<Body>(definition: ApiCallDefinition<Body>): ApiCall {
  const {
    operation,
    required,
    optional = [],
    special = {},
    method = 'POST',
    path = operation,
    handle,
  } = definition;
  return {
    operation,
    method,
    path,
    body: method === 'POST' ? bodySchema(required, ['sequence', ...optional], special) : undefined,
    handle: (body, world, params) => handle(body as Body, world, params),
  };
}
