/** What was told already, from one run to the next: a small file without secrets. */
import { ByokError } from '../../errors';
import { isRecord, tryParseRecord } from '../../json';
import { formatInstant } from '../../terms/expiration-time';

const schema = 'byok-reminded/1';

/** The last that was told of one key, or of one source. */
export interface Told {
  /** `missing`, `overdue`, `scheduled`, `outdated`, or a duration before the expiry. */
  readonly told: string;
  /** The day that it was about; null if it was about none. */
  readonly expiration: string | null;
  readonly at: string;
}

export type Reminded = ReadonlyMap<string, Told>;

/**
 * @param content undefined before the first run
 * @throws ByokError ERR_ARGUMENT when it is not what we wrote: else all would be told again
 */
export function readReminded(content: string | undefined, place: string): Reminded {
  if (content === undefined) {
    return new Map();
  }
  const json = tryParseRecord(content);
  const told = json?.schema === schema ? toldOf(json.told) : undefined;
  if (told === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is not what this byok wrote there; give another path, or remove it, and everything is told once more`,
    );
  }
  return told;
}

/** @returns undefined if it is not what we wrote */
export function toldOf(value: unknown): Reminded | undefined {
  return isRecord(value) && Object.values(value).every(isTold)
    ? new Map(Object.entries(value as Readonly<Record<string, Told>>))
    : undefined;
}

export function writtenReminded(reminded: Reminded): string {
  return `${JSON.stringify({ schema, told: asTold(reminded) }, undefined, 2)}\n`;
}

/** The same for the same, in whichever order it came about. */
export function asTold(reminded: Reminded): Readonly<Record<string, Told>> {
  return Object.fromEntries([...reminded].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isTold(value: unknown): value is Told {
  return (
    isRecord(value) &&
    typeof value.told === 'string' &&
    (value.expiration === null || typeof value.expiration === 'string') &&
    typeof value.at === 'string' &&
    !Number.isNaN(Date.parse(value.at))
  );
}

export function toldAt(now: Date, told: string, expiration: string | null): Told {
  return { told, expiration, at: formatInstant(now) };
}
