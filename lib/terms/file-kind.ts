/** What lies at a path, in words for messages. */
import type { Stats } from 'node:fs';

const kinds = [
  ['isDirectory', 'a folder'],
  ['isFIFO', 'a pipe'],
  ['isSocket', 'a socket'],
  ['isCharacterDevice', 'a device'],
  ['isBlockDevice', 'a device'],
] as const satisfies readonly (readonly [keyof Stats, string])[];

/** @returns for example "a folder" */
export function kindOf(stats: Stats): string {
  const [, kind] = kinds.find(([is]) => stats[is]()) ?? ['', 'something else'];
  return kind;
}
