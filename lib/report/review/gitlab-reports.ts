/** A review as reports of a job of GitLab, which merge requests show without any token. Pure. */
import { createHash } from 'node:crypto';
import { oneLine } from '../../printable';
import { type Effect, effects, type Failure, kindOf, type Outcome } from './effects';
import type { KeyReview, ReviewedEffect } from './key-review';
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

const severities: Readonly<Record<Failure, 'info' | 'minor' | 'major' | 'critical' | 'blocker'>> = {
  refused: 'blocker',
  destroy: 'critical',
  outage: 'major',
  unpinned: 'minor',
  drift: 'info',
};

/** @param location the file that the findings are shown at, from the top of the repository */
export function toCodeQuality({ keys }: Review, location: string): string {
  const findings = keys.flatMap((key) =>
    key.effects.flatMap((effect) =>
      failuresOf(key, effect).map((one) => [key, effect, one] as const),
    ),
  );
  const report = findings.map(([key, { effect, address, reason }, failure]) => ({
    description: oneLine(
      `${key.name}: ${failure === 'unpinned' ? 'imports material that is not pinned' : effects[effect].what}${reason === null ? '' : ` (${reason})`}`,
    ).slice(0, 500),
    check_name: `byok/${failure}`,
    // The same for the same thing in the next pipeline.
    fingerprint: createHash('sha256')
      .update(JSON.stringify([key.stack, address, effect, failure]))
      .digest('hex'),
    severity: severities[failure],
    location: { path: location, lines: { begin: 1 } },
  }));
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function failuresOf({ pin }: KeyReview, { effect }: ReviewedEffect): readonly Failure[] {
  const kind = kindOf(effect);
  return [
    ...(kind.failure === undefined ? [] : [kind.failure]),
    ...(kind.imports === true && pin === 'none' ? (['unpinned'] as const) : []),
  ];
}
