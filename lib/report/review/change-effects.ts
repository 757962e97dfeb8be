/** What one planned change does, by the rules of the provider. Pure. */
import { wording } from '../../provider/wording';
import { defaultKeyDestroyPolicy, defaultPendingDays } from '../../terms/key';
import { isAsymmetric } from '../../terms/kms';
import { defaultMaterialDestroyPolicy } from '../../terms/material';
import { type Switch, switchDefaults, switches } from '../../terms/material-options';
import type { Attributes } from '../recorded-material';
import type { Effect } from './effects';
import type { ReviewedEffect } from './key-review';
import { type PlannedChange, textOf } from './planned-change';

/** A part of a change: that of the object before, or of the one after. */
export interface ChangePart {
  readonly side: 'before' | 'after';
  readonly effects: readonly ReviewedEffect[];
}

export function effectsOf(change: PlannedChange): readonly ChangePart[] {
  return change.type === 'byok_external_key' ? ofKey(change) : ofMaterial(change);
}

function ofKey(change: PlannedChange): readonly ChangePart[] {
  const { before = {}, after = {}, replacedBy } = change;
  switch (kindOf(change)) {
    case 'replace':
      return [
        part('before', [effect(change, 'key_replaced', changed(replacedBy)), ...gone(change)]),
      ];
    case 'delete':
      return [part('before', gone(change))];
    case 'forget':
      return [part('before', [effect(change, 'left_alone', 'Terraform forgets it')])];
    case 'create':
      return [part('after', [effect(change, 'key_created')])];
    default:
      return [
        part('after', [
          ...kept(change),
          ...switched(change, before, after),
          ...(differs(before, after, 'alias')
            ? [effect(change, 'renamed', moved('alias', before, after))]
            : []),
          ...protection(change, keyProtections),
          ...otherSettings(change, ['description', 'tags']),
        ]),
      ];
  }
}

function gone(change: PlannedChange): readonly ReviewedEffect[] {
  const { before = {} } = change;
  if ((textOf(before.on_destroy) ?? defaultKeyDestroyPolicy) === 'retain') {
    return [effect(change, 'left_alone', 'on_destroy is "retain": the key stays in the KMS')];
  }
  const days = typeof before.pending_days === 'number' ? before.pending_days : defaultPendingDays;
  return [{ ...effect(change, 'key_scheduled'), days }];
}

function switched(change: PlannedChange, before: Attributes, after: Attributes) {
  if (!differs(before, after, 'enabled')) {
    return [];
  }
  const [old, fresh] = [before.enabled, after.enabled];
  // Undeclared, a key may be in either state.
  return fresh === false
    ? [effect(change, 'key_disabled', 'enabled = false')]
    : fresh === true && old === false
      ? [effect(change, 'key_enabled', 'enabled = true')]
      : [effect(change, 'settings_changed', moved('enabled', before, after))];
}

function ofMaterial(change: PlannedChange): readonly ChangePart[] {
  const { before, after = {} } = change;
  switch (kindOf(change)) {
    case 'replace':
      return [part('before', [removal(change)]), part('after', [filling(change, undefined)])];
    case 'delete':
      return [part('before', [removal(change)])];
    case 'forget':
      return [part('before', [effect(change, 'left_alone', 'Terraform forgets it')])];
    case 'create':
      return [part('after', [filling(change, undefined)])];
    default:
      return [
        part('after', [
          ...kept(change),
          ...(change.unknown.material_status === true ? [filling(change, before)] : []),
          ...(pinMoves(before, after) ? [effect(change, 'pin_changed')] : []),
          ...protection(change, materialProtections),
        ]),
      ];
  }
}

function removal(change: PlannedChange): ReviewedEffect {
  const { before = {} } = change;
  const policy = textOf(before.on_destroy) ?? defaultMaterialDestroyPolicy;
  if (policy === 'refuse') {
    return effect(change, 'refused', 'on_destroy is "refuse"');
  }
  if (policy !== 'delete_material') {
    return effect(change, 'left_alone', 'on_destroy is "retain": the material stays in the key');
  }
  return isAsymmetric(textOf(before.key_spec) ?? '')
    ? effect(change, 'left_alone', 'the KMS cannot delete the private key of an asymmetric key')
    : effect(change, 'material_deleted');
}

/** In these states the key holds its material until it is deleted for the new import. */
const serving: readonly unknown[] = ['present', 'expiring', 'key_disabled', 'expired_not_purged'];

