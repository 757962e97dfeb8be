/**
 * One change of a plan to an object of ours: the attributes that a review may know, and nothing
 * else. What Terraform marks as sensitive counts as not there.
 */
import { ByokError } from '../../errors';
import { isRecord } from '../../json';
import { wording } from '../../provider/wording';
import { keyDestroyPolicies } from '../../terms/key';
import { materialDestroyPolicies, materialStatuses } from '../../terms/material';
import { switches } from '../../terms/material-options';
import { type Attributes, recordsIn } from '../recorded-material';

export type KeyType = 'byok_external_key' | 'byok_key_material';

export interface PlannedChange {
  readonly address: string;
  readonly type: KeyType;
  /** The instance of `count` or `for_each`. */
  readonly index: string | number | undefined;
  /** Of the modules around it, with their instances; empty in the root. */
  readonly module: string;
  readonly name: string;
  /** An object that a replacement left behind. */
  readonly deposed: boolean;
  readonly previousAddress: string | undefined;
  readonly importing: boolean;
  readonly actions: readonly string[];
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  /** Which attributes are known only after apply. */
  readonly unknown: Attributes;
  /** Those of `after` that are set, and not there because they are sensitive. */
  readonly hidden: readonly string[];
  /** The same of `before`. */
  readonly hiddenBefore: readonly string[];
  /** Those whose value becomes another one, or may: sensitive ones and unknown ones, too. */
  readonly changed: readonly string[];
  /** The attributes for which the object is replaced. */
  readonly replacedBy: readonly string[];
}

/** What a review reads of an object. No other attribute can get into it. */
export const readableAttributes: readonly string[] = [
  ...switches.map(wording.name),
  'alias',
  'description',
  'enabled',
  'expiration_time',
  'fingerprint',
  'fingerprint_verified',
  'import_reason',
  'key_id',
  'key_spec',
  'key_state',
  'key_usage',
  'material_command',
  'material_env',
  'material_file',
  'material_status',
  'on_destroy',
  'pending_days',
  'renew_before',
  'tags',
  'valid_for',
  'warn_before',
  'wrap_command',
  'wrapping_algorithm',
];

/**
 * @param list `resource_changes` or `resource_drift` of a plan; a plan without resources has none
 * @throws ByokError ERR_ARGUMENT if it is not as Terraform writes it: what is not understood must
 *   not look like a plan that does nothing
 */
export function changesIn(list: unknown, name: string): PlannedChange[] {
  if (list !== undefined && !(Array.isArray(list) && list.every(isRecord))) {
    throw notUnderstood(`${name} is no list of objects`);
  }
  return recordsIn(list)
    .filter(({ mode, type }) => mode !== 'data' && isOurs(type))
    .map(changeOf);
}

export function notUnderstood(what: string): ByokError {
  return new ByokError(
    'ERR_ARGUMENT',
    `the plan is not as Terraform writes it: ${what}; give what "terraform show -json PLANFILE" prints`,
  );
}

export function isOurs(type: unknown): type is KeyType {
  return type === 'byok_external_key' || type === 'byok_key_material';
}

const knownActions = ['no-op', 'create', 'read', 'update', 'delete', 'forget'];

function changeOf(resource: Attributes): PlannedChange {
  const { type, index, name, deposed, mode } = resource;
  const address = textOf(resource.address);
  const change = resource.change;
  if (address === undefined || mode !== 'managed' || !isRecord(change)) {
    throw notUnderstood('a change has no address, mode or content');
  }
  const { actions } = change;
  if (
    !Array.isArray(actions) ||
    actions.length === 0 ||
    !actions.every((action) => knownActions.includes(String(action)))
  ) {
    throw notUnderstood('a change has actions of another kind');
  }
  const before = readableOf(change.before, change.before_sensitive);
  const after = readableOf(change.after, change.after_sensitive);
  if (before === undefined && !actions.includes('create')) {
    throw notUnderstood('a change does not show what was there before');
  }
  if (after === undefined && !actions.some((action) => ['delete', 'forget'].includes(action))) {
    throw notUnderstood('a change does not show what is there afterwards');
  }
  return {
    address: shortened(address),
    type: type as KeyType,
    index: typeof index === 'string' || typeof index === 'number' ? index : undefined,
    module: textOf(resource.module_address) ?? '',
    name: String(name),
    deposed: deposed !== undefined,
    previousAddress: textOf(resource.previous_address)?.slice(0, longest),
    importing: isRecord(change.importing),
    actions: actions.map(String),
    before,
    after,
    unknown: isRecord(change.after_unknown) ? change.after_unknown : {},
    hidden: after === undefined ? [] : hiddenIn(change.after, after),
    hiddenBefore: before === undefined ? [] : hiddenIn(change.before, before),
    changed: changedIn(change),
    replacedBy: Array.isArray(change.replace_paths)
      ? change.replace_paths.flatMap((path: unknown) =>
          Array.isArray(path) && typeof path[0] === 'string' ? [path[0]] : [],
        )
      : [],
  };
}

/** Longer than any that is honest. */
const longest = 2000;

export function shortened(text: string): string {
  return text.slice(0, longest);
}

function readableOf(values: unknown, sensitive: unknown): Attributes | undefined {
  if (!isRecord(values)) {
    return undefined;
  }
  const marks = isRecord(sensitive) ? sensitive : {};
  return Object.fromEntries(
    readableAttributes.map((name) => {
      const value = cut(values[name] ?? undefined);
      // An attribute of several parts is marked by a list or map of marks.
      const isHidden = sensitive === true || holdsTrue(marks[name]);
      return [name, isHidden && !isNoSecret(value) ? undefined : value];
    }),
  );
}

function hiddenIn(values: unknown, read: Attributes): readonly string[] {
  return readableAttributes.filter(
    (name) =>
      isRecord(values) && (values[name] ?? undefined) !== undefined && read[name] === undefined,
  );
}

/** Names alone: of two sensitive values, all that may be told is that they differ. */
function changedIn({ before, after, after_unknown: unknown }: Attributes): readonly string[] {
  const valueIn = (side: unknown, name: string) =>
    JSON.stringify((isRecord(side) ? side[name] : undefined) ?? null);
  return readableAttributes.filter(
    (name) =>
      (isRecord(unknown) && holdsTrue(unknown[name])) ||
      valueIn(before, name) !== valueIn(after, name),
  );
}

function cut(value: unknown): unknown {
  return typeof value === 'string' ? shortened(value) : value;
}

/** One of few values, by which we judge: whatever it comes from, it tells nothing. */
function isNoSecret(value: unknown): boolean {
  return typeof value === 'boolean' || typeof value === 'number' || words.includes(String(value));
}

const words: readonly string[] = [
  ...Object.keys(keyDestroyPolicies),
  ...Object.keys(materialDestroyPolicies),
  ...Object.keys(materialStatuses),
];

function holdsTrue(mark: unknown): boolean {
  return (
    mark === true ||
    (typeof mark === 'object' && mark !== null && Object.values(mark).some(holdsTrue))
  );
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
