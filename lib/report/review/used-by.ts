/** What else in a plan uses a key: by a reference to it, or by its id as a value. */
import { isRecord, type JsonRecord } from '../../json';
import { type Configuration, withoutInstances } from '../configuration';
import { recordsIn } from '../recorded-material';
import type { User } from './key-review';
import { isOurs } from './planned-change';

export interface Users {
  /** Those of resources, by the address of the key or its material without instances. */
  readonly byAddress: ReadonlyMap<string, readonly User[]>;
  /** Those that hold the id of a key. */
  readonly ofId: (keyId: string) => readonly User[];
}

/** Only addresses and names of attributes leave here, never a value. */
export function usersIn(plan: JsonRecord, configuration: Configuration): Users {
  const byAddress = new Map<string, User[]>();
  for (const { address, type, module, expressions } of configuration.resources.values()) {
    if (!isOurs(type)) {
      for (const [attribute, expression] of Object.entries(expressions)) {
        for (const target of configuration.targets(expression, module)) {
          const users = byAddress.get(target.address) ?? [];
          byAddress.set(target.address, [...users, { address, attribute }]);
        }
      }
    }
  }
  const objects = objectsBefore(plan);
  const ids = new Map<string, User[]>();
  for (const object of objects.filter(({ type }) => !isOurs(type))) {
    const attributes = isRecord(object.values) ? object.values : {};
    for (const [attribute, value] of Object.entries(attributes)) {
      for (const text of textsIn(value)) {
        ids.set(text, [
          ...(ids.get(text) ?? []),
          { address: withoutInstances(String(object.address)), attribute },
        ]);
      }
    }
  }
  return { byAddress, ofId: (keyId) => ids.get(keyId) ?? [] };
}

/** The state that a plan begins with. */
export function objectsBefore(plan: JsonRecord): readonly JsonRecord[] {
  return objectsIn(isRecord(plan.prior_state) ? plan.prior_state.values : undefined);
}

/** @param values `planned_values`, or those of a state */
export function objectsIn(values: unknown): readonly JsonRecord[] {
  return isRecord(values) ? resourcesBelow(values.root_module) : [];
}

function resourcesBelow(module: unknown): readonly JsonRecord[] {
  return isRecord(module)
    ? [...recordsIn(module.resources), ...recordsIn(module.child_modules).flatMap(resourcesBelow)]
    : [];
}

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Of ids alone: a state may hold megabytes of other texts. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return idForm.test(value) ? [value] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
