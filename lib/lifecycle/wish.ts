/** From what is declared to what is wished: one way for all front-ends. Pure. */
import { parseDuration } from '../terms/duration';
import { parseExpirationTime } from '../terms/expiration-time';
import { defaultKeySpec } from '../terms/kms';
import { defaultWarnBefore } from '../terms/material';
import { type Switch, type Switches, switchDefaults, switches } from '../terms/material-options';
import { plainSpelling, type Setting, type Spelling } from '../terms/setting';
import type { Wish } from './decision';
import { fixed, keep, type Rolling } from './expiration-wish';
import type { KeyWish } from './reconcile-key';

/** Settings of a wish that are texts. */
export const wishTexts = [
  'expirationTime',
  'validFor',
  'renewBefore',
  'warnBefore',
  'fingerprint',
] as const satisfies readonly Setting[];

type Texts = { readonly [Name in (typeof wishTexts)[number]]?: string | undefined };

/** What a wish is made of. Undefined: not declared, or not known yet. */
export interface DeclaredMaterial extends Texts, Partial<Record<Switch, boolean | undefined>> {
  /** An instant as text, or "never". Goes before a rolling expiry, should there be both. */
  readonly expirationTime?: string | undefined;
  /** A duration, as the next two. */
  readonly validFor?: string | undefined;
  readonly renewBefore?: string | undefined;
}

export interface DeclaredKey {
  readonly alias?: string | undefined;
  readonly description?: string | undefined;
  readonly keySpec?: string | undefined;
  readonly keyUsage?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly cancelPendingDeletion?: boolean | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * @param ours whether the material was imported by us. Of other material the expiry is kept if none
 *   is declared; of ours that means never
 * @throws ByokError ERR_ARGUMENT for what `faultsOf` finds in an expiry or a duration
 */
export function wishOf(
  declared: DeclaredMaterial,
  ours: boolean,
  words: Spelling = plainSpelling,
): Wish {
  const { expirationTime, warnBefore = defaultWarnBefore } = declared;
  return {
    expiration:
      expirationTime === undefined
        ? (rollingOf(declared, words) ?? (ours ? fixed(undefined) : keep))
        : fixed(parseExpirationTime(expirationTime, words)),
    warnBeforeMs: parseDuration(warnBefore, words.name('warnBefore')),
    pin: declared.fingerprint,
    ...switchesOf(declared),
  };
}

/**
 * The wish by which a key is judged as it is: the expiry that it has counts, declared or not, and
 * so does its material. That the declaration may want another is for a review to say.
 */
export function wishToJudge(
  { expirationTime: _, fingerprint: __, ...declared }: DeclaredMaterial,
  words: Spelling,
): Wish {
  return wishOf(declared, false, words);
}

/** Each as declared, or its default. */
export function switchesOf(declared: Partial<Record<Switch, boolean | undefined>>): Switches {
  return Object.fromEntries(
    switches.map((name) => [name, declared[name] ?? switchDefaults[name]]),
  ) as Switches;
}

/** @throws ByokError ERR_ARGUMENT when one of the pair is no duration */
export function rollingOf(
  { validFor, renewBefore }: Pick<DeclaredMaterial, 'validFor' | 'renewBefore'>,
  { name }: Spelling = plainSpelling,
): Rolling | undefined {
  return validFor === undefined || renewBefore === undefined
    ? undefined
    : {
        kind: 'rolling',
        validFor,
        renewBefore,
        validForMs: parseDuration(validFor, name('validFor')),
        renewBeforeMs: parseDuration(renewBefore, name('renewBefore')),
      };
}

/**
 * @param hadTags whether tags were declared before: if they are not any more, they are taken away
 */
export function keyWishOf(declared: DeclaredKey, hadTags: boolean): KeyWish {
  const { alias = '', description = '', keySpec = defaultKeySpec, keyUsage, enabled } = declared;
  return {
    alias,
    description,
    keySpec,
    keyUsage,
    enabled,
    cancelPendingDeletion: declared.cancelPendingDeletion ?? false,
    tags: declared.tags ?? (hadTags ? {} : undefined),
  };
}
