/** What reports say about one key, in words: absolute days, and no meaning in colours alone. Pure. */
import { countsOf, type KeyLine, nameOf, type Overview, verdictOf } from './overview';

/** Only the day of an instant. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

/** Undefined if it never expires, or if that is not known yet. */
export function endOf({ expiration_time: time }: KeyLine): string | undefined {
  return time === null || time === 'never' ? undefined : time;
}

/** In a few words, which stand beside its bar. */
export function fateOf(key: KeyLine): string {
  if (key.verdict === 'unknown') {
    return `not looked at since ${dayOf(key.asOf)}`;
  }
  if (key.verdict === 'missing') {
    return 'no material';
  }
  return key.verdict === 'unverified' ? `unverified, ${comingOf(key)}` : comingOf(key);
}

function comingOf(key: KeyLine): string {
  const end = endOf(key);
  if (key.deletion_date !== null) {
    return `key is deleted ${dayOf(key.deletion_date)}`;
  }
  if (key.renews_at !== null) {
    return `renews from ${dayOf(key.renews_at)}`;
  }
  return end === undefined ? 'never expires' : `expires ${dayOf(end)}`;
}

/** The worst that there is to say of all keys, and how often. */
export function headlineOf(overview: Overview): string {
  const verdict = verdictOf(overview);
  const count = new Map(countsOf(overview)).get(verdict) ?? 0;
  if (count > 0) {
    return `${count} ${verdict}`;
  }
  return overview.keys.length === 0 && verdict === 'fine' ? 'none' : verdict;
}

/** The names of keys, as many as a sentence holds. */
export function namesOf(keys: readonly KeyLine[], most = 5): string {
  const names = keys.slice(0, most).map(nameOf).join(', ');
  return keys.length > most ? `${names} and ${keys.length - most} more` : names;
}
