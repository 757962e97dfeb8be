/**
 * What is wrong with a declaration of a key and its material, from the declaration alone: no clock,
 * no KMS, no secret. Every front-end asks here before anything is done, and reports the faults in
 * its own form and words. What depends on the key or on the time is for `decide`.
 *
 * A rule is an entry of one of the two tables below. test/lifecycle/declaration.test.ts demands an
 * example of each, and the same verdict on it from every front-end.
 */
import { ByokError } from '../errors';
import type { Setting, Spelling } from '../terms/setting';
import { shownOf } from '../terms/shown-value';
import { type Combination, combinationRules } from './declaration-combinations';
import { type ValueRule, valueRules } from './declaration-values';

/** By setting, as it was given; undefined where it was not. Of any type: some callers check none. */
export type Declared = { readonly [Name in Setting]?: unknown };

export interface Ask {
  readonly words: Spelling;
  /** Whether a value is known yet. One that is not counts as given, and is not judged. @default yes */
  readonly isKnown?: (value: unknown) => boolean;
  /**
   * Whether a value that is not known may turn out to be none, as a variable of a module may be
   * null: such a one neither counts as given nor as missing. @default never
   */
  readonly mayBeNone?: (value: unknown) => boolean;
  /** Whether a setting may be given although it does not show. @default never */
  readonly mayBeGiven?: (setting: Setting) => boolean;
}

export type RuleName = Setting | keyof typeof combinationRules;

/** Every rule, by name. One about a single value has the name of its setting. */
export const ruleNames = [
  ...Object.keys(valueRules),
  ...Object.keys(combinationRules),
] as readonly RuleName[];

/** Those of a key and its material: what only a declaration of both can be judged by. */
export const rulesOfBoth = [
  'oneKey',
  'keyOfItsOwn',
  'expirationOfSpec',
  'encodingOfSpec',
  'passwordOfSpec',
  'wrappedKeyOfSpec',
] as const satisfies readonly RuleName[];

export interface Fault {
  readonly rule: RuleName;
  /** The one to change. */
  readonly setting: Setting;
  /** What, which value, what is allowed, what to do: a sentence without a full stop. */
  readonly message: string;
  /** The value may be a secret that was put in the wrong place: it is not to be quoted. */
  readonly isSecret: boolean;
}

/** @param rules the only ones to ask @default all */
export function faultsOf(
  declared: Declared,
  { words, isKnown = () => true, mayBeNone = () => false, mayBeGiven = () => false }: Ask,
  rules: readonly RuleName[] = ruleNames,
): readonly Fault[] {
  const isOpen = (setting: Setting) => mayBeNone(declared[setting]);
  const given = (setting: Setting) => declared[setting] !== undefined && !isOpen(setting);
  const known = (setting: Setting) => (isKnown(declared[setting]) ? declared[setting] : undefined);
  const ofValues = (Object.keys(valueRules) as (keyof typeof valueRules)[])
    .filter((setting) => rules.includes(setting) && known(setting) !== undefined)
    .flatMap((setting) => {
      const { isSecret = false, judge }: ValueRule = valueRules[setting];
      return judge(known(setting), words.name(setting), {
        words,
        isKnown,
        show: (value) => shownOf(value, setting),
      }).map((message) => ({
        rule: setting,
        setting,
        message,
        isSecret,
      }));
    });
  // What is no value of its setting is compared with no other.
  const wrong = ofValues.map(({ setting }) => setting as Setting);
  const seen = {
    given,
    isOpen,
    known: (setting: Setting) => (wrong.includes(setting) ? undefined : known(setting)),
    mayBeGiven,
    words,
  };
  const ofCombinations = (
    Object.entries(combinationRules) as [keyof typeof combinationRules, Combination][]
  )
    .filter(([rule]) => rules.includes(rule))
    .flatMap(([rule, judge]) =>
      judge(seen).map(({ setting, message }) => ({ rule, setting, message, isSecret: false })),
    );
  return [...ofValues, ...ofCombinations];
}

/** The same as an error, for who stops at one. */
export function errorOf({ setting, message, isSecret }: Fault, { name }: Spelling): ByokError {
  return new ByokError('ERR_ARGUMENT', message, {
    attribute: isSecret ? undefined : name(setting),
  });
}

/** @throws ByokError ERR_ARGUMENT with the first fault */
export function requireFaultless(
  declared: Declared,
  ask: Ask,
  rules: readonly RuleName[] = ruleNames,
): void {
  const [fault] = faultsOf(declared, ask, rules);
  if (fault !== undefined) {
    throw errorOf(fault, ask.words);
  }
}
