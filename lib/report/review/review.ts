/**
 * A review: what plans do to keys, as one JSON document. Whoever makes it needs rights; whoever
 * renders, merges or compares it needs none. It holds allow-listed values only.
 */
import { createHash } from 'node:crypto';
import { ByokError } from '../../errors';
import type { JsonRecord } from '../../json';
import { withoutInstances } from '../configuration';
import { documentIn } from '../document';
import { text } from '../recorded-material';
import type { BasePins } from './base-pins';
import { commonPath, reviewOfDeclaration } from './declared-review';
import { bySeverity, type Effect, type Failure, kindOf } from './effects';
import type { KeyReview } from './key-review';
import { type PlanReview, reviewOfPlan } from './plan-effects';
import type { PlanLog } from './plan-log';
import { byLevel, type PolicyInput, type PolicyResult } from './policy-review';
import { withRefusals } from './refused-keys';
import type { Synthesized } from './synthesized';

export const reviewSchema = 'byok-review/1';

export interface Review {
  readonly schema: typeof reviewSchema;
  readonly stacks: readonly StackReview[];
  /** The worst first, then by name. */
  readonly keys: readonly KeyReview[];
  /** What a policy found, errors first; also about keys to which nothing happens. */
  readonly policy: readonly PolicyResult[];
  /** Of `effects` alone: the same before and after a merge, whatever else changes. */
  readonly digest: string;
}

export interface StackReview {
  readonly name: string;
  /**
   * `refused`: by the provider, so nothing will be applied. `failed`: by something else, so that the
   * review is not complete. `declared`: there is no plan, only what the code declares.
   */
  readonly status: 'planned' | 'refused' | 'failed' | 'declared';
  /** Keys to which nothing happens. */
  readonly unchanged: number;
  /** Keys that hooks keep: a plan does not look at them. */
  readonly hooks: number;
  /** Calls of Terraform modules into which no plan looked, so that keys in them are not here. */
  readonly modules: number;
  /** Materials that a policy judged; null if none was given, or there is no plan. */
  readonly judged: number | null;
}

/** What one stack was planned to. */
export interface StackInput {
  readonly name: string;
  /** Undefined: there is only a log. */
  readonly plan: { readonly content: string; readonly place: string } | undefined;
  readonly log: PlanLog | undefined;
  /** @default none */
  readonly policy?: PolicyInput | undefined;
  /** The declaration: it names the constructs, or stands alone. @default none */
  readonly synthesized?: Synthesized | undefined;
  /** The pins of the base. @default not known */
  readonly base?: BasePins | undefined;
}

/** @throws ByokError ERR_ARGUMENT if a plan cannot be read or says nothing */
export function reviewOfStack(input: StackInput): Review {
  const { name, plan, log, synthesized } = input;
  const against = { policy: input.policy, base: input.base };
  if (plan === undefined && log === undefined && synthesized !== undefined) {
    return reviewOfPart(name, 'declared', reviewOfDeclaration(synthesized, name, against));
  }
  const saysError = log !== undefined && log.refusals.length + log.failures > 0;
  if (plan === undefined && !saysError) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the log of stack ${JSON.stringify(name)} tells of no error, so there is a plan: give it by --plan as well`,
    );
  }
  const document = plan === undefined ? undefined : planIn(plan.content, plan.place, saysError);
  const planned = document === undefined ? withoutPlan : reviewOfPlan(document, name, against);
  const refusals = log?.refusals ?? [];
  const failures = log?.failures ?? 0;
  const status = failures > 0 ? 'failed' : refusals.length > 0 ? 'refused' : 'planned';
  const keys = withRefusals(planned.keys, refusals, name, document).map((key) => ({
    ...key,
    path: synthesized === undefined ? null : pathOf(key, synthesized),
  }));
  return reviewOfPart(name, status, { ...planned, keys });
}

function reviewOfPart(
  name: string,
  status: StackReview['status'],
  { keys, unchanged, hooks, modules, policy }: PlanReview,
): Review {
  const { judged = null, results = [] } = policy ?? {};
  return reviewOf([{ name, status, unchanged, hooks, modules, judged }], keys, results);
}

/** An instance has the construct of its resource. */
function pathOf({ addresses }: KeyReview, synthesized: Synthesized): string | null {
  return commonPath(addresses.map(withoutInstances), synthesized.pathOf);
}

const withoutPlan: PlanReview = {
  keys: [],
  unchanged: 0,
  hooks: 0,
  modules: 0,
  policy: undefined,
};

/** @throws ByokError ERR_ARGUMENT if two name one stack */
export function mergeReviews(reviews: readonly Review[]): Review {
  const stacks = reviews.flatMap((review) => review.stacks);
  const twice = stacks.find(
    ({ name }, at) => stacks.findIndex((other) => other.name === name) !== at,
  );
  if (twice !== undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the stack ${JSON.stringify(twice.name)} is given twice; give each a name of its own, as in --plan NAME=FILE`,
    );
  }
  return reviewOf(
    stacks,
    reviews.flatMap((review) => review.keys),
    reviews.flatMap((review) => review.policy),
  );
}

