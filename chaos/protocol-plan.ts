/**
 * Terraform's plan without Terraform: what is there is read, then planned against what is declared.
 * It changes nothing.
 */
import type { Configuration, DeclaredObject, ProviderName, ResourceType } from './configuration';
import { type Instance, type State, withInstance } from './protocol-state';
import { Failed, noPrivate, type ProviderCalls, type Stored, schemas } from './provider-calls';
import type { ApplyOptions } from './terraform';
import { type Attributes, configOf, isWhollyKnown, same, unknown } from './terraform-values';
import { type Manner, walk } from './walk';

export interface Change {
  readonly name: string;
  readonly type: ResourceType;
  readonly provider: ProviderName;
  /** Undefined: it is only to be destroyed. */
  readonly object: DeclaredObject | undefined;
  readonly action: 'create' | 'update' | 'replace' | 'delete' | 'none';
  /** A replacement that creates first. */
  readonly createFirst: boolean;
  readonly deposed: boolean;
  readonly prior: Stored | undefined;
  readonly planned: Attributes | null;
  readonly private: Uint8Array;
}

export interface Plan {
  readonly refreshed: State;
  readonly changes: readonly Change[];
  readonly complete: boolean;
}

export type CallsOf = (provider: ProviderName) => ProviderCalls;

export async function planAll(
  callsOf: CallsOf,
  state: State,
  configuration: Configuration,
  { replace = [] }: ApplyOptions,
  manner: Manner,
): Promise<Plan> {
  const { objects } = configuration;
  let refreshed = state;
  const changes = new Map<string, Change>();
  const forgotten = [...state].filter(([name]) => !objects.some((object) => object.name === name));

  /** What it depends on by its configuration is noted, too. */
  async function refresh(
    calls: ProviderCalls,
    name: string,
    object?: DeclaredObject,
  ): Promise<Stored | undefined> {
    const { type, current, keyName } = state.get(name) ?? {};
    if (type === undefined || current === undefined) {
      return undefined;
    }
    const read = await calls.read(type, await calls.upgrade(type, current));
    const instance = refreshed.get(name) as Instance;
    refreshed = withInstance(refreshed, name, {
      ...instance,
      keyName: object?.keyName ?? keyName,
      current: read,
    });
    return read;
  }
  const complete = await walk(
    [
      ...objects.map((object) => ({
        name: object.name,
        after: object.keyName === undefined ? [] : [object.keyName],
        run: async () => {
          const calls = callsOf(object.provider);
          const prior = await refresh(calls, object.name, object);
          const tainted = state.get(object.name)?.tainted === true;
          const keyId =
            object.keyName === undefined ? undefined : changes.get(object.keyName)?.planned?.key_id;
          await calls.validate(object.type, configFor(object, keyId ?? unknown));
          const change = await planChange(calls, object, prior, keyId ?? unknown, {
            tainted,
            forced: replace.includes(object.name),
          });
          changes.set(object.name, {
            ...change,
            createFirst: change.action === 'replace' && createsFirst(object, configuration),
          });
        },
      })),
      ...forgotten.map(([name, { type, provider }]) => ({
        name,
        after: [],
        run: async () => {
          const prior = await refresh(callsOf(provider), name);
          if (prior !== undefined) {
            changes.set(
              name,
              await planDelete(callsOf(provider), { name, type, provider }, prior, false),
            );
          }
        },
      })),
      ...deposedSteps(callsOf, state, changes),
    ],
    manner,
  );
  return { refreshed, changes: [...changes.values()], complete };
}

/** Of everything there is. */
export async function planDestroy(callsOf: CallsOf, state: State, manner: Manner): Promise<Plan> {
  const changes = new Map<string, Change>();
  const steps = [...state].flatMap(([name, { type, provider, current }]) =>
    current === undefined
      ? []
      : {
          name,
          after: dependants(state, name),
          run: async () => {
            changes.set(
              name,
              await planDelete(callsOf(provider), { name, type, provider }, current, false),
            );
          },
        },
  );
  const complete = await walk([...steps, ...deposedSteps(callsOf, state, changes)], manner);
  return { refreshed: state, changes: [...changes.values()], complete };
}

