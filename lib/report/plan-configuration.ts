/**
 * What a plan says about the configuration it was made from. Only here a pin can be seen: the
 * values of a resource hold a fingerprint in any case.
 */
import { isRecord } from '../json';
import type { Whereabouts } from '../kms/model';
import { type Attributes, recordsIn } from './recorded-material';

export interface Configured {
  /** Undefined if the plan does not show the resource. */
  readonly pinned: boolean | undefined;
  /** As far as the provider block says it in constants. */
  readonly whereabouts: Whereabouts;
}

/** @param plan its JSON; a plan without a configuration tells nothing */
export function configuredIn({ configuration, variables }: Attributes) {
  const { root_module: root, provider_config: providers } = recordOr(configuration);
  const resources = new Map(resourcesIn(root, ''));
  return (address: string): Configured => {
    const resource = resources.get(withoutIndices(address));
    const provider = recordOr(recordOr(providers)[String(resource?.provider_config_key)]);
    return {
      pinned: resource === undefined ? undefined : isPinned(resource, recordOr(variables)),
      whereabouts: whereaboutsIn(recordOr(provider.expressions)),
    };
  };
}

function* resourcesIn(module: unknown, prefix: string): Generator<[string, Attributes]> {
  const { resources, module_calls: calls } = recordOr(module);
  for (const resource of recordsIn(resources)) {
    yield [`${prefix}${String(resource.address)}`, resource];
  }
  for (const [name, call] of Object.entries(recordOr(calls))) {
    yield* resourcesIn(recordOr(call).module, `${prefix}module.${name}.`);
  }
}

/** The configuration has a resource with `count` or `for_each` once. */
function withoutIndices(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

/** A variable that is null pins nothing; of any other reference we believe that it is set. */
function isPinned({ expressions }: Attributes, variables: Attributes): boolean {
  const fingerprint = recordOr(recordOr(expressions).fingerprint);
  if ('constant_value' in fingerprint) {
    return typeof fingerprint.constant_value === 'string';
  }
  const [name, ...others] = Array.isArray(fingerprint.references) ? fingerprint.references : [];
  const variable = others.length === 0 ? /^var\.([\w-]+)$/.exec(String(name))?.[1] : undefined;
  return (
    name !== undefined &&
    (variable === undefined ||
      !Object.hasOwn(variables, variable) ||
      (recordOr(variables[variable]).value ?? null) !== null)
  );
}

function whereaboutsIn(expressions: Attributes): Whereabouts {
  const constant = (name: string): string | undefined => {
    const { constant_value: value } = recordOr(expressions[name]);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    cloud: constant('cloud'),
    region: constant('region'),
    project: constant('project_id') ?? constant('project_name'),
  };
}

function recordOr(value: unknown): Attributes {
  return isRecord(value) ? value : {};
}
