/**
 * What a rolling expiry may be, decided here for everybody who is told one: provider, constructs, command line and the handler of AWS. Each of
 * them asks before anything is deleted: what the KMS would refuse must not be found out when the material is gone.
 */
import { ByokError } from '../errors';
import { parseDuration } from './duration';

/** The longest validity: the KMS takes no expiry that lies much further ahead. */
export const longestValidFor = '36500d';

const longestValidForMs = parseDuration(longestValidFor, 'longestValidFor');

/** Durations as they are written; undefined stands for what is not given, or not known yet. */
export interface RollingTexts {
  readonly validFor?: string | undefined;
  readonly renewBefore?: string | undefined;
}

/** The same, as written and in milliseconds. */
export interface RollingExpiration {
  readonly validFor: string;
  readonly renewBefore: string;
  readonly validForMs: number;
  readonly renewBeforeMs: number;
}

/** What messages call the two, and what would renew each time under a window that is always open. */
export interface RollingSpelling {
  readonly validFor: string;
  readonly renewBefore: string;
  readonly occasion: string;
}

/** One ERR_ARGUMENT per fault, with the attribute as it is spelt; what is not known is let through. */
export function faultsOfRolling({ validFor, renewBefore }: RollingTexts, spelling: RollingSpelling): ByokError[] {
  const faults = [...faultsOfValidity(validFor, spelling.validFor), ...faultsOfDuration(renewBefore, spelling.renewBefore)];
  if (faults.length > 0 || validFor === undefined || renewBefore === undefined) {
    return faults;
  }
  return parseDuration(renewBefore, spelling.renewBefore) < parseDuration(validFor, spelling.validFor)
    ? []
    : [
        fault(
          `${spelling.renewBefore} is "${renewBefore}", which is not shorter than ${spelling.validFor} "${validFor}", so every ${spelling.occasion} would renew; give a shorter one`,
          spelling.renewBefore,
        ),
      ];
}

/** @throws ByokError ERR_ARGUMENT, the first of the faults */
export function parseRolling(window: Required<{ [Name in keyof RollingTexts]: string }>, spelling: RollingSpelling): RollingExpiration {
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
  return faults.length > 0 || validFor === undefined || parseDuration(validFor, name) <= longestValidForMs
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
