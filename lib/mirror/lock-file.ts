/**
 * Terraform's dependency lock file, `.terraform.lock.hcl`: puts the entry of our provider in and touches no other. Seeded
 * before the first init, it spares cdktf's `terraform providers lock`, which would ask a registry that does not exist.
 */
import { sourceAddress } from '../schema/provider';

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
 * @returns the text with our entry in it; the very same text when that locks this version and hash already
 */
export function lockFileWith(existing: string | undefined, entry: LockEntry): string {
  if (existing === undefined || existing.trim() === '') {
    return `${header}\n${render(entry)}`;
  }
  const span = findEntry(existing);
  if (span === undefined) {
    return `${existing.trimEnd()}\n\n${render(entry)}`;
  }
  if (locks(existing.slice(span.start, span.end), entry)) {
    return existing;
  }
  return existing.slice(0, span.start) + render(entry).trimEnd() + existing.slice(span.end);
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

function locks(block: string, { version, h1 }: LockEntry): boolean {
  return /^\s*version\s*=\s*"([^"]*)"/m.exec(block)?.[1] === version && block.includes(`"${h1}"`);
}

/** From the word `provider` to behind the closing brace. */
function findEntry(text: string): { start: number; end: number } | undefined {
  const address = sourceAddress.replaceAll('.', '\\.');
  const opening = new RegExp(`^[ \\t]*provider[ \\t]+"${address}"[ \\t]*\\{`, 'm').exec(text);
  if (opening === null) {
    return undefined;
  }
  // Braces within quotes or comments are skipped as part of their token.
  const tokens = /"(?:[^"\\\n]|\\.)*"|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}]/g;
  tokens.lastIndex = opening.index + opening[0].length;
  let depth = 1;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    depth += token[0] === '{' ? 1 : token[0] === '}' ? -1 : 0;
    if (depth === 0) {
      return { start: opening.index, end: tokens.lastIndex };
    }
  }
  return { start: opening.index, end: text.length };
}
