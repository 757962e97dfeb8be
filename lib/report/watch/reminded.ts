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
  if (json?.schema !== schema || !isRecord(json.told) || !Object.values(json.told).every(isTold)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is not what this byok wrote there; give another path, or remove it, and everything is told once more`,
    );
  }
  return new Map(Object.entries(json.told as Readonly<Record<string, Told>>));
}

export function writtenReminded(reminded: Reminded): string {
  const told = Object.fromEntries([...reminded].sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ schema, told }, undefined, 2)}\n`;
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
