/**
 * Converts numbers between Terraform (512-bit decimals) and JavaScript (doubles).
 * The same 0.1 comes as text from a configuration and as a float from a state;
 * large integers come as uint64 or text.
 * We refuse a number that a double cannot hold exactly, and never round it.
 */

/**
 * @returns the number, or why a double cannot hold it; the reason does not show the value,
 * which may be sensitive
 */
export function decodeNumber(raw: unknown): number | { readonly problem: string } {
  const number =
    typeof raw === 'string' ? Number(raw) : typeof raw === 'bigint' ? Number(raw) : raw;
  if (typeof number !== 'number' || Number.isNaN(number) || raw === '') {
    return { problem: 'must be a number' };
  }
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) {
    return {
      problem: `is too large: numbers between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER} are held exactly`,
    };
  }
  if (typeof raw === 'string' && digitsOf(raw) !== digitsOf(String(number))) {
    return { problem: 'has too many digits to be held exactly: round it to 15 significant digits' };
  }
  return number;
}

/**
 * Returns decimal text. Terraform would read the binary expansion of a float,
 * and see a change from the 0.1 in the configuration.
 * It also keeps an integer less precisely than the one in its state file,
 * which Terraform before 1.15 takes for a change outside.
 * @returns undefined if the number is not exact
 */
export function encodeNumber(number: number): string | undefined {
  return Number.isSafeInteger(number) || (Number.isFinite(number) && !Number.isInteger(number))
    ? String(number)
    : undefined;
}

/** Significant digits, without sign, point, exponent and surrounding zeros. */
function digitsOf(text: string): string {
  const [mantissa = ''] = text.toLowerCase().split('e');
  return mantissa.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '');
}
