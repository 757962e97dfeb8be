/**
 * What a plan can do to a key: the one table that ranks, names and counts it. All that is rendered,
 * compared or refused reads it.
 */

/** What `--fail-on` can name. */
export const failures = ['destroy', 'outage', 'unpinned', 'policy', 'refused', 'drift'] as const;

export type Failure = (typeof failures)[number];

/** How the heading counts a key, by the worst that happens to it: one key, or several. */
export const outcomes = {
  refused: ['is refused', 'are refused'],
  stops: ['stops working', 'stop working'],
  outage: ['has an outage', 'have an outage'],
  weakened: ['is less protected', 'are less protected'],
  filled: ['is filled', 'are filled'],
  changed: ['changes', 'change'],
  left: ['is left alone', 'are left alone'],
  declared: ['is declared', 'are declared'],
  drifted: ['was changed outside', 'were changed outside'],
} as const;

export type Outcome = keyof typeof outcomes;

interface EffectKind {
  /** 1 cannot be undone or stops a key; 6 was found and is not done by the plan. */
  readonly rank: 1 | 2 | 3 | 4 | 5 | 6;
  readonly what: string;
  readonly outcome: Outcome;
  readonly failure?: Failure;
  /** Whether material is imported, so that its pin matters. */
  readonly imports?: true;
}

/** Worst first. */
export const effects = {
  refused: { rank: 1, what: 'refused', outcome: 'refused', failure: 'refused' },
  material_deleted: { rank: 1, what: 'material deleted', outcome: 'stops', failure: 'destroy' },
  key_scheduled: {
    rank: 1,
    what: 'key scheduled for deletion',
    outcome: 'stops',
    failure: 'destroy',
  },
  key_replaced: {
    rank: 1,
    what: 'replaced by a new key',
    outcome: 'stops',
    failure: 'destroy',
  },
  key_disabled: { rank: 2, what: 'key disabled', outcome: 'stops', failure: 'outage' },
  outage: {
    rank: 2,
    what: 'deleted and imported again',
    outcome: 'outage',
    failure: 'outage',
    imports: true,
  },
  pin_changed: { rank: 2, what: 'pinned to other material', outcome: 'weakened' },
  /** Only a base tells, as it does of pin_added. */
  pin_removed: { rank: 2, what: 'pin removed', outcome: 'weakened', failure: 'unpinned' },
  protection_weakened: { rank: 2, what: 'less protected', outcome: 'weakened' },
  reimport: { rank: 3, what: 'imported again', outcome: 'filled', imports: true },
  first_import: { rank: 3, what: 'first import', outcome: 'filled', imports: true },
  pin_added: { rank: 4, what: 'pinned', outcome: 'changed' },
  key_created: { rank: 4, what: 'new key', outcome: 'changed' },
  key_enabled: { rank: 4, what: 'key enabled', outcome: 'changed' },
  adopted: { rank: 4, what: 'taken over as it is', outcome: 'changed' },
  renamed: { rank: 4, what: 'renamed', outcome: 'changed' },
  protection_changed: { rank: 4, what: 'protection changed', outcome: 'changed' },
  settings_changed: { rank: 4, what: 'settings changed', outcome: 'changed' },
  left_alone: { rank: 5, what: 'left alone', outcome: 'left' },
  /** There is no plan, so what happens is not known. */
  declared: { rank: 5, what: 'declared', outcome: 'declared' },
  drift: { rank: 6, what: 'changed outside', outcome: 'drifted', failure: 'drift' },
} as const satisfies Readonly<Record<string, EffectKind>>;

export type Effect = keyof typeof effects;

export const effectNames = Object.keys(effects) as readonly Effect[];

export function kindOf(effect: Effect): EffectKind {
  return effects[effect];
}

/** For sorting: the worst first, in the order of the table. */
export function bySeverity(one: Effect, other: Effect): number {
  return effectNames.indexOf(one) - effectNames.indexOf(other);
}
