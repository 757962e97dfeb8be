/**
 * Detects expiries that a configuration counts from the current time.
 * Each plan computes another such expiry, and each change of an expiry is an outage. Pure.
 */

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** How long a program may have run since it read the clock. */
const patience = 30 * second;

/**
 * Whether an instant lies a whole number of hours ahead of now.
 * A time that a person wrote does not count as such: it ends on a full minute.
 */
export function isWholeHoursAhead(instant: Date, now: Date): boolean {
  const ahead = instant.getTime() - now.getTime();
  return ahead > 0 && instant.getUTCSeconds() !== 0 && (hour - (ahead % hour)) % hour <= patience;
}

/**
 * Whether the expiry moved as far as the clock did since the last import.
 * The previous expiry may have been computed up to an hour before its import,
 * because a plan waits for approval.
 */
export function keepsPace(from: Date, to: Date, importedAt: Date, now: Date): boolean {
  const delay = to.getTime() - from.getTime() - (now.getTime() - importedAt.getTime());
  return delay >= -minute && delay <= hour;
}

/**
 * Whether the expiry keeps pace with the clock and no person wrote it.
 * Times that a person writes fall on full minutes, or lie full minutes apart.
 */
export function movesWithTheClock(from: Date, to: Date, importedAt: Date, now: Date): boolean {
  return (
    to.getUTCSeconds() !== 0 &&
    (to.getTime() - from.getTime()) % minute !== 0 &&
    keepsPace(from, to, importedAt, now)
  );
}
