/**
 * From a plan to what happens to each key: a key and its material are one, whichever objects of
 * Terraform hold them. Pure.
 */
import { ByokError } from '../../errors';
import { isRecord, type JsonRecord } from '../../json';
import {
  type Configuration,
  configurationIn,
  takesEachValue,
  withoutInstances,
} from '../configuration';
import { recordsIn } from '../recorded-material';
import { type BasePins, pinEffects } from './base-pins';
import { type ChangePart, effectsOf } from './change-effects';
import { bySeverity, type Effect } from './effects';
import { keyFacts, type Subject } from './key-facts';
import type { KeyReview, ReviewedEffect } from './key-review';
import {
  changesIn,
  isOurs,
  notUnderstood,
  type PlannedChange,
  shortened,
  textOf,
} from './planned-change';
import { judgePlan, type PolicyInput, type PolicyReview } from './policy-review';
import { objectsIn, usersIn } from './used-by';

export interface PlanReview {
  /** Only those to which something happens. */
  readonly keys: readonly KeyReview[];
  /** Keys to which nothing happens. */
  readonly unchanged: number;
  /** Keys that hooks keep, at which a plan does not look. */
  readonly hooks: number;
  /** Calls of modules that a declaration does not show; none in a plan. */
  readonly modules: number;
  /** Undefined if no policy was given. */
  readonly policy: PolicyReview | undefined;
}

/** What a review compares with, beside the plan itself. */
export interface Against {
  readonly policy: PolicyInput | undefined;
  readonly base: BasePins | undefined;
}

export function reviewOfPlan(
  plan: JsonRecord,
  stack: string,
  { policy, base }: Against,
): PlanReview {
  const configuration = configurationIn(plan);
  const changes = changesIn(plan.resource_changes, 'resource_changes');
  requireChanges(plan, changes);
  const materials = changes.filter(({ type }) => type === 'byok_key_material');
  const subjects = subjectsIn(plan, changes, configuration).map((subject) =>
    withPinEffects(subject, configuration, base),
  );
  const affected = subjects.filter(({ effects }) => effects.length > 0);
  const users = usersIn(plan, configuration);
  return {
    keys: affected.map((subject) => keyFacts(subject, { stack, configuration, users })),
    unchanged: subjects.length - affected.length,
    hooks: recordsIn(plan.resource_changes).filter(isHook).length,
    modules: 0,
    policy: policy && judgePlan(materials, subjects, configuration, stack, policy),
  };
}

function subjectsIn(
  plan: JsonRecord,
  changes: readonly PlannedChange[],
  configuration: Configuration,
): readonly Subject[] {
  refuseDeferred(plan.deferred_changes);
  const drifted = changesIn(plan.resource_drift, 'resource_drift');
  const found = new Map<string, Draft>();
  const at = (name: string): Draft => {
    const draft = found.get(name) ?? { effects: [], drift: [] };
    found.set(name, draft);
    return draft;
  };
  const keys = changes.filter(({ type }) => type === 'byok_external_key');
  for (const change of keys) {
    const draft = at(nameOf(change));
    draft.keyChange = change;
    draft.keyId = idIn(change);
    for (const { effects } of effectsOf(change)) {
      draft.effects.push(...effects);
    }
  }
  for (const change of changes.filter(({ type }) => type === 'byok_key_material')) {
    for (const part of effectsOf(change)) {
      const { key, keyId } = keyOf(change, part, keys, configuration);
      const ofKey = at(key === undefined ? (keyId ?? nameOf(change)) : nameOf(key));
      // A second one has a pin and an expiry of its own, which the first must not hide.
      const draft = part.side === 'after' && ofKey.isFilled ? at(nameOf(change)) : ofKey;
      draft.isFilled ||= part.side === 'after';
      draft.keyId ??= keyId;
      draft.materialChange = part.side === 'after' ? change : (draft.materialChange ?? change);
      draft.effects.push(...part.effects);
    }
  }
  for (const change of drifted.filter((one) => !isTakenOver(one))) {
    const id = idIn(change);
    const draft = [...found.values()].find(
      ({ keyId, keyChange, materialChange }) =>
        (id !== undefined && keyId === id) ||
        [keyChange?.address, materialChange?.address].includes(change.address),
    );
    (draft ?? at(id ?? nameOf(change))).drift.push(change);
  }
  return [...found.values()].map(subjectOf);
}

/** What the KMS says of an object from another provider's resource was not changed by anyone. */
function isTakenOver({ previousAddress, address, type }: PlannedChange): boolean {
  return (
    previousAddress !== undefined &&
    previousAddress !== address &&
    !previousAddress.split('.').includes(type)
  );
}

