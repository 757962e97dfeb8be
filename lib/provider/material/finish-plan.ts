/** The end of every plan of `byok_key_material`: refusals are held, and private state is kept. */
import type { Context, PlanResult } from '../../tfplugin/provider';
import { unknown, type Values } from '../../tfplugin/values/value';
import type { Client } from '../client';
import { refuse } from '../refuse';
import { warn } from '../warn';
import { declaredOf } from './config';
import { encodeMaterialMemory, type KnownMaterial } from './memory';
import type { MaterialPlan } from './plan';

/** In a plan of a creation, `ours` is not known yet. */
type Remembered = Omit<KnownMaterial, 'ours'> & { readonly ours: boolean | undefined };

export const nothingRemembered: Remembered = { proof: undefined, ours: undefined, disabled: false };

const notPlanned = 'The material cannot be planned as declared';

export function withRefusals(plan: MaterialPlan, refusal: unknown): MaterialPlan {
  return refusal === undefined ? plan : { ...plan, refusals: [refusal, ...plan.refusals] };
}

export function finishPlan(
  plan: MaterialPlan,
  config: Values,
  memory: Remembered,
  client: Client,
  context: Context,
  say = refuse,
): PlanResult {
  const [refused] = plan.refusals
    .map((refusal) => say(context, client, notPlanned, refusal))
    .filter((held) => held !== undefined);
  warn(context, plan.notices);
  return {
    // Without a difference there would be no apply to refuse it.
    planned: refused === undefined ? plan.planned : { ...plan.planned, material_status: unknown },
    requiresReplace: [],
    private: encodeMaterialMemory({
      proof: memory.proof,
      ours: memory.ours,
      disabled: memory.disabled,
      permitted: plan.permitted,
      successorFor: plan.successorFor,
      declared: declaredOf(config),
      refused,
    }),
  };
}
