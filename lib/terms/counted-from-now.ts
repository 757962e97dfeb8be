/** Expiries that are counted from the moment at which a program looks: each look finds another one, and each change of it is an outage. Pure. */

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** How long a program may have run since it looked at the clock. */
const patience = 30 * second;

/** Whether an instant lies a whole number of hours ahead of just now, as one that somebody writes down does not: that ends on a full minute. */
export function isWholeHoursAhead(instant: Date, now: Date): boolean {
  const ahead = instant.getTime() - now.getTime();
  return ahead > 0 && instant.getUTCSeconds() !== 0 && (hour - (ahead % hour)) % hour <= patience;
}

/**
 * Whether an expiry moved just as far as time did since the last import. What was counted when that was planned was counted up to an hour before
 * it: somebody had to approve.
 */
export function keepsPace(from: Date, to: Date, importedAt: Date, now: Date): boolean {
  const delay = to.getTime() - from.getTime() - (now.getTime() - importedAt.getTime());
  return delay >= -minute && delay <= hour;
}

/** The same, and it is none that somebody wrote down: those are full minutes, or full minutes apart. */
export function movesWithTheClock(from: Date, to: Date, importedAt: Date, now: Date): boolean {
  return to.getUTCSeconds() !== 0 && (to.getTime() - from.getTime()) % minute !== 0 && keepsPace(from, to, importedAt, now);
}
