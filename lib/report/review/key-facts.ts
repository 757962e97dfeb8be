/** What a review tells of a key beside its effects, from the allow-listed attributes alone. */
import { formatExpirationTime, parseExpirationTime } from '../../terms/expiration-time';
import { environmentVariableFormat, fingerprintFormat } from '../../terms/material';
import { keyRules } from '../../terms/rules';
import { type Configuration, type Pin, withoutInstances } from '../configuration';
import type { Attributes } from '../recorded-material';
import type { KeyReview, ReviewedEffect, Source, User } from './key-review';
import { type PlannedChange, textOf } from './planned-change';
import type { Users } from './used-by';

/** One key, and what the plan has of it. */
export interface Subject {
  readonly keyChange: PlannedChange | undefined;
  readonly materialChange: PlannedChange | undefined;
  readonly keyId: string | undefined;
  readonly effects: readonly ReviewedEffect[];
  readonly drift: readonly PlannedChange[];
}

interface Surroundings {
  readonly stack: string;
  readonly configuration: Configuration;
  readonly users: Users;
}

export function keyFacts(
  subject: Subject,
  { stack, configuration, users }: Surroundings,
): KeyReview {
  const { materialChange, effects, drift } = subject;
  const { before, after } = materialChange ?? {};
  const keyId = keyIdOf(subject);
  return {
    stack,
    name: shownNameOf(subject),
    key_id: keyId ?? null,
    addresses: addressesOf(subject),
    path: null,
    effects,
    expiration_before: expirationOf(before) ?? null,
    expiration_after:
      materialChange === undefined ? null : (plannedExpiration(materialChange.after) ?? null),
    pin: materialChange?.after === undefined ? null : pinOf(materialChange, configuration),
    fingerprint: fingerprintOf(after ?? before) ?? null,
    fingerprint_before: fingerprintOf(before) ?? null,
    source: sourceOf(after),
    used_by: usersOf(subject, keyId, users),
    found_changed: drift.length > 0,
  };
}

/**
 * A reference that is null, or known only after apply, pins nothing that a reviewer could compare:
 * what is written out, the plan shows.
 */
export function pinOf({ address, unknown }: PlannedChange, { pin }: Configuration): Pin {
  return unknown.fingerprint === true ? 'none' : (pin(address) ?? 'none');
}

/** The alias; without one, the address. */
export function shownNameOf(subject: Subject): string {
  const { keyChange } = subject;
  const alias = textOf(keyChange?.after?.alias) ?? textOf(keyChange?.before?.alias);
  return alias ?? addressesOf(subject)[0] ?? keyIdOf(subject) ?? '';
}

function addressesOf({ keyChange, materialChange, drift }: Subject): readonly string[] {
  const changes = [keyChange, materialChange, ...drift].filter((one) => one !== undefined);
  return [...new Set(changes.map(({ address }) => address))].sort();
}

function keyIdOf({ keyId }: Subject): string | undefined {
  return matching(keyId, keyRules.keyId.accepts);
}

function fingerprintOf(attributes: Attributes | undefined): string | undefined {
  return matching(textOf(attributes?.fingerprint), (text) => fingerprintFormat.test(text));
}

export function plannedExpiration(after: Attributes | undefined): string | undefined {
  const validFor = matching(textOf(after?.valid_for), (text) => /^\d{1,9}[smhd]$/.test(text));
  return validFor === undefined ? expirationOf(after) : `${validFor} after each import`;
}

/** In one form, and nothing that is no instant. */
function expirationOf(attributes: Attributes | undefined): string | undefined {
  const text = textOf(attributes?.expiration_time);
  try {
    return text === undefined ? undefined : formatExpirationTime(parseExpirationTime(text));
  } catch {
    return undefined;
  }
}

const sources = ['material_env', 'material_file', 'material_command', 'wrap_command'] as const;

export function sourceOf(after: Attributes | undefined): Source | null {
  const kind = sources.find((name) => after?.[name] !== undefined);
  if (kind === undefined) {
    return null;
  }
  const value = textOf(after?.[kind]);
  const name =
    kind === 'material_env'
      ? matching(value, (text) => environmentVariableFormat.test(text))
      : kind === 'material_file'
        ? value
        : undefined;
  return { kind, name: name ?? null };
}

function usersOf(
  { keyChange, materialChange }: Subject,
  keyId: string | undefined,
  { byAddress, ofId }: Users,
): readonly User[] {
  const named = [keyChange?.address, materialChange?.address].flatMap((address) =>
    address === undefined ? [] : (byAddress.get(withoutInstances(address)) ?? []),
  );
  const all = [...named, ...(keyId === undefined ? [] : ofId(keyId))];
  const different = new Map(all.map((user) => [`${user.address} ${user.attribute}`, user]));
  return [...different.keys()].sort().flatMap((key) => different.get(key) ?? []);
}

function matching(
  text: string | undefined,
  accepts: (text: string) => boolean,
): string | undefined {
  return text !== undefined && accepts(text) ? text : undefined;
}