function withPinEffects(
  subject: Subject,
  { pin }: Configuration,
  base: BasePins | undefined,
): Subject {
  const { materialChange, effects } = subject;
  if (materialChange?.after === undefined) {
    return subject;
  }
  const { address } = materialChange;
  return { ...subject, effects: [...effects, ...pinEffects(address, pin(address), base)] };
}

/** What is planned and has no change, not even "no-op", was lost on the way here. */
function requireChanges(plan: JsonRecord, changes: readonly PlannedChange[]): void {
  const told = new Set(changes.map(({ address }) => address));
  const lost = objectsIn(plan.planned_values).some(
    ({ type, mode, address }) =>
      isOurs(type) && mode === 'managed' && !told.has(shortened(String(address))),
  );
  if (lost) {
    throw notUnderstood('planned_values has a key that resource_changes does not have');
  }
}

/** What a later plan will say of a key is not here. */
function refuseDeferred(list: unknown): void {
  if (list !== undefined && !Array.isArray(list)) {
    throw notUnderstood('deferred_changes is no list');
  }
  const deferred = recordsIn(list).some(({ resource_change: change }) =>
    isRecord(change) ? isOurs(change.type) : true,
  );
  if (deferred) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'the plan defers changes of keys to a later plan, so it does not tell what happens to them; make a plan without -allow-deferral',
    );
  }
}

interface Draft {
  keyChange?: PlannedChange;
  materialChange?: PlannedChange;
  keyId?: string | undefined;
  /** Whether a material is there for it afterwards. */
  isFilled?: boolean;
  effects: ReviewedEffect[];
  drift: PlannedChange[];
}

/** What was found counts only alone. */
function subjectOf({ keyChange, materialChange, keyId, effects, drift }: Draft): Subject {
  const found = effects.length > 0 ? [] : drift.map(driftOf);
  return {
    keyChange,
    materialChange,
    keyId,
    effects: withoutRepeats([...effects, ...found]).sort((one, other) =>
      bySeverity(one.effect, other.effect),
    ),
    drift,
  };
}

/** A key that is left alone is told once, not once for each of its objects. */
function withoutRepeats(effects: readonly ReviewedEffect[]): ReviewedEffect[] {
  const single: readonly Effect[] = ['left_alone', 'drift'];
  const worse = effects.some(({ effect }) => !single.includes(effect));
  return effects.filter(
    ({ effect }, at) =>
      !single.includes(effect) ||
      (!worse && effects.findIndex((other) => other.effect === effect) === at),
  );
}

/** What an outside change can show. */
const observable = [
  'material_status',
  'key_state',
  'expiration_time',
  'enabled',
  'alias',
  'description',
  'tags',
];

function driftOf({ address, actions, before = {}, after = {} }: PlannedChange): ReviewedEffect {
  const names = observable.filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const reason = actions.includes('delete')
    ? 'it no longer exists'
    : names.length === 0
      ? null
      : `${names.join(', ')} changed`;
  return { effect: 'drift', address, reason, days: null };
}

/** The key of a material: of the same id, or the one that its key_id refers to. */
function keyOf(
  change: PlannedChange,
  { side }: ChangePart,
  keys: readonly PlannedChange[],
  configuration: Configuration,
): { readonly key: PlannedChange | undefined; readonly keyId: string | undefined } {
  const keyId = textOf((side === 'before' ? change.before : change.after)?.key_id);
  const same = keys.find((key) => keyId !== undefined && idIn(key) === keyId);
  if (same !== undefined || keyId !== undefined) {
    return { key: same, keyId };
  }
  const written = configuration.resources.get(withoutInstances(change.address));
  const expression = written?.expressions.key_id;
  const [target] = configuration.targets(
    takesEachValue(expression) ? written?.forEach : expression,
    written?.module ?? '',
  );
  const candidates = keys.filter(
    ({ address, deposed }) => !deposed && withoutInstances(address) === target?.address,
  );
  const index = target?.index ?? change.index;
  const key =
    candidates.length === 1
      ? candidates[0]
      : candidates.find((one) => one.index === index && one.module === change.module);
  return { key, keyId: undefined };
}

function idIn({ before, after }: PlannedChange): string | undefined {
  return textOf(before?.key_id) ?? textOf(after?.key_id);
}

function nameOf({ address, deposed, before }: PlannedChange): string {
  return deposed ? `${address} ${textOf(before?.key_id) ?? ''}` : address;
}

/** As lib/cdktf/material-hooks.ts makes them. */
function isHook({ type, change }: JsonRecord): boolean {
  const { before, after } = isRecord(change) ? change : {};
  const { triggers } = isRecord(after) ? after : isRecord(before) ? before : {};
  return type === 'null_resource' && isRecord(triggers) && 'drift_token' in triggers;
}