function filling(change: PlannedChange, before: Attributes | undefined): ReviewedEffect {
  const { after = {}, unknown } = change;
  const reason = textOf(after.import_reason) ?? null;
  if (unknown.material_status !== true) {
    return effect(change, 'adopted', reason);
  }
  if (before === undefined) {
    return effect(change, 'first_import', reason);
  }
  return effect(change, serving.includes(before.material_status) ? 'outage' : 'reimport', reason);
}

/** The object stays what it is, and Terraform takes it over or calls it otherwise. */
function kept(change: PlannedChange): readonly ReviewedEffect[] {
  const { previousAddress } = change;
  return [
    ...(change.importing
      ? [effect(change, 'adopted', 'Terraform takes it over by an import')]
      : []),
    ...(previousAddress === undefined
      ? []
      : [effect(change, 'left_alone', `moved in Terraform from ${previousAddress}`)]),
  ];
}

/** From the safest to the weakest; false is safer than true for switches. */
const keyProtections = {
  on_destroy: ['retain', 'schedule_deletion'],
  pending_days: undefined,
} as const;

const materialProtections = {
  on_destroy: ['refuse', 'retain', 'delete_material'],
  ...ofSwitches(() => [false, true]),
  warn_before: undefined,
} as const;

const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  byok_external_key: { on_destroy: defaultKeyDestroyPolicy, pending_days: defaultPendingDays },
  byok_key_material: {
    on_destroy: defaultMaterialDestroyPolicy,
    ...ofSwitches((name) => switchDefaults[name]),
  },
};

/** Each allows something. */
function ofSwitches<T>(value: (name: Switch) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(switches.map((name) => [wording.name(name), value(name)]));
}

function protection(
  change: PlannedChange,
  order: Readonly<Record<string, readonly unknown[] | undefined>>,
): readonly ReviewedEffect[] {
  const { before = {}, after = {}, type } = change;
  const valueIn = (side: Attributes, name: string) => side[name] ?? defaults[type]?.[name];
  return Object.entries(order).flatMap(([name, safest]) => {
    const [old, fresh] = [valueIn(before, name), valueIn(after, name)];
    if (old === fresh || change.unknown[name] === true) {
      return [];
    }
    const weaker =
      typeof old === 'number' && typeof fresh === 'number'
        ? fresh < old
        : safest !== undefined && safest.indexOf(fresh) > safest.indexOf(old);
    return [
      effect(
        change,
        weaker ? 'protection_weakened' : 'protection_changed',
        `${name} changes from ${shown(old)} to ${shown(fresh)}`,
      ),
    ];
  });
}

function otherSettings(change: PlannedChange, names: readonly string[]) {
  const { before = {}, after = {} } = change;
  const found = names.filter((name) => differs(before, after, name));
  return found.length === 0 ? [] : [effect(change, 'settings_changed', changed(found))];
}

function kindOf({ actions }: PlannedChange): 'replace' | 'delete' | 'forget' | 'create' | 'keep' {
  const has = (action: string) => actions.includes(action);
  return has('delete') && has('create')
    ? 'replace'
    : has('delete')
      ? 'delete'
      : has('create')
        ? 'create'
        : has('forget')
          ? 'forget'
          : 'keep';
}

function part(side: ChangePart['side'], found: readonly ReviewedEffect[]): ChangePart {
  return { side, effects: found };
}

function effect(
  { address }: PlannedChange,
  name: Effect,
  reason: string | null = null,
): ReviewedEffect {
  return { effect: name, address, reason, days: null };
}

/** Of two known values; one that is known only after apply is told where it matters. */
function differs(before: Attributes, after: Attributes, name: string): boolean {
  return JSON.stringify(before[name]) !== JSON.stringify(after[name]);
}

function moved(name: string, before: Attributes, after: Attributes): string {
  return `${name} changes from ${shown(before[name])} to ${shown(after[name])}`;
}

function changed(names: readonly string[]): string | null {
  return names.length === 0
    ? null
    : `${names.join(', ')} ${names.length === 1 ? 'changes' : 'change'}`;
}

function shown(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain ? JSON.stringify(value).slice(0, 300) : 'another value';
}

function pinMoves(before: Attributes = {}, after: Attributes): boolean {
  const [old, fresh] = [textOf(before.fingerprint), textOf(after.fingerprint)];
  return old !== undefined && fresh !== undefined && old !== fresh;
}