/** Whether there is anything that people should see: a key changes, or must not stay as it is. */
export function hasNews({ keys, stacks, policy }: Review): boolean {
  return (
    keys.length > 0 ||
    stacks.some(({ status, modules }) => ['refused', 'failed'].includes(status) || modules > 0) ||
    policy.some(({ level }) => level === 'error')
  );
}

/** What a person has to be told to, and a pipeline may stop at. */
export function failuresIn({ stacks, keys, policy }: Review): ReadonlySet<Failure> {
  const found = new Set<Failure>();
  for (const { effects, pin } of keys) {
    for (const { effect } of effects) {
      const { failure, imports } = kindOf(effect);
      if (failure !== undefined) {
        found.add(failure);
      }
      if (imports === true && pin === 'none') {
        found.add('unpinned');
      }
    }
  }
  if (stacks.some(({ status }) => status === 'refused')) {
    found.add('refused');
  }
  if (policy.some(({ level }) => level === 'error')) {
    found.add('policy');
  }
  return found;
}

/** What a plan does not do: it was found, or only the code tells. */
const notDone: readonly Effect[] = ['drift', 'declared', 'pin_removed', 'pin_added'];

/** One line for each thing that is done to a key; sorted, without time, commit or version. */
export function effectLines({ keys }: Pick<Review, 'keys'>): readonly string[] {
  return keys
    .flatMap((key) =>
      key.effects
        .filter(({ effect }) => !notDone.includes(effect))
        .map(({ effect, address, days, reason }) =>
          JSON.stringify([
            key.stack,
            address,
            effect,
            key.key_id ?? 'new',
            key.pin === 'none' || key.pin === null ? null : key.fingerprint,
            key.expiration_after,
            days,
            // What a setting changes to; the reason of an import may name the day.
            kindOf(effect).imports === true ? key.source : reason,
          ]),
        ),
    )
    .sort();
}

function planIn(content: string, place: string, saysError: boolean): JsonRecord {
  const { json } = documentIn(content, place, 'plan');
  if (
    !('resource_changes' in json || 'planned_values' in json) ||
    !/^1\./.test(text(json, 'format_version') ?? '')
  ) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is no plan in JSON of format 1; give what "terraform show -json PLANFILE" prints`,
    );
  }
  if (json.errored === true && !saysError) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is a plan that ended in an error, and does not say in which; give what this "terraform plan -json" printed by --log as well`,
    );
  }
  return json;
}

/** Sorted, so that the same plans always give the same review. */
export function reviewOf(
  stacks: readonly StackReview[],
  keys: readonly KeyReview[],
  policy: readonly PolicyResult[],
): Review {
  const worstFirst = keys.map((key) => ({
    ...key,
    effects: [...key.effects].sort(
      (one, other) =>
        bySeverity(one.effect, other.effect) ||
        compare(one.address, other.address) ||
        compare(one.reason ?? '', other.reason ?? ''),
    ),
  }));
  const sorted = worstFirst.sort(
    (one, other) =>
      bySeverity(worstOf(one), worstOf(other)) ||
      compare(one.name, other.name) ||
      compare(one.stack, other.stack) ||
      compare(one.addresses.join(), other.addresses.join()),
  );
  const lines = effectLines({ keys: sorted }).join('\n');
  return {
    schema: reviewSchema,
    stacks: [...stacks].sort((one, other) => compare(one.name, other.name)),
    keys: sorted,
    policy: [...policy].sort(
      (one, other) =>
        byLevel(one, other) ||
        compare(one.key, other.key) ||
        compare(one.stack, other.stack) ||
        compare(one.address, other.address),
    ),
    digest: `sha256:${createHash('sha256').update(lines).digest('hex')}`,
  };
}

/** By code points: the same order on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export function worstOf({ effects }: KeyReview): Effect {
  return effects[0]?.effect ?? 'left_alone';
}
