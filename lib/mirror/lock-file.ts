/**
 * Terraform's dependency lock file, `.terraform.lock.hcl`: puts the entry of our provider in and touches no other. Seeded
 * before the first init, it spares cdktf's `terraform providers lock`, which would ask a registry that does not exist.
 *
 * Terraform takes a package that any of the hashes fits: so ours must be the only one.
 */
import { sourceAddress } from '../schema/provider';
import { providerBlocksOf } from './lock-file-blocks';

export interface LockEntry {
  readonly version: string;
  /** Package hash with its prefix `h1:`. */
  readonly h1: string;
}

/** What Terraform itself writes, so that init finds nothing to change. */
const header = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;

/**
 * @param existing text of the present lock file, undefined when there is none
 * @returns the text with exactly our entry in it, and every other byte as it was; the very same text when that is so already
 */
export function lockFileWith(existing: string | undefined, entry: LockEntry): string {
  if (existing === undefined || existing.trim() === '') {
    return `${header}\n${render(entry)}`;
  }
  const [ours, ...repeated] = providerBlocksOf(existing).filter(({ address }) => address.toLowerCase() === sourceAddress);
  if (ours === undefined) {
    return `${existing.trimEnd()}\n\n${render(entry)}`;
  }
  const present = existing.slice(ours.start, ours.end);
  const wanted = isExactly(present, entry) ? present : render(entry).trimEnd();
  // Terraform refuses a second entry for the same provider.
  const behind = repeated.reduceRight((text, { start, end }) => text.slice(0, start) + text.slice(end), existing).slice(ours.end);
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

/** In Terraform's own order and with nothing else, also no comment. The constraints are those of the configuration, and bind nothing. */
function isExactly(block: string, { version, h1 }: LockEntry): boolean {
  const line = (name: string, value: string) => `\\s*${name}\\s*=\\s*${value}[ \\t]*\\r?\\n`;
  const text = (value: string) => `"${value.replace(/[.+]/g, '\\$&')}"`;
  const body = [
    line('version', text(version)),
    `(?:${line('constraints', '"[\\w .,<>=~!-]*"')})?`,
    line('hashes', `\\[\\s*${text(h1)}\\s*,?\\s*\\]`),
  ];
  return new RegExp(`^provider[ \\t]+${text(sourceAddress)}[ \\t]*\\{[ \\t]*\\r?\\n${body.join('')}\\s*\\}$`).test(block);
}
