/**
 * The timeline within a page. Names and fates are text of the page; only the bars are drawn, in
 * percents, so that they are as wide as there is room.
 */
import { fateOf } from './key-words';
import { markup } from './markup';
import { countsOf, type KeyLine, nameOf, type Overview } from './overview';
import { groupsOf, type Timeline, timelineOf } from './timeline';
import { axisOf, legendOf, percents, shapesOf } from './timeline-shapes';

/** Groups with something to say are open. @param link of a key, to its row in the table */
export function timelineSection(overview: Overview, link: (key: KeyLine) => string): string[] {
  const groups = groupsOf(overview);
  if (groups.length === 0) {
    return [];
  }
  const timeline = timelineOf(overview, 100);
  const axis = `<svg class="axis" aria-hidden="true">${axisOf(timeline, { ...percents, top: 12 }, '100%')}</svg>`;
  return [
    '<h2>Timeline</h2>',
    `<p class="legend">${legend()}</p>`,
    ...groups.flatMap(([place, keys]) => {
      const counts = countsOf({ ...overview, keys });
      const open = groups.length === 1 || counts.some(([verdict]) => verdict !== 'fine');
      const said = counts.map(([verdict, count]) => `${count} ${verdict}`).join(' · ');
      return [
        `<details${open ? ' open="open"' : ''}><summary><b>${markup(place)}</b> <small>${said}</small></summary>`,
        `<div class="chart">${axis}<ul>`,
        ...keys.map((key) => rowOf(key, timeline, link(key))),
        '</ul></div></details>',
      ];
    }),
  ];
}

function rowOf(key: KeyLine, timeline: Timeline, href: string): string {
  const fate = key.verdict === 'fine' ? '<span>' : `<span class="verdict-text ${key.verdict}">`;
  return `<li><a href="${href}">${markup(nameOf(key))}</a> <svg aria-hidden="true">${shapesOf(key, timeline, percents)}</svg> ${fate}${markup(fateOf(key))}</span></li>`;
}

function legend(): string {
  return legendOf(1, 3)
    .map(([shape, meaning]) => `<span><svg aria-hidden="true">${shape}</svg> ${meaning}</span>`)
    .join(' ');
}
