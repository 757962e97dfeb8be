/**
 * Variables that other tools of the same cloud read. We name them instead of ignoring them
 * silently. Their values are never shown.
 */
import { type UnsupportedVariable, unsupportedVariables } from '../terms/connection';
import { type Phrase, type Spelling, say } from '../terms/setting';
import type { Family } from './login';

export type Environment = Readonly<Record<string, string | undefined>>;

/** OS_INSECURE=false and the like ask for nothing. */
const switchedOff: readonly string[] = ['', '0', 'f', 'false', 'no', 'off'];

/**
 * A sentence for each reason, without a full stop.
 *
 * @param which `missing`: variables that may explain a missing setting; `ignored`: variables that
 *   ask for something we do not do
 */
export function unsupportedIn(
  env: Environment,
  { family, spelling }: { readonly family: Family; readonly spelling: Spelling },
  which: 'missing' | 'ignored',
): string[] {
  const byReason = new Map<Phrase, string[]>();
  for (const [name, value = ''] of Object.entries(env)) {
    const found = unsupported(name, family);
    const ordinary = [...switchedOff, ...(found?.except ?? [])];
    if (found === undefined || ordinary.includes(value.toLowerCase())) {
      continue;
    }
    if (which === 'missing' || found.alwaysSaid === true) {
      byReason.set(found.instead, [...(byReason.get(found.instead) ?? []), name]);
    }
  }
  return [...byReason].map(([instead, names]) => {
    const sorted = names.sort();
    return `${sorted.join(' and ')} ${sorted.length === 1 ? 'is' : 'are'} set and not supported: ${say(instead, spelling)}`;
  });
}

function unsupported(name: string, family: Family): UnsupportedVariable | undefined {
  const table = unsupportedVariables[family];
  const row = Object.keys(table).find((key) =>
    key.endsWith('*') ? name.startsWith(key.slice(0, -1)) : name === key,
  );
  return row === undefined ? undefined : table[row];
}
