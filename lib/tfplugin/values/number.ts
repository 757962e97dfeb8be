/**
 * Numbers between Terraform (512-bit decimals) and JavaScript (doubles). The same 0.1 arrives as text from a configuration and as a
 * float from a state, large integers as uint64 or text; what a double cannot hold exactly is refused, never rounded.
 */

/** @returns the number, or why it cannot be held; the value itself stays out of the words, it may be sensitive */
export function decodeNumber(raw: unknown): number | { readonly problem: string } {
  const number = typeof raw === 'string' ? Number(raw) : typeof raw === 'bigint' ? Number(raw) : raw;
  if (typeof number !== 'number' || Number.isNaN(number) || raw === '') {
    return { problem: 'must be a number' };
  }
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) {
    return { problem: `is too large: numbers between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER} are held exactly` };
  }
  if (typeof raw === 'string' && digitsOf(raw) !== digitsOf(String(number))) {
    return { problem: 'has too many digits to be held exactly: round it to 15 significant digits' };
  }
  return number;
}

/**
 * As decimal text. Terraform would read a float's binary expansion, and see a change from the 0.1 that is written in the configuration; and it
 * keeps an integer less precisely than the one in its state file, which Terraform before 1.15 takes for a change made outside.
 * @returns undefined when it cannot be held exactly
 */
export function encodeNumber(number: number): string | undefined {
  return Number.isSafeInteger(number) || (Number.isFinite(number) && !Number.isInteger(number)) ? String(number) : undefined;
}

/** Significant digits, without sign, point, exponent and the zeros around. */
function digitsOf(text: string): string {
  const [mantissa = ''] = text.toLowerCase().split('e');
  return mantissa.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '');
}
