/**
 * One change of a plan to an object of ours: the attributes that a review may know, and nothing
 * else. What Terraform marks as sensitive counts as not there.
 */
import { isRecord } from '../../json';
import { wording } from '../../provider/wording';
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
  /** The attributes for which the object is replaced. */
  readonly replacedBy: readonly string[];
}

/** What a review reads of an object. No other attribute can get into it. */
const readable: readonly string[] = [
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

/** @param list `resource_changes` or `resource_drift` of a plan */
export function changesIn(list: unknown): PlannedChange[] {
  return recordsIn(list)
    .filter(({ mode, type }) => mode === 'managed' && isOurs(type))
    .map(changeOf);
}

export function isOurs(type: unknown): type is KeyType {
  return type === 'byok_external_key' || type === 'byok_key_material';
}

function changeOf(resource: Attributes): PlannedChange {
  const change = isRecord(resource.change) ? resource.change : {};
  const { address, type, index, name, deposed } = resource;
  return {
    address: String(address),
    type: type as KeyType,
    index: typeof index === 'string' || typeof index === 'number' ? index : undefined,
    module: textOf(resource.module_address) ?? '',
    name: String(name),
    deposed: deposed !== undefined,
    previousAddress: textOf(resource.previous_address),
    importing: isRecord(change.importing),
    actions: Array.isArray(change.actions) ? change.actions.map(String) : [],
    before: readableOf(change.before, change.before_sensitive),
    after: readableOf(change.after, change.after_sensitive),
    unknown: isRecord(change.after_unknown) ? change.after_unknown : {},
    replacedBy: Array.isArray(change.replace_paths)
      ? change.replace_paths.flatMap((path: unknown) =>
          Array.isArray(path) && typeof path[0] === 'string' ? [path[0]] : [],
        )
      : [],
  };
}

function readableOf(values: unknown, sensitive: unknown): Attributes | undefined {
  if (!isRecord(values)) {
    return undefined;
  }
  const hidden = isRecord(sensitive) ? sensitive : {};
  return Object.fromEntries(
    readable
      // An attribute of several parts is marked by a list or map of marks.
      .filter((name) => sensitive !== true && !holdsTrue(hidden[name]))
      .map((name) => [name, values[name] ?? undefined]),
  );
}

function holdsTrue(mark: unknown): boolean {
  return (
    mark === true ||
    (typeof mark === 'object' && mark !== null && Object.values(mark).some(holdsTrue))
  );
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
