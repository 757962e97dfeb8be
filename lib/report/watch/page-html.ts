/**
 * One page of all keys: one file without a script, which asks for nothing, for screens, screen
 * readers and paper. What is to be done comes first.
 */
import { formatInstant } from '../../terms/expiration-time';
import { headlineOf } from './key-words';
import { markup, markupOfSentence } from './markup';
import { countsOf, type KeyLine, nameOf, type Overview, placeOf } from './overview';
import { cardStyle, keysSection, tableSection } from './page-table';
import { timelineSection } from './page-timeline';
import { pageStyle } from './style';
import { type ToDo, toDoOf } from './to-do';

/** Of what is due now, and of what comes. The table has all keys. */
const mostToDo = 50;

/** The table of sources has them all. */
const mostNotices = 5;

type IdOf = (key: KeyLine) => string;

export function pageHtmlOf(overview: Overview): string {
  const ids = new Map(overview.keys.map((key, index) => [key, `k${index}`]));
  const idOf: IdOf = (key) => ids.get(key) ?? '';
  const link: IdOf = (key) => `#${idOf(key)}`;
  return `${[
    '<!DOCTYPE html>',
    '<html lang="en" xmlns="http://www.w3.org/1999/xhtml">',
    '<head>',
    '<meta charset="utf-8"/>',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    '<meta name="robots" content="noindex"/>',
    '<meta name="referrer" content="no-referrer"/>',
    `<title>Key material: ${headlineOf(overview)}</title>`,
    `<style>${pageStyle}${cardStyle}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...header(overview),
    ...toDoSection(overview, link),
    ...timelineSection(overview, link),
    ...keysSection(overview, idOf),
    ...sourcesSection(overview),
    '</main>',
    '</body>',
    '</html>',
  ].join('\n')}\n`;
}

function header(overview: Overview): string[] {
  const { keys, now, sources } = overview;
  const places = new Set(keys.map(placeOf)).size;
  const found =
    keys.length === 0
      ? 'no imported key material was found'
      : `${counted(keys.length, 'key')} in ${counted(places, 'place')}`;
  const outdated = sources.filter((source) => source.outdated);
  const more = outdated.length - mostNotices;
  return [
    '<h1>Key material</h1>',
    `<p class="soft">As of ${minuteOf(formatInstant(now))}: ${found}</p>`,
    ...(keys.length === 0 ? [] : [counts(overview)]),
    ...outdated
      .slice(0, mostNotices)
      .map(
        ({ source, asOf }) =>
          `<p class="notice unknown"><b>${markup(source)}</b>: not looked at since ${minuteOf(asOf)}</p>`,
      ),
    ...(more > 0
      ? [`<p>And ${counted(more, 'source')} more, in the table of what was looked at.</p>`]
      : []),
  ];
}

function counts(overview: Overview): string {
  const tiles = countsOf(overview).map(
    ([verdict, count]) => `<li class="${verdict}"><b>${count}</b> ${verdict}</li>`,
  );
  return `<ul class="counts">${tiles.join('')}</ul>`;
}

function toDoSection(overview: Overview, link: IdOf): string[] {
  const all = toDoOf(overview);
  const isNow = ({ day }: ToDo) => day === 'now';
  return [
    '<h2>To do</h2>',
    ...(all.length === 0 ? ['<p>Nothing in the next 120 days.</p>'] : []),
    ...toDoList('Now', all.filter(isNow), link),
    ...toDoList(
      'In the next 120 days',
      all.filter((one) => !isNow(one)),
      link,
    ),
  ];
}

function toDoList(heading: string, all: readonly ToDo[], link: IdOf): string[] {
  const items = all.slice(0, mostToDo).map(({ day, key, what }) => {
    const first =
      day === 'now'
        ? `<span><span class="verdict ${key.verdict}">${key.verdict}</span></span>`
        : `<span class="day">${day}</span>`;
    return `<li>${first} <span><a href="${link(key)}"><b>${markup(nameOf(key))}</b></a> <small>${markup(placeOf(key))}</small></span> <span class="what">${markupOfSentence(what)}</span></li>`;
  });
  const more = all.length - items.length;
  return items.length === 0
    ? []
    : [
        `<h3>${heading} <small>${all.length}</small></h3>`,
        '<ul class="to-do">',
        ...items,
        '</ul>',
        ...(more > 0 ? [`<p>And ${more} more, in the table of all keys.</p>`] : []),
      ];
}

/** So that a source that is not there at all is missed. */
function sourcesSection({ sources }: Overview): string[] {
  const rows = sources.map(
    ({ source, asOf, keys, outdated }) =>
      `<tr><th scope="row">${markup(source)}</th><td>${minuteOf(asOf)}${outdated ? ' <span class="verdict unknown">too old</span>' : ''}</td><td>${keys}</td></tr>`,
  );
  return tableSection({
    id: 'sources',
    name: 'What was looked at',
    caption: 'A key may be in several sources.',
    heads: ['Source', 'Last look', 'Keys'],
    bodies: ['<tbody>', ...rows, '</tbody>'],
  });
}

function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

function minuteOf(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}
