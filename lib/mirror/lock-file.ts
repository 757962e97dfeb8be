/**
 * Terraform's dependency lock file, `.terraform.lock.hcl`:
 * adds the entry of our provider and touches no other.
 * If the entry exists before the first init, cdktf skips `terraform providers lock`,
 * which would ask a registry that does not exist.
 *
 * Terraform accepts a package that matches any of the hashes, so our hash must be the only one.
 */
import { sourceAddress } from '../schema/provider';
import { providerBlocksOf } from './lock-file-blocks';

export interface LockEntry {
  readonly version: string;
  /** Package hash with its prefix `h1:`. */
  readonly h1: string;
}

/** The header that Terraform itself writes, so that init finds nothing to change. */
const header = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;

/**
 * @param existing text of the present lock file, undefined if there is none
 * @returns the text with exactly our entry in it and every other byte unchanged;
 * the same text if nothing has to change
 */
export function lockFileWith(existing: string | undefined, entry: LockEntry): string {
  if (existing === undefined || existing.trim() === '') {
    return `${header}\n${render(entry)}`;
  }
  const [ours, ...repeated] = providerBlocksOf(existing).filter(
    ({ address }) => address.toLowerCase() === sourceAddress,
  );
  if (ours === undefined) {
    return `${existing.trimEnd()}\n\n${render(entry)}`;
  }
  const present = existing.slice(ours.start, ours.end);
  const wanted = isExactly(present, entry) ? present : render(entry).trimEnd();
  // Terraform refuses a second entry for the same provider.
  const behind = repeated
    .reduceRight((text, { start, end }) => text.slice(0, start) + text.slice(end), existing)
    .slice(ours.end);
  return existing.slice(0, ours.start) + wanted + behind;
}

function render({ version, h1 }: LockEntry): string {
  return `provider "${sourceAddress}" {
  version     = "${version}"
  constraints = "${version}"
  hashes = [
    "${h1}",
  ]
}
`;
}

/**
 * Whether the block has Terraform's own order and nothing else, not even a comment.
 * Its constraints come from the configuration and bind nothing.
 */
function isExactly(block: string, { version, h1 }: LockEntry): boolean {
  const line = (name: string, value: string) => `\\s*${name}\\s*=\\s*${value}[ \\t]*\\r?\\n`;
  const text = (value: string) => `"${value.replace(/[.+]/g, '\\$&')}"`;
  const body = [
    line('version', text(version)),
    `(?:${line('constraints', '"[\\w .,<>=~!-]*"')})?`,
    line('hashes', `\\[\\s*${text(h1)}\\s*,?\\s*\\]`),
  ];
  return new RegExp(
    `^provider[ \\t]+${text(sourceAddress)}[ \\t]*\\{[ \\t]*\\r?\\n${body.join('')}\\s*\\}$`,
  ).test(block);
}
