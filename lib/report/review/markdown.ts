/**
 * Text from plans, made fit for a comment of GitHub or GitLab: it is shown as it is, and never
 * becomes a link, an image, HTML, a mention, a reference or a marker. Names and values stand in
 * code, whose text no forge looks at; sentences keep plain words, and put all else in code, too.
 */
import { oneLine } from '../../printable';

/** Longer ones are cut: an alias has 255 characters at most, an address any number. */
const longestCode = 200;

/** @param inTable cells end at a bar, also inside code */
export function code(text: string, { inTable = false } = {}): string {
  const shown = oneLine(cut(text.trim(), longestCode)).replace(/ +/g, ' ');
  const content = shown === '' ? '(empty)' : shown;
  const longestRun = Math.max(0, ...(content.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longestRun + 1);
  const pad = /^`|`$/.test(content) ? ' ' : '';
  const span = `${fence}${pad}${content}${pad}${fence}`;
  return inTable ? span.replaceAll('|', '\\|') : span;
}

/**
 * A word that no forge makes anything of. Hex digits may be a commit, colons an emoji, and letters
 * with a number an issue, also behind a quote inside of the word.
 */
const plainWord =
  /^(?!www\.)(?!.*[a-z]\d*-\d)(?!.*:[a-z_+-]+:)(?!.*[0-9a-f]{7})[("']*[a-z0-9][\w.,:;'"()=-]*$/i;

/** A sentence from a plan. */
export function prose(text: string, { inTable = false, longest = 600 } = {}): string {
  const words = oneLine(cut(text.trim(), longest)).trim().split(/\s+/);
  return words
    .map((word) =>
      word === '=' || plainWord.test(word) ? word.replaceAll('_', '\\_') : code(word, { inTable }),
    )
    .join(' ');
}

/** Inside an HTML block, where Markdown is not read. */
export function htmlCode(text: string): string {
  const escaped = oneLine(cut(text, longestCode)).replace(
    /[&<>"'`]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
  return `<code>${escaped}</code>`;
}

/** @param rows as `rowOfCells` makes them; if there are several stacks, theirs is the last cell */
export function table(
  columns: readonly string[],
  withStack: boolean,
  rows: readonly string[],
): string {
  const header = [...columns, ...(withStack ? ['stack'] : [])];
  return [rowOfCells(header), `|${' --- |'.repeat(header.length)}`, ...rows].join('\n');
}

/** @param cells fit for a table */
export function rowOfCells(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export type MarkerName = 'byok-review' | 'byok-report';

/** A comment that no reader sees, and by which ours is found. One line of JSON. */
export function marker(content: object, name: MarkerName = 'byok-review'): string {
  return `<!-- ${name} ${markerJson(content)} -->`;
}

/** Two hyphens could end the comment, and a bracket could begin another. In ASCII alone. */
export function markerJson(content: object): string {
  return JSON.stringify(content).replace(
    /-(?=-)|[<>]|[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @returns the content of the marker that the text begins with; undefined if there is none */
export function markerIn(text: string, name: MarkerName = 'byok-review'): unknown {
  const [, json] = new RegExp(`^<!-- ${name} (\\{.*\\}) -->`).exec(text) ?? [];
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}

function cut(text: string, longest: number): string {
  // Not in the middle of a character of two halves.
  const characters = [...text.slice(0, 2 * longest)];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text;
}
