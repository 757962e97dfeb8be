/** What the flags of a command declare, judged before anything is read or asked. */
import { type RuleName, requireFaultless, ruleNames } from '../lifecycle/declaration';
import { keySettings, materialSettings, type Spelling } from '../terms/setting';

/** For commands without a key: how the material is given. */
export const rulesWithoutKey: readonly RuleName[] = ruleNames.filter((rule) => rule !== 'oneKey');

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
  requireFaultless(Object.fromEntries(declared), { words }, rules);
}
