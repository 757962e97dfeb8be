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
  const { replacedBy } = change;
  switch (kindOf(change)) {
    case 'replace':
      return [
        part('before', [effect(change, 'key_replaced', changed(replacedBy)), ...gone(change)]),
      ];
    case 'forget and create':
      return [part('before', [effect(change, 'key_replaced', changed(replacedBy))])];
    case 'delete':
      return [part('before', gone(change))];
    case 'forget':
      return [part('before', [effect(change, 'left_alone', 'Terraform forgets it')])];
    case 'create':
      return [part('after', [made(change)])];
    default:
      return [
        part('after', [
          ...kept(change),
          ...switched(change),
          ...(change.changed.includes('alias')
            ? [effect(change, 'renamed', moved('alias', change))]
            : []),
          ...protection(change, keyProtections),
          ...otherSettings(change, ['description', 'tags']),
        ]),
      ];
  }
}

/** A new key has no id yet: one that is known is that of a key that is there. */
function made(change: PlannedChange): ReviewedEffect {
  const isThere = textOf(change.after?.key_id) !== undefined && change.unknown.key_id !== true;
  return isThere
    ? effect(change, 'adopted', 'a key of this alias is there, and holds no material')
    : effect(change, 'key_created');
}

function gone(change: PlannedChange): readonly ReviewedEffect[] {
  const { before = {} } = change;
  if ((textOf(before.on_destroy) ?? defaultKeyDestroyPolicy) === 'retain') {
    return [effect(change, 'left_alone', 'on_destroy is "retain": the key stays in the KMS')];
  }
  const days = typeof before.pending_days === 'number' ? before.pending_days : defaultPendingDays;
  return [{ ...effect(change, 'key_scheduled'), days }];
}

function switched(change: PlannedChange): readonly ReviewedEffect[] {
  if (!change.changed.includes('enabled')) {
    return [];
  }
  const [old, fresh] = [change.before?.enabled, change.after?.enabled];
  if (change.unknown.enabled === true && old !== false) {
    return [effect(change, 'key_disabled', 'enabled is known only after apply, and may be false')];
  }
  // Undeclared, a key may be in either state.
  return fresh === false
    ? [effect(change, 'key_disabled', 'enabled = false')]
    : fresh === true && old === false
      ? [effect(change, 'key_enabled', 'enabled = true')]
      : [effect(change, 'settings_changed', moved('enabled', change))];
}

function ofMaterial(change: PlannedChange): readonly ChangePart[] {
  const { before } = change;
  switch (kindOf(change)) {
    case 'replace':
      return [part('before', [removal(change)]), part('after', [filling(change, undefined)])];
    case 'forget and create':
      return [
        part('before', [effect(change, 'left_alone', 'Terraform forgets it')]),
        part('after', [filling(change, undefined)]),
      ];
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
          ...movedPin(change),
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
    const isUnknown = change.unknown[name] === true;
    const isHidden = change.hidden.includes(name) && change.changed.includes(name);
    if (old === fresh && !isUnknown && !isHidden) {
      return [];
    }
    const weaker = isUnknown
      ? typeof old === 'number' || (safest !== undefined && old !== safest.at(-1))
      : typeof old === 'number' && typeof fresh === 'number'
        ? fresh < old
        : safest !== undefined && safest.indexOf(fresh) > safest.indexOf(old);
    return [
      effect(change, weaker ? 'protection_weakened' : 'protection_changed', moved(name, change)),
    ];
  });
}

function otherSettings(change: PlannedChange, names: readonly string[]) {
  const found = names.filter((name) => change.changed.includes(name));
  return found.length === 0 ? [] : [effect(change, 'settings_changed', changed(found))];
}

type Kind = 'replace' | 'forget and create' | 'delete' | 'forget' | 'create' | 'keep';

/** OpenTofu forgets what it replaces if `destroy = false` stands in its `lifecycle`. */
function kindOf({ actions }: PlannedChange): Kind {
  const has = (action: string) => actions.includes(action);
  if (has('create')) {
    return has('delete') ? 'replace' : has('forget') ? 'forget and create' : 'create';
  }
  return has('delete') ? 'delete' : has('forget') ? 'forget' : 'keep';
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

function moved(name: string, change: PlannedChange): string {
  const { before = {}, after = {}, hidden, hiddenBefore, unknown, type } = change;
  const sideOf = (side: Attributes, isHidden: boolean) =>
    isHidden ? 'a sensitive value' : shown(side[name] ?? defaults[type]?.[name]);
  const old = sideOf(before, hiddenBefore.includes(name));
  return unknown[name] === true
    ? `${name} changes from ${old} to a value that is known only after apply`
    : `${name} changes from ${old} to ${sideOf(after, hidden.includes(name))}`;
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

/** A fingerprint that comes with an import is told by that import. */
function movedPin(change: PlannedChange): readonly ReviewedEffect[] {
  const { before, after, hidden, hiddenBefore, unknown, changed: names } = change;
  if (unknown.fingerprint === true) {
    return unknown.material_status === true
      ? []
      : [effect(change, 'settings_changed', moved('fingerprint', change))];
  }
  const isSet = (side: Attributes | undefined, hiddenNames: readonly string[]) =>
    side?.fingerprint !== undefined || hiddenNames.includes('fingerprint');
  return names.includes('fingerprint') && isSet(before, hiddenBefore) && isSet(after, hidden)
    ? [effect(change, 'pin_changed')]
    : [];
}
