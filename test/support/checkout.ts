/**
 * A folder of its own in which this package can be used as in its checkout: tests run side by side
 * and see what they leave.
 */
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(__dirname, '..', '..');

/** Links into the checkout; searches of the folder do not follow them. */
export const linkedNames: readonly string[] = [
  'dist',
  'lib',
  'node_modules',
  'package.json',
  'tsconfig.json',
];

export function linkedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'byok-checkout-'));
  for (const name of linkedNames) {
    symlinkSync(join(root, name), join(folder, name));
  }
  return folder;
}