function deposedSteps(callsOf: CallsOf, state: State, changes: Map<string, Change>) {
  return [...state].flatMap(([name, { type, provider, deposed }]) =>
    deposed.map((stored, index) => ({
      name: `${name} deposed ${index}`,
      after: [],
      run: async () => {
        const calls = callsOf(provider);
        const read = await calls.read(type, await calls.upgrade(type, stored));
        if (read !== undefined) {
          changes.set(
            `${name} deposed ${index}`,
            await planDelete(calls, { name, type, provider }, stored, true),
          );
        }
      },
    })),
  );
}

/** Names of what refers to a key in state, and goes before it. */
export function dependants(state: State, keyName: string): string[] {
  return [...state].filter(([, instance]) => instance.keyName === keyName).map(([name]) => name);
}

/** What is created first makes what it refers to be created first, too. */
function createsFirst(
  { name, createBeforeDestroy }: DeclaredObject,
  { objects }: Configuration,
): boolean {
  return (
    createBeforeDestroy ||
    objects.some((object) => object.keyName === name && object.createBeforeDestroy)
  );
}

/**
 * @param tainted planned as a creation, since what is there counts for nothing; `forced`: by
 *   `-replace`
 */
export async function planChange(
  calls: ProviderCalls,
  object: DeclaredObject,
  prior: Stored | undefined,
  keyId: unknown,
  { tainted, forced }: { readonly tainted: boolean; readonly forced: boolean },
): Promise<Change> {
  const { name, type, provider, ignoreChanges } = object;
  const common = { name, type, provider, object, createFirst: false, deposed: false, prior };
  const written = configFor(object, keyId);
  if (prior === undefined || tainted) {
    const { planned, private: kept } = await calls.plan(type, null, written, noPrivate);
    return {
      ...common,
      action: prior === undefined ? 'create' : 'replace',
      planned,
      private: kept,
    };
  }
  const config = ignoring(written, prior.attributes, ignoreChanges);
  const {
    planned,
    private: kept,
    replaces,
  } = await calls.plan(type, prior.attributes, config, prior.private);
  if (replaces || forced) {
    const anew = await calls.plan(type, null, written, kept);
    return { ...common, action: 'replace', planned: anew.planned, private: anew.private };
  }
  const action = same(planned, prior.attributes) && isWhollyKnown(planned) ? 'none' : 'update';
  return { ...common, action, planned, private: kept };
}

export async function planDelete(
  calls: ProviderCalls,
  object: Pick<Change, 'name' | 'type' | 'provider'>,
  prior: Stored,
  deposed: boolean,
): Promise<Change> {
  const kept = await calls.planDelete(object.type, prior);
  return {
    ...object,
    object: undefined,
    action: 'delete',
    createFirst: false,
    deposed,
    prior,
    planned: null,
    private: kept,
  };
}

/** As written, which apply is given, too. */
export function configFor(
  { type, attributes, keyName }: DeclaredObject,
  keyId: unknown,
): Attributes {
  return configOf(
    schemas[type],
    keyName === undefined ? attributes : { ...attributes, key_id: keyId },
  );
}

/** What `ignore_changes` names stays as it is in state; only the plan is given this. */
function ignoring(config: Attributes, prior: Attributes, names: readonly string[]): Attributes {
  return { ...config, ...Object.fromEntries(names.map((name) => [name, prior[name] ?? null])) };
}

/** @throws Failed */
export function complete(plan: Plan): Plan {
  if (!plan.complete) {
    throw new Failed('not everything could be planned');
  }
  return plan;
}

export function actionsOf({ changes }: Plan): string[] {
  return changes
    .filter(({ action }) => action !== 'none')
    .map(({ name, action, deposed }) => `${name}${deposed ? ' (deposed)' : ''}: ${action}`);
}

export function shownBy({ changes }: Plan): Record<string, Attributes> {
  return Object.fromEntries(
    changes.flatMap(({ name, planned }) => (planned === null ? [] : [[name, planned]])),
  );
}
