/**
 * What `configure` makes of the provider block: a connection that opens at the first call, and the
 * outside world.
 */
import { ByokError } from '../errors';
import type { KeyReads } from '../kms/describe-batcher';
import type { Kms } from '../kms/model';
import type { LifecycleContext } from '../lifecycle/context';
import type { TimeoutName } from '../schema/timeouts';
import { TimeLimit, withTimeLimit } from '../stopped';
import { defaultTimeout, parseDuration } from '../terms/duration';
import type { Context } from '../tfplugin/provider';
import type { Values } from '../tfplugin/values/value';
import { block, text } from './attributes';
import type { Run } from './run';
import type { SharedMarks } from './shared-marks';
import { wording } from './wording';

/** Everything that the provider reads from outside, passed in by its main. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Whether this plan runs before a destroy, and is then discarded. */
  readonly destroying: () => boolean;
  /**
   * Whether the same command applies the plan.
   * @default no
   */
  readonly appliesAtOnce?: () => boolean;
  /** Marks that the processes of other provider blocks of the same run see, too. */
  readonly joinRun: () => SharedMarks;
  /**
   * Whether this is `terraform test`, where any plan of an existing object may precede the destroy
   * at its end.
   * @default no
   */
  readonly testing?: () => boolean;
}

export interface Connection {
  readonly kms: Kms;
  /**
   * For Read, which looks at many keys and changes none. Code that decides about a change asks
   * `kms` itself.
   */
  readonly reads: KeyReads;
}

/** What the calls of one run know of each other. */
interface Running {
  readonly run: Run;
}

/** Not connected while the provider block depends on values that are known only after apply. */
export type Client = Surroundings & Running & (Connection | { readonly kms: undefined });

export type ConnectedClient = Surroundings & Running & Connection;

/**
 * @param values state, plan or configuration of the resource: its `timeouts` block counts
 * @throws ByokError ERR_ARGUMENT if a timeout is not a duration
 */
export function lifecycleContext(
  client: ConnectedClient,
  context: Context,
  operation: TimeoutName,
  values: Values,
): LifecycleContext {
  const { ms } = timeoutOf(operation, values);
  return {
    kms: client.kms,
    now: client.now,
    sleep: client.sleep,
    signal: inTime(context, operation, values).signal,
    words: wording,
    deadline: new Date(client.now().getTime() + ms),
    log: (level, message, fields) => context.log.log(level, message, fields),
  };
}

/**
 * The same call, whose waits end at the time limit that the resource declares.
 *
 * @throws ByokError ERR_ARGUMENT if the timeout is not a duration
 */
export function inTime(context: Context, operation: TimeoutName, values: Values): Context {
  const { name, ms, given } = timeoutOf(operation, values);
  const limit = new TimeLimit(given, name, wording.retryInTime);
  return { ...context, signal: withTimeLimit(context.signal, ms, limit) };
}

function timeoutOf(
  operation: TimeoutName,
  values: Values,
): { readonly name: string; readonly given: string; readonly ms: number } {
  const name = `timeouts.${operation}`;
  const given = text(block(values, 'timeouts') ?? {}, operation) ?? defaultTimeout;
  return { name, given, ms: parseDuration(given, name) };
}

export function isConnected(client: Client): client is ConnectedClient {
  return client.kms !== undefined;
}

/** Read cannot ask a KMS that is not known yet, so it keeps the last known state. */
export function warnNotConnected(context: Context): void {
  context.diagnostics.warning(
    'Not refreshed: the provider configuration is not known yet',
    'The provider block depends on values that are known only after apply, so we did not ask the KMS and kept the last known state.',
  );
}

/**
 * In apply the configuration is always known; if it is not, this throws a clear error.
 * @throws ByokError ERR_CONFIGURATION
 */
export function requireConnection(client: Client): ConnectedClient {
  if (!isConnected(client)) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      'the provider block depends on values that are known only after apply; give it values that are known at plan',
    );
  }
  return client;
}
