/**
 * Durations as people write them in configurations:
 * a whole number and a unit, "90s", "10m", "36h", "90d".
 */
import { ByokError } from '../errors';

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * @param attribute the attribute that the error is about
 * @param named what the error calls the attribute
 * @param shown what the error repeats of the text
 * @returns milliseconds
 * @throws ByokError ERR_ARGUMENT when the text is not a duration
 */
export function parseDuration(
  text: string,
  attribute: string,
  named: string = attribute,
  shown = `"${text}"`,
): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const unit = match?.[2] as keyof typeof unitMs | undefined;
  if (match === null || unit === undefined || Number(match[1]) === 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${named} is ${shown}; allowed is a whole number above 0 and a unit (s, m, h or d), for example "10m"`,
      {
        attribute,
      },
    );
  }
  return Number(match[1]) * unitMs[unit];
}

/**
 * How long an operation may take by default.
 * The KMS answers within a second, and a region in trouble within minutes.
 */
export const defaultTimeout = '5m';

export const defaultTimeoutMs = parseDuration(defaultTimeout, 'timeouts');
