/**
 * Rules for a rolling expiry, in one place for the provider, the constructs,
 * the command line and the AWS handler.
 * Each of them checks before it deletes anything. If the KMS refused the expiry only afterwards,
 * the material would already be gone.
 */
import { ByokError } from '../errors';
import { parseDuration } from './duration';

/** The longest validity. The KMS accepts no expiry that lies much further ahead. */
export const longestValidFor = '36500d';

const longestValidForMs = parseDuration(longestValidFor, 'longestValidFor');

/** Durations as the user wrote them. Undefined means not given, or not known yet. */
export interface RollingTexts {
  readonly validFor?: string | undefined;
  readonly renewBefore?: string | undefined;
}

/** The same durations, as text and in milliseconds. */
export interface RollingExpiration {
  readonly validFor: string;
  readonly renewBefore: string;
  readonly validForMs: number;
  readonly renewBeforeMs: number;
}

/**
 * What messages call the two attributes,
 * and what would renew every time if the window were always open.
 */
export interface RollingSpelling {
  readonly validFor: string;
  readonly renewBefore: string;
  readonly occasion: string;
}

/**
 * One ERR_ARGUMENT for each fault,
 * with the attribute in the caller's spelling. Unknown values pass.
 */
export function faultsOfRolling(
  { validFor, renewBefore }: RollingTexts,
  spelling: RollingSpelling,
): ByokError[] {
  const faults = [
    ...faultsOfValidity(validFor, spelling.validFor),
    ...faultsOfDuration(renewBefore, spelling.renewBefore),
  ];
  if (faults.length > 0 || validFor === undefined || renewBefore === undefined) {
    return faults;
  }
  return parseDuration(renewBefore, spelling.renewBefore) <
    parseDuration(validFor, spelling.validFor)
    ? []
    : [
        fault(
          `${spelling.renewBefore} is "${renewBefore}", which is not shorter than ` +
            `${spelling.validFor} "${validFor}", so every ${spelling.occasion} would renew; ` +
            'give a shorter one',
          spelling.renewBefore,
        ),
      ];
}

/** @throws ByokError ERR_ARGUMENT with the first fault */
export function parseRolling(
  window: Required<{ [Name in keyof RollingTexts]: string }>,
  spelling: RollingSpelling,
): RollingExpiration {
  const [found] = faultsOfRolling(window, spelling);
  if (found !== undefined) {
    throw found;
  }
  const { validFor, renewBefore } = window;
  return {
    validFor,
    renewBefore,
    validForMs: parseDuration(validFor, spelling.validFor),
    renewBeforeMs: parseDuration(renewBefore, spelling.renewBefore),
  };
}

function faultsOfValidity(validFor: string | undefined, name: string): ByokError[] {
  const faults = faultsOfDuration(validFor, name);
  return faults.length > 0 ||
    validFor === undefined ||
    parseDuration(validFor, name) <= longestValidForMs
    ? faults
    : [fault(`${name} is "${validFor}"; allowed are up to ${longestValidFor}`, name)];
}

function faultsOfDuration(text: string | undefined, name: string): ByokError[] {
  try {
    text === undefined || parseDuration(text, name);
    return [];
  } catch (error) {
    if (error instanceof ByokError) {
      return [error];
    }
    throw error;
  }
}

function fault(message: string, attribute: string): ByokError {
  return new ByokError('ERR_ARGUMENT', message, { attribute });
}
