/** Terraform's plan without Terraform: what is there is read, then planned against what is declared. It changes nothing. */
import { type ProviderCalls, type Stored, schemas } from './provider-calls';
import { type Declared, keyAttributes, materialAttributes, type ResourceName, resourceNames } from './terraform';
import { type Attributes, configOf, isWhollyKnown, same, unknown } from './terraform-values';

export type State = Partial<Record<ResourceName, Stored>>;

export interface Change {
  readonly name: ResourceName;
  readonly action: 'create' | 'update' | 'replace' | 'delete' | 'none';
  readonly prior: Stored | undefined;
  readonly planned: Attributes | null;
  readonly private: Uint8Array;
}

export interface Plan {
  readonly refreshed: State;
  readonly changes: readonly Change[];
}

export async function planAll(calls: ProviderCalls, state: State, declared: Declared): Promise<Plan> {
  const refreshed: State = {};
  const changes: Change[] = [];
  for (const name of resourceNames) {
    const stored = state[name];
    const read = stored === undefined ? undefined : await calls.read(name, await calls.upgrade(name, stored));
    if (read !== undefined) {
      refreshed[name] = read;
    }
    const config = configFor(name, declared, changes[0]?.planned?.key_id ?? state.key?.attributes.key_id);
    if (config === undefined) {
      changes.push(...(read === undefined ? [] : [await planDelete(calls, name, read)]));
      continue;
    }
    await calls.validate(name, config);
    changes.push(await planChange(calls, name, read, config));
  }
  return { refreshed, changes };
}

/** Of everything there is, the material first. */
export async function planDestroy(calls: ProviderCalls, state: State): Promise<Plan> {
  const changes: Change[] = [];
  for (const name of resourceNames.toReversed()) {
    const prior = state[name];
    if (prior !== undefined) {
      changes.push(await planDelete(calls, name, prior));
    }
  }
  return { refreshed: state, changes };
}

export async function planChange(calls: ProviderCalls, name: ResourceName, prior: Stored | undefined, config: Attributes): Promise<Change> {
  const { planned, private: plannedPrivate, replaces } = await calls.plan(name, prior, config);
  if (prior === undefined) {
    return { name, action: 'create', prior, planned, private: plannedPrivate };
  }
  if (replaces) {
    const anew = await calls.plan(name, undefined, config);
    return { name, action: 'replace', prior, planned: anew.planned, private: anew.private };
  }
  const action = same(planned, prior.attributes) && isWhollyKnown(planned) ? 'none' : 'update';
  return { name, action, prior, planned, private: plannedPrivate };
}

async function planDelete(calls: ProviderCalls, name: ResourceName, prior: Stored): Promise<Change> {
  return { name, action: 'delete', prior, planned: null, private: await calls.planDelete(name, prior) };
}

/** @param keyId of the key that the material goes into, when there is one */
export function configFor(name: ResourceName, declared: Declared, keyId: unknown): Attributes | undefined {
  if (name === 'key') {
    return configOf(schemas.key, keyAttributes(declared));
  }
  return declared.material === undefined ? undefined : configOf(schemas.material, materialAttributes(declared.material, keyId ?? unknown));
}

export function actionsOf({ changes }: Plan): string[] {
  return changes.filter(({ action }) => action !== 'none').map(({ name, action }) => `${name}: ${action}`);
}
