/**
 * One page of all keys: one file without a script, which asks for nothing, for screens, screen
 * readers and paper.
 */
import { formatInstant } from '../../terms/expiration-time';
import { dayOf } from './key-words';
import { markup, markupOfSentence } from './markup';
import { countsOf, type KeyLine, nameOf, type Overview, placeOf } from './overview';
import { pageStyle } from './style';
import { groupSvg, groupsOf } from './timeline-svg';
import { toDoOf } from './to-do';

/** The table has them all. */
const mostToDo = 100;

export function pageHtmlOf(overview: Overview): string {
  return `${[
    '<!DOCTYPE html>',
    '<html lang="en" xmlns="http://www.w3.org/1999/xhtml">',
    '<head>',
    '<meta charset="utf-8"/>',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    '<meta name="robots" content="noindex"/>',
    '<meta name="referrer" content="no-referrer"/>',
    '<title>Key material</title>',
    `<style>${pageStyle}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...header(overview),
    ...toDo(overview),
    ...timeline(overview),
    ...table(overview),
    '</main>',
    '</body>',
    '</html>',
  ].join('\n')}\n`;
}

function header(overview: Overview): string[] {
  const counts = countsOf(overview).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    '<h1>Key material</h1>',
    `<p class="soft">as of ${minuteOf(formatInstant(overview.now))}</p>`,
    `<p><strong>${counts.length === 0 ? 'no imported key material' : counts.join(' · ')}</strong></p>`,
    ...overview.sources
      .filter(({ outdated }) => outdated)
      .map(
        ({ source, asOf }) =>
          `<p class="bad">${markup(source)}: not looked at since ${minuteOf(asOf)}</p>`,
      ),
  ];
}

function toDo(overview: Overview): string[] {
  const all = toDoOf(overview);
  const shown = all.slice(0, mostToDo);
  const rows = shown.map(
    ({ day, key, what }) =>
      `<tr><td>${day}</td><th scope="row">${markup(nameOf(key))}</th><td>${markup(placeOf(key))}</td><td>${markupOfSentence(what)}</td></tr>`,
  );
  return [
    '<h2>To do</h2>',
    ...(rows.length === 0
      ? ['<p>Nothing in the next 120 days.</p>']
      : tableOf('What to do, by day', ['Day', 'Key', 'Place', 'What'], rows)),
    ...(all.length > shown.length
      ? [`<p>And ${all.length - shown.length} more, in the table of all keys.</p>`]
      : []),
  ];
}

/** Groups with something to say are open. */
function timeline(overview: Overview): string[] {
  const groups = groupsOf(overview);
  return [
    ...(groups.length === 0 ? [] : ['<h2>Timeline</h2>']),
    ...groups.flatMap(([place, keys], index) => {
      const open = keys.some(({ verdict }) => verdict !== 'fine') || groups.length === 1;
      const fine = keys.every(({ verdict }) => verdict === 'fine') ? ' fine' : '';
      return [
        `<details${open ? ' open="open"' : ''}><summary>${markup(place)} (${keys.length}${fine})</summary>`,
        '<div class="wide">',
        groupSvg(keys, overview, `g${index}`),
        '</div></details>',
      ];
    }),
  ];
}

const columns: readonly [string, (key: KeyLine) => string | null][] = [
  ['Place', placeOf],
  ['Verdict', ({ verdict }) => verdict],
  ['Status', ({ material_status: status }) => status],
  ['Until', ({ expiration_time: time }) => time && (time === 'never' ? time : dayOf(time))],
  ['Days', ({ days_left: days }) => (days === null ? null : String(days))],
  ['Renewal', renewalOf],
  ['Pinned', ({ pinned }) => (pinned === null ? null : pinned ? 'yes' : 'no')],
  ['Last import', ({ imported_at: at }) => at && dayOf(at)],
  ['Address', ({ address }) => address],
  ['Key id', ({ key_id: id }) => id],
];

function table({ keys }: Overview): string[] {
  const rows = keys.map(
    (key) =>
      `<tr><th scope="row">${markup(nameOf(key))}</th>${columns.map(([, cell]) => `<td>${markup(cell(key) ?? '–')}</td>`).join('')}</tr>`,
  );
  return rows.length === 0
    ? []
    : [
        '<h2>All keys</h2>',
        ...tableOf(
          'Days are those of the last look at the key',
          ['Key', ...columns.map(([name]) => name)],
          rows,
        ),
      ];
}

function renewalOf({ renewal, renews_at: at }: KeyLine): string | null {
  return at === null ? renewal : `from ${dayOf(at)}`;
}

function tableOf(
  caption: string,
  heads: readonly string[],
  rows: readonly string[],
): readonly string[] {
  return [
    `<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>`,
    `<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...rows,
    '</tbody></table></div>',
  ];
}

function minuteOf(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}
