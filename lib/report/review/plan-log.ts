/**
 * The log of `terraform plan -json`: it alone tells why a plan was refused, since a refused plan
 * often has no file. Only what our provider said is kept; what others said may hold a secret.
 */
import { ByokError, errorCodes } from '../../errors';
import { isRecord, type JsonRecord } from '../../json';
import { withoutInstances } from '../configuration';
import { jsonObjectsIn } from '../json-in-text';
import type { ReviewedEffect } from './key-review';
import { isOurs, textOf } from './planned-change';

export interface PlanLog {
  readonly refusals: readonly Refusal[];
  /** Errors that are not ours. */
  readonly failures: number;
}

export interface Refusal extends ReviewedEffect {
  /** Of the key that the sentence names; null if it names none. */
  readonly key_id: string | null;
}

/** @throws ByokError ERR_ARGUMENT if it is no such log, or ends in the middle */
export function planLogIn(text: string, place: string): PlanLog {
  const { objects, missed } = jsonObjectsIn(text);
  const lines = objects.filter((line) => '@level' in line && typeof line.type === 'string');
  if (missed !== undefined || lines.length === 0) {
    throw refused(place, missed ?? 'is no log of a plan');
  }
  const errors = lines.flatMap(({ type, diagnostic }) =>
    type === 'diagnostic' && isRecord(diagnostic) && diagnostic.severity === 'error'
      ? [diagnostic]
      : [],
  );
  const isEnded = lines.some(
    ({ type, changes }) =>
      type === 'change_summary' && isRecord(changes) && changes.operation === 'plan',
  );
  if (errors.length === 0 && !isEnded) {
    throw refused(place, 'ends before the plan does');
  }
  const refusals = errors.filter(isOfOurs).map(refusalOf);
  return { refusals, failures: errors.length - refusals.length };
}

const ourCode = new RegExp(`\\((?:${Object.keys(errorCodes).join('|')})\\)\\s*$`);

/** Terraform tells no address for objects that are no longer declared. */
function isOfOurs({ address, detail }: JsonRecord): boolean {
  const at = textOf(address);
  if (at === undefined || at === '') {
    return ourCode.test(textOf(detail) ?? '');
  }
  const [, type] = /(?:^|\.)(\w+)\.[\w-]+$/.exec(withoutInstances(at)) ?? [];
  return isOurs(type);
}

const longestReason = 2000;

function refusalOf({ address, summary, detail }: JsonRecord): Refusal {
  const said = `${textOf(summary) ?? ''}. ${(textOf(detail) ?? '').replace(ourCode, '').trim()}`;
  const [keyId = null] = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/.exec(said) ?? [];
  return {
    effect: 'refused',
    address: textOf(address) ?? '',
    reason: said.slice(0, longestReason),
    days: null,
    key_id: keyId,
  };
}

function refused(place: string, found: string): ByokError {
  return new ByokError(
    'ERR_ARGUMENT',
    `${place} ${found}; give what "terraform plan -json" prints, all of it`,
  );
}
