/**
 * Reads the materials in a plan that `terraform show -json FILE` printed.
 * An import in the plan is an import that is due.
 */
import { ByokError } from '../errors';
import { isRecord } from '../json';
import { keyLost } from '../lifecycle/notices';
import { proofInState } from '../provider/material/memory';
import { wording } from '../provider/wording';
import { documentIn } from './document';
import type { MaterialRecord } from './material-finding';
import { type Configured, configuredIn } from './plan-configuration';
import {
  type Attributes,
  importedAtIn,
  observationOf,
  readingOf,
  recordsIn,
  text,
  wishOf,
} from './recorded-material';
import type { Reading } from './state-file';

const howTo = 'give what "terraform show -json PLANFILE" prints';

/**
 * Leaves out what the plan removes from Terraform.
 * @throws ByokError ERR_ARGUMENT when the content is not a complete plan
 */
export function materialsInPlan(content: string, reading: Reading): MaterialRecord[] {
  const { place } = reading;
  const { json: plan } = documentIn(content, place, 'plan');
  // A plan without resources has no list of changes.
  if (
    !('resource_changes' in plan || 'planned_values' in plan) ||
    !/^1\./.test(text(plan, 'format_version') ?? '')
  ) {
    throw new ByokError('ERR_ARGUMENT', `${place} is no plan in JSON of format 1; ${howTo}`);
  }
  if (plan.errored === true) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is a plan that ended in an error, so it says nothing; make a plan that succeeds`,
    );
  }
  const changes = recordsIn(plan.resource_changes).filter(
    ({ mode, deposed }) => mode === 'managed' && deposed === undefined,
  );
  const configured = configuredIn(plan);
  const aliases = new Map(
    changes.filter(({ type }) => type === 'byok_external_key').flatMap(aliasesOf),
  );
  return changes
    .filter(({ type }) => type === 'byok_key_material')
    .flatMap((change) =>
      readingOf(place, text(change, 'address') ?? 'a material', () =>
        materialOf(change, reading, { aliases, configured }),
      ),
    );
}

interface Change {
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  readonly unknown: Attributes;
}

function changeOf({ change }: Attributes): Change {
  const { before, after, after_unknown: unknown } = isRecord(change) ? change : {};
  return {
    before: isRecord(before) ? before : undefined,
    after: isRecord(after) ? after : undefined,
    unknown: isRecord(unknown) ? unknown : {},
  };
}

function aliasesOf(resource: Attributes): [unknown, string | undefined][] {
  const { after } = changeOf(resource);
  return after === undefined ? [] : [[after.key_id, text(after, 'alias')]];
}

function materialOf(
  resource: Attributes,
  reading: Reading,
  {
    aliases,
    configured,
  }: {
    readonly aliases: ReadonlyMap<unknown, string | undefined>;
    readonly configured: (address: string) => Configured;
  },
): MaterialRecord[] {
  const { before, after, unknown } = changeOf(resource);
  if (after === undefined) {
    return [];
  }
  const importDue = unknown.material_status === true;
  const wish = wishOf(after, reading.warnBeforeMs);
  // We do not know yet what an import leads to, so we report the values before it.
  const known = importDue ? before : after;
  const keyId =
    text(after, 'key_id') ?? (before === undefined ? undefined : text(before, 'key_id'));
  const address = text(resource, 'address');
  return [
    {
      place: reading.place,
      address,
      keyId,
      alias: keyId === undefined ? undefined : aliases.get(keyId),
      observation: known === undefined ? undefined : observationOf(known, wish, reading.now),
      wish,
      proof: proofInState(known ?? null),
      managed: true,
      wanted: true,
      due: importDue ? { reason: reasonOf(before, after) } : undefined,
      importedAt: known === undefined ? undefined : importedAtIn(known),
      ...configured(address ?? ''),
    },
  ];
}

function reasonOf(before: Attributes | undefined, after: Attributes): string {
  const lost = keyLost(wording);
  return before?.material_status === 'key_not_found'
    ? `${lost.summary}: ${lost.detail}`
    : (text(after, 'import_reason') ?? 'expiration_time is known only after apply');
}
