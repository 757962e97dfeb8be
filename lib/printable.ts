/**
 * What others wrote, made fit to be printed: answers of a KMS, states, plans and names of files may
 * hold what steers a terminal, turns text around, begins a line of its own, or is a command to the
 * CI system whose log it ends in. Such characters are shown as escapes, never left out: two names
 * that differ stay different.
 */
import { isIPv6 } from 'node:net';

/**
 * Control, format, unassigned and private characters, halves of pairs, whatever has no width, and
 * the two other line breaks of Unicode.
 */
const unprintable = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line, in which nothing is a command to a terminal or a CI system. */
export function oneLine(text: string): string {
  return withoutCommands(
    text.replace(unprintable, (character) => named[character] ?? escaped(character)),
  );
}

/** Text whose line breaks are ours; everything else in it is taken as `oneLine` takes it. */
export function ownLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/** JSON that holds the values as they are, and prints as harmlessly as `oneLine`. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent)
    .split('\n')
    .map((line) =>
      line
        .replace(unprintable, escaped)
        .replace(colonPair, '\\u003a')
        .replace(loggingCommand, '\\u0023'),
    )
    .join('\n');
}

/** True when every character of the text shows, and none of them does anything else. */
export function isPrintable(text: string): boolean {
  return text.search(unprintable) === -1;
}

/** As JSON escapes it. */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

/**
 * GitHub reads `::error::` at the beginning of a line, and the program that wraps the text decides
 * what that is.
 */
const colonPair = /:(?=:)/g;

/**
 * GitHub: `##[error]`, Azure: `##vso[task.…]`, TeamCity: `##teamcity[…]`, partly anywhere in a
 * line.
 */
const loggingCommand = /#(?=#\w*\[)/g;

function withoutCommands(line: string): string {
  return (
    line
      // No longer than an address, or a long word would be searched again from each of its letters.
      .replace(/[\w.:%-]{0,60}::[\w.:%-]{0,60}/g, (word) =>
        isAddress(word) ? word : word.replace(colonPair, ': '),
      )
      .replace(loggingCommand, '# ')
  );
}

/** `::1` and the like are no command, whatever follows them in a sentence. */
function isAddress(word: string): boolean {
  return word !== '::' && (isIPv6(word) || isIPv6(word.replace(/[.:-]$/, '')));
}
