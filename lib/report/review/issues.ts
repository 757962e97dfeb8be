/** What a review finds, one by one, for the forges that show findings at a file. Pure. */
import { createHash } from 'node:crypto';
import { oneLine } from '../../printable';
import { effects, type Failure, kindOf } from './effects';
import type { KeyReview, ReviewedEffect } from './key-review';
import type { PolicyResult } from './policy-review';
import type { Review } from './review';

export type Severity = 'info' | 'minor' | 'major' | 'critical' | 'blocker';

export interface Issue {
  readonly rule: string;
  readonly severity: Severity;
  readonly description: string;
  /** The object in Terraform. */
  readonly address: string;
  /** The same for the same thing in the next pipeline. */
  readonly fingerprint: string;
}

const severities: Readonly<Record<Failure, Severity>> = {
  refused: 'blocker',
  destroy: 'critical',
  outage: 'major',
  policy: 'major',
  unpinned: 'minor',
  drift: 'info',
};

export function issuesIn({ keys, policy }: Review): readonly Issue[] {
  const ofEffects = keys.flatMap((key) =>
    key.effects.flatMap((effect) =>
      failuresOf(key, effect).map((failure) => issueOfEffect(key, effect, failure)),
    ),
  );
  return [...ofEffects, ...policy.map(issueOfPolicy)];
}

function issueOfEffect(
  { name, stack }: KeyReview,
  { effect, address, reason }: ReviewedEffect,
  failure: Failure,
): Issue {
  const imports = failure === 'unpinned' && kindOf(effect).imports === true;
  const what = imports ? 'imports material that is not pinned' : effects[effect].what;
  return {
    rule: `byok/${failure}`,
    severity: severities[failure],
    description: described(`${name}: ${what}${reason === null ? '' : ` (${reason})`}`),
    address,
    fingerprint: digestOf(stack, address, effect, failure),
  };
}

function issueOfPolicy({ stack, key, address, rule, level, message }: PolicyResult): Issue {
  return {
    rule: `byok/policy/${rule}`,
    severity: level === 'error' ? severities.policy : 'minor',
    description: described(`${key}: ${message}`),
    address,
    fingerprint: digestOf(stack, address, 'policy', rule),
  };
}

function failuresOf({ pin }: KeyReview, { effect }: ReviewedEffect): readonly Failure[] {
  const kind = kindOf(effect);
  return [
    ...(kind.failure === undefined ? [] : [kind.failure]),
    ...(kind.imports === true && pin === 'none' ? (['unpinned'] as const) : []),
  ];
}

function described(text: string): string {
  return oneLine(text).slice(0, 500);
}

function digestOf(...identity: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}
