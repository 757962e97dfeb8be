/** Compares secrets. The time that it takes reveals only whether the lengths differ. */
import { timingSafeEqual } from 'node:crypto';

export function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given, 'utf8'), Buffer.from(expected, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
