/** A review as reports of a job of GitLab, which merge requests show without any token. Pure. */
import { printableJson } from '../../printable';
import { type Effect, effects, type Outcome } from './effects';
import { issuesIn } from './issues';
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

/** @param location the file that the findings are shown at, from the top of the repository */
export function toCodeQuality(review: Review, location: string): string {
  const report = issuesIn(review).map(({ rule, severity, description, fingerprint }) => ({
    description,
    check_name: rule,
    fingerprint,
    severity,
    location: { path: location, lines: { begin: 1 } },
  }));
  return `${printableJson(report, 2)}\n`;
}
