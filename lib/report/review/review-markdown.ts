/**
 * A review as the comment of a pull request. What cannot be undone comes first, and is the last to
 * go when the comment would be too long. The same review always gives the same bytes.
 */
import { headingOf, newsOfPolicy, unplannedNote } from './heading';
import type { KeyReview } from './key-review';
import { code, htmlCode, marker, prose, rowOfCells, table } from './markdown';
import { type PolicyRow, type PolicyRows, policyBlocks, policyRowOf } from './policy-markdown';
import type { PolicyResult } from './policy-review';
import type { Review } from './review';
import {
  detailsOf,
  isNew,
  type Line,
  outOfService,
  pinNote,
  rankOf,
  shortFingerprint,
  whatHappens,
} from './words';

export interface MarkdownOptions {
  /** In UTF-8 bytes. */
  readonly limit: number;
  /** Markdown of our own at the end; trusted. */
  readonly note?: string | undefined;
  /** What the marker holds. */
  readonly marker?: object | undefined;
  /** The commit that was planned, and where the whole report is. */
  readonly commit?: string | undefined;
  readonly url?: string | undefined;
}

export interface Rendered {
  readonly text: string;
  /** Keys that stop working and are not named: there was no room. */
  readonly unnamed: number;
}

/** Up to which rank keys have details, and a row in the table. */
interface Room {
  readonly details: number;
  readonly rows: number;
  /** Whether those without a row are named, if they stop working. */
  readonly names: boolean;
  readonly policy: PolicyRows;
}

const least: Room = { details: 0, rows: 0, names: false, policy: 'none' };

/** From all to nothing. */
const rooms: readonly Room[] = [
  ...[6, 5, 4, 3, 2, 1, 0].map(
    (details): Room => ({ details, rows: 6, names: true, policy: 'all' }),
  ),
  ...[6, 5, 4, 3, 2, 1].map((rows): Room => ({ ...least, rows, names: true, policy: 'errors' })),
  ...[1, 0].map((rows) => ({ ...least, rows, names: true })),
  least,
];

export function toMarkdown(review: Review, options: MarkdownOptions): Rendered {
  // Thousands of keys are tried in more than one room.
  const withStack = review.stacks.length > 1;
  const parts = {
    fold: remembered(fold),
    row: remembered(rowOf(withStack)),
    policyRow: remembered(policyRowOf(withStack)),
    told: newsOfPolicy(review),
  };
  for (const room of rooms) {
    const text = render(review, options, room, parts);
    if (Buffer.byteLength(text) <= options.limit) {
      const hidden = review.keys.filter((key) => rankOf(key) === 1 && !room.names);
      return { text, unnamed: hidden.length };
    }
  }
  return {
    text: `## ${headingOf(review)}\n`,
    unnamed: review.keys.filter((key) => rankOf(key) === 1).length,
  };
}

interface Parts {
  readonly fold: (key: KeyReview) => string;
  readonly row: (key: KeyReview) => string;
  readonly policyRow: PolicyRow;
  readonly told: readonly PolicyResult[];
}

function remembered<T>(make: (subject: T) => string): (subject: T) => string {
  const made = new Map<T, string>();
  return (subject) => {
    const text = made.get(subject) ?? make(subject);
    made.set(subject, text);
    return text;
  };
}

