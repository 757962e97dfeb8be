/**
 * Names and sentences that others wrote, before a format escapes them in its own way: on one line,
 * with nothing that steers, and not endless.
 */
import { oneLine } from '../../printable';

const most = 200;

/** For names. @param length in characters, as they are shown */
export function shortText(text: string, length = most): string {
  return cut(oneLine(text), length);
}

/** For reasons, which are sentences. */
export function sentence(text: string): string {
  return cut(oneLine(text), 5 * most);
}

function cut(text: string, length: number): string {
  const characters = text.length > length ? Array.from(text) : [];
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}
