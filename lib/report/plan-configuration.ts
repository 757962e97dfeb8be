/**
 * What a plan says about the configuration it was made from. Only here a pin can be seen: the
 * values of a resource hold a fingerprint in any case.
 */
import { isRecord } from '../json';
import type { Whereabouts } from '../kms/model';
import { configurationIn, withoutInstances } from './configuration';
import type { Attributes } from './recorded-material';

export interface Configured {
  /** Undefined if the plan does not show the resource. */
  readonly pinned: boolean | undefined;
  /** As far as the provider block says it in constants. */
  readonly whereabouts: Whereabouts;
}

/** @param plan its JSON; a plan without a configuration tells nothing */
export function configuredIn(plan: Attributes) {
  const { resources, pin } = configurationIn(plan);
  const { provider_config: providers } = recordOr(plan.configuration);
  return (address: string): Configured => {
    const found = pin(address);
    const key = resources.get(withoutInstances(address))?.providerKey ?? '';
    const provider = recordOr(recordOr(providers)[key]);
    return {
      pinned: found === undefined ? undefined : found !== 'none',
      whereabouts: whereaboutsIn(recordOr(provider.expressions)),
    };
  };
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