function render(
  review: Review,
  options: MarkdownOptions,
  { details, rows, names, policy }: Room,
  parts: Parts,
): string {
  const { keys, stacks } = review;
  const inTable = keys.filter((key) => rankOf(key) <= rows);
  const others = keys.filter((key) => rankOf(key) > rows);
  const [worst, lesser] = [others.filter(isWorst), others.filter((key) => !isWorst(key))];
  const hooks = stacks.reduce((sum, stack) => sum + stack.hooks, 0);
  const unplanned = unplannedNote(review);
  const failed = stacks.filter(({ status }) => status === 'failed');
  const blocks = [
    ...(options.marker === undefined ? [] : [marker(options.marker)]),
    `## ${headingOf(review)}`,
    ...failed.map(
      ({ name }) =>
        `The plan of stack ${code(name)} failed for reasons that are not about keys; its log tells them.`,
    ),
    ...(unplanned.length === 0 ? [] : [inMarkdown(unplanned)]),
    ...(stacks.every(({ status }) => status === 'refused')
      ? []
      : caution(keys.filter(isWorst), names)),
    ...(inTable.length === 0 ? [] : [table(columns, stacks.length > 1, inTable.map(parts.row))]),
    ...(worst.length === 0
      ? []
      : [
          names
            ? `Without a row, for want of room: ${worst.map(({ name }) => code(name)).join(', ')}`
            : `**${worst.length} keys stop working or are refused, and there is no room to name them.**`,
        ]),
    ...(lesser.length === 0 ? [] : [leftOut(`${lesser.length} more keys`)]),
    ...policyBlocks(review, parts.told, policy, parts.policyRow),
    ...keys.filter((key) => rankOf(key) <= details).map(parts.fold),
    ...(details < 6 && keys.some((key) => rankOf(key) > details && rankOf(key) <= rows)
      ? [leftOut('Details of some keys')]
      : []),
    ...(hooks === 0
      ? []
      : [
          `${hooks} ${hooks === 1 ? 'key is' : 'keys are'} kept by hooks: a plan does not look at them; see \`byok check --live\`.`,
        ]),
    ...(options.note === undefined ? [] : [options.note.trim()]),
    footer(review, options),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function isWorst(key: KeyReview): boolean {
  return rankOf(key) === 1;
}

function leftOut(what: string): string {
  return `${what} are left out, for want of room; the JSON of this review has them all.`;
}

function caution(keys: readonly KeyReview[], names: boolean): readonly string[] {
  const stopping = keys.filter(({ effects }) =>
    effects.every(({ effect }) => effect !== 'refused'),
  );
  const [first, second] = stopping;
  if (first === undefined || !names) {
    return [];
  }
  const said =
    second === undefined
      ? `**${code(first.name)} stops encrypting and decrypting at apply.** Reverting this change does not bring it back by itself.`
      : `**${stopping.length} keys stop encrypting and decrypting at apply.** Reverting this change does not bring them back by itself.`;
  return [`> [!CAUTION]\n> ${said}`];
}

const columns = ['key', 'what happens', 'out of service', 'material until', 'pinned'];

function rowOf(withStack: boolean): (key: KeyReview) => string {
  return (key) => {
    const happens = rankOf(key) === 1 ? `**${whatHappens(key)}**` : whatHappens(key);
    return rowOfCells([
      code(key.name, { inTable: true }),
      `${happens}${isNew(key) && [2, 3].includes(rankOf(key)) ? ', new key' : ''}`,
      outOfService(key),
      until(key),
      pinned(key),
      ...(withStack ? [code(key.stack, { inTable: true })] : []),
    ]);
  };
}

function until({ expiration_before: before, expiration_after: after, pin }: KeyReview): string {
  const shown = (value: string | null) => (value === null ? '–' : code(value, { inTable: true }));
  if (pin === null) {
    return '–';
  }
  return before === null || before === after ? shown(after) : `${shown(before)} → ${shown(after)}`;
}

function pinned(key: KeyReview): string {
  if (key.pin === null) {
    return '–';
  }
  if (key.pin === 'none') {
    return '**no**';
  }
  const fingerprint =
    key.fingerprint === null
      ? 'known after apply'
      : code(shortFingerprint(key.fingerprint), { inTable: true });
  return `${fingerprint}, ${pinNote(key)}`;
}

function fold(key: KeyReview): string {
  const lines = detailsOf(key).map((line) => `- ${inMarkdown(line)}`);
  return [
    `<details><summary>${htmlCode(key.name)}: ${whatHappens(key)}</summary>`,
    '',
    ...lines,
    '',
    '</details>',
  ].join('\n');
}

function inMarkdown(line: Line): string {
  return line
    .map((part) =>
      typeof part === 'string' ? part : 'name' in part ? code(part.name) : prose(part.sentence),
    )
    .join('');
}

function footer({ stacks, digest }: Review, { commit, url }: MarkdownOptions): string {
  const parts = [
    'byok review',
    ...(commit === undefined ? [] : [`commit ${code(commit.slice(0, 8))}`]),
    `${stacks.length === 1 ? 'stack' : 'stacks'} ${stacks.map(({ name }) => code(name)).join(', ')}`,
    `effects ${code(shortFingerprint(digest))}`,
    ...(url === undefined ? [] : [`[whole report](${encodeURI(url)})`]),
  ];
  return `<sub>${parts.join(' · ')}</sub>`;
}
