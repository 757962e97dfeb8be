/** A review as reports of a job of GitLab, which merge requests show without any token. Pure. */
import { createHash } from 'node:crypto';
import { oneLine } from '../../printable';
import { type Effect, effects, type Failure, kindOf, type Outcome } from './effects';
import type { KeyReview, ReviewedEffect } from './key-review';
import type { PolicyResult } from './policy-review';
import { type Review, worstOf } from './review';

/** `reports:terraform` takes these three numbers, and no other. */
const counters: Readonly<Record<Outcome, 'create' | 'update' | 'delete' | undefined>> = {
  refused: undefined,
  stops: 'delete',
  outage: 'update',
  weakened: 'update',
  filled: 'update',
  changed: 'update',
  left: undefined,
  declared: undefined,
  drifted: undefined,
};

const makes: readonly Effect[] = ['key_created', 'adopted'];

export function toTerraformReport({ keys }: Review): string {
  const counts = { create: 0, update: 0, delete: 0 };
  for (const key of keys) {
    const isMade = key.effects.some(({ effect }) => makes.includes(effect));
    const counter = counters[effects[worstOf(key)].outcome];
    if (counter !== undefined) {
      counts[isMade && counter === 'update' ? 'create' : counter] += 1;
    }
  }
  return `${JSON.stringify(counts)}\n`;
}

type Severity = 'info' | 'minor' | 'major' | 'critical' | 'blocker';

const severities: Readonly<Record<Failure, Severity>> = {
  refused: 'blocker',
  destroy: 'critical',
  outage: 'major',
  policy: 'major',
  unpinned: 'minor',
  drift: 'info',
};

/** @param location the file that the findings are shown at, from the top of the repository */
export function toCodeQuality({ keys, policy }: Review, location: string): string {
  const ofEffects = keys.flatMap((key) =>
    key.effects.flatMap((effect) =>
      failuresOf(key, effect).map((failure) => issueOfEffect(key, effect, failure)),
    ),
  );
  const report = [...ofEffects, ...policy.map(issueOfPolicy)].map(
    ({ description, identity, ...issue }) => ({
      description: oneLine(description).slice(0, 500),
      ...issue,
      // The same for the same thing in the next pipeline.
      fingerprint: createHash('sha256').update(JSON.stringify(identity)).digest('hex'),
      location: { path: location, lines: { begin: 1 } },
    }),
  );
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly severity: Severity;
  readonly identity: readonly string[];
}

function issueOfEffect(
  { name, stack }: KeyReview,
  { effect, address, reason }: ReviewedEffect,
  failure: Failure,
): Issue {
  const what =
    failure === 'unpinned' ? 'imports material that is not pinned' : effects[effect].what;
  return {
    description: `${name}: ${what}${reason === null ? '' : ` (${reason})`}`,
    check_name: `byok/${failure}`,
    severity: severities[failure],
    identity: [stack, address, effect, failure],
  };
}

function issueOfPolicy({ stack, key, address, rule, level, message }: PolicyResult): Issue {
  return {
    description: `${key}: ${message}`,
    check_name: `byok/policy/${rule}`,
    severity: level === 'error' ? severities.policy : 'minor',
    identity: [stack, address, 'policy', rule],
  };
}

function failuresOf({ pin }: KeyReview, { effect }: ReviewedEffect): readonly Failure[] {
  const kind = kindOf(effect);
  return [
    ...(kind.failure === undefined ? [] : [kind.failure]),
    ...(kind.imports === true && pin === 'none' ? (['unpinned'] as const) : []),
  ];
}
