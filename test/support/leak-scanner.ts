/**
 * Searches files and outputs for secrets, in every spelling that a program is likely to write bytes
 * in.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isZip, zipEntries } from './zip-entries';

/** One spelling of one secret. */
export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Something to search in. */
export interface Place {
  readonly name: string;
  readonly content: Buffer;
}

const each = (bytes: Buffer, separator: string, spell: (byte: number) => string) =>
  Array.from(bytes, spell).join(separator);
const hexPair = (byte: number) => byte.toString(16).padStart(2, '0');

/** Base64 without its padding, so that it is found with and without. */
const spellings: Readonly<Record<string, (bytes: Buffer) => string>> = {
  raw: (bytes) => bytes.toString('latin1'),
  hex: (bytes) => bytes.toString('hex'),
  'upper-case hex': (bytes) => bytes.toString('hex').toUpperCase(),
  // <Buffer 0a ff>
  'spaced hex': (bytes) => each(bytes, ' ', hexPair),
  'hex with colons': (bytes) => each(bytes, ':', hexPair),
  // {"type":"Buffer","data":[10,255]}
  'JSON numbers': (bytes) => each(bytes, ',', String),
  // [10 255]
  'Go numbers': (bytes) => each(bytes, ' ', String),
  base64: (bytes) => bytes.toString('base64').replace(/=+$/, ''),
  base64url: (bytes) => bytes.toString('base64url'),
  'percent-encoded base64': (bytes) =>
    encodeURIComponent(bytes.toString('base64').replace(/=+$/, '')),
};

/** @param secret a string stands for its UTF-8 */
export function needlesOf(name: string, secret: Buffer | string): Needle[] {
  const bytes = Buffer.from(secret);
  return Object.entries(spellings).map(([spelling, spell]) => ({
    name: `${name} in ${spelling}`,
    bytes: Buffer.from(spell(bytes), 'latin1'),
  }));
}

/**
 * Every file below the folder, links not followed, entries of zip archives as places of their own.
 */
export function filesBelow(folder: string, except: readonly string[] = []): Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !except.includes(relative(folder, path)))
    .flatMap((path) => unpack({ name: relative(folder, path), content: readFileSync(path) }));
}

function unpack(place: Place): Place[] {
  const entries = isZip(place.content) ? zipEntries(place.content) : [];
  return [
    place,
    ...entries.map(({ name, content }) => ({ name: `${place.name}!${name}`, content })),
  ];
}

/** @returns a line for each place and needle that was found there */
export function findLeaks(places: readonly Place[], needles: readonly Needle[]): string[] {
  return places.flatMap(({ name, content }) => {
    const decoded = Buffer.concat(base64Runs(content));
    return needles
      .filter(({ bytes }) => content.includes(bytes) || decoded.includes(bytes))
      .map((needle) => `${name}: ${needle.name}`);
  });
}

/**
 * What stands in Base64 inside a text, as private state does in a state file. Decoded twice, should
 * it be nested.
 */
function base64Runs(content: Buffer, depth = 2): Buffer[] {
  if (depth === 0) {
    return [];
  }
  return (content.toString('latin1').match(/[A-Za-z0-9+/_-]{24,}/g) ?? []).flatMap((run) => {
    const bytes = Buffer.from(run, 'base64');
    // A zero byte between them, so that two neighbours do not make up a find.
    return [bytes, Buffer.alloc(1), ...base64Runs(bytes, depth - 1)];
  });
}
