/** Comparison of secrets: tells nothing by the time it takes, but for a difference in length. */
import { timingSafeEqual } from 'node:crypto';

export function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given, 'utf8'), Buffer.from(expected, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
