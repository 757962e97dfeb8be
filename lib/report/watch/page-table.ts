/** All keys as a table, in a group for each place. */
import { dayOf } from './key-words';
import { markup } from './markup';
import { type KeyLine, nameOf, type Overview, placeOf } from './overview';
import { ifNarrow } from './style';

const columns: readonly [string, (key: KeyLine) => string][] = [
  ['Verdict', verdictCell],
  ['Until', untilCell],
  ['Renewal', ({ renewal, renews_at: at }) => (at === null ? (renewal ?? '–') : `from ${day(at)}`)],
  ['Last import', ({ imported_at: at }) => (at === null ? '–' : day(at))],
  ['Pinned', ({ pinned }) => (pinned === null ? '–' : pinned ? 'yes' : 'no')],
  ['Kind', ({ key_spec: spec }) => (spec === null ? '–' : whole(markup(spec)))],
];

/** A narrow window shows each row as a card, and the heads of its cells before them. */
export const cardStyle = ifNarrow(
  columns
    .map(([name], index) => `#keys td:nth-child(${index + 2})::before{content:"${name}"}`)
    .slice(1)
    .join(''),
);

/** @param idOf of the row of a key, which others link to */
export function keysSection({ keys }: Overview, idOf: (key: KeyLine) => string): string[] {
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const place = placeOf(key);
    const rows = groups.get(place) ?? [];
    rows.push(rowOf(key, idOf(key)));
    groups.set(place, rows);
  }
  const bodies = [...groups].map(([place, rows]) =>
    [
      `<tbody><tr class="place"><th scope="rowgroup" colspan="${columns.length + 1}">${markup(place)}</th></tr>`,
      ...rows,
      '</tbody>',
    ].join('\n'),
  );
  return keys.length === 0
    ? []
    : tableSection({
        id: 'keys',
        name: 'All keys',
        caption: 'Days are counted from the last look at a key.',
        heads: ['Key', ...columns.map(([name]) => name)],
        bodies,
      });
}

interface Table {
  readonly id: string;
  readonly name: string;
  readonly caption: string;
  readonly heads: readonly string[];
  readonly bodies: readonly string[];
}

/** Where it is wider than the window, it scrolls by itself, also by keys. */
export function tableSection({ id, name, caption, heads, bodies }: Table): string[] {
  return [
    `<h2>${name}</h2>`,
    `<div class="wide" id="${id}" role="region" aria-label="${name}" tabindex="0"><table><caption>${caption}</caption>`,
    `<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>`,
    ...bodies,
    '</table></div>',
  ];
}

function rowOf(key: KeyLine, id: string): string {
  const name = nameOf(key);
  const others = [key.address, key.key_id].filter((one) => one !== null && one !== name);
  const codes = others.map((one) => `<code>${markup(one ?? '')}</code>`).join('');
  const cells = columns.map(([, cell]) => `<td>${cell(key)}</td>`).join('');
  return `<tr id="${id}"><th scope="row"><b>${markup(name)}</b>${codes}</th>${cells}</tr>`;
}

/** With its reason: of many keys, the list of what to do does not name all. */
function verdictCell(key: KeyLine): string {
  const { verdict, material_status: status } = key;
  const reason = verdict === 'unknown' ? `${key.lastVerdict} on ${dayOf(key.asOf)}` : key.reason;
  const also = status === null || status === 'present' ? '' : `<code>${markup(status)}</code>`;
  const why = verdict === 'fine' || reason === null ? '' : `<small>${markup(reason)}</small>`;
  return `<span class="verdict ${verdict}">${verdict}</span>${also}${why}`;
}

function untilCell(key: KeyLine): string {
  const { expiration_time: time, days_left: days, deletion_date: deletion } = key;
  if (deletion !== null) {
    return `${day(deletion)}<small>with its key</small>`;
  }
  if (time === null || time === 'never') {
    return time === null || key.verdict === 'missing' ? '–' : time;
  }
  const left = days === null ? '' : `<small>${days === 1 ? '1 day' : `${days} days`}</small>`;
  return `${day(time)}${left}`;
}

function day(instant: string): string {
  return whole(dayOf(instant));
}

function whole(text: string): string {
  return `<span class="whole">${text}</span>`;
}
