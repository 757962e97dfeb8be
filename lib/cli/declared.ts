/** What the flags of a command declare, judged before anything is read or asked. */
import { type RuleName, requireFaultless, ruleNames } from '../lifecycle/declaration';
import { keySettings, materialSettings, type Setting, type Spelling } from '../terms/setting';
import { shortText, shown } from './shown-value';

/** For commands without a key: how the material is given. */
export const rulesWithoutKey: readonly RuleName[] = ruleNames.filter((rule) => rule !== 'oneKey');

/** Ids are groups of hex digits: no key material has hyphens. */
const likely: Partial<Record<Setting, RegExp>> = {
  keyId: /^(?=.*-)[0-9a-f-]{1,40}$/i,
  fingerprint: /^sha256:[0-9a-f]*$/i,
};

/** A secret may have been given in the place of any flag's value. */
function show(value: unknown, setting: Setting): string {
  return shown(String(value), likely[setting] ?? shortText);
}

/**
 * @param flags by the names of their settings, among others
 * @throws ByokError ERR_ARGUMENT with the first fault
 */
export function requireDeclared(
  flags: object,
  words: Spelling,
  rules: readonly RuleName[] = ruleNames,
): void {
  const given = flags as Readonly<Record<string, unknown>>;
  const declared = [...keySettings, ...materialSettings].map((setting) => [
    setting,
    given[setting],
  ]);
  requireFaultless(Object.fromEntries(declared), { words, show }, rules);
}
