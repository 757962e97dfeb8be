/** The timeline as a drawing of its own, for pages of others. */
import { dayOf, fateOf, namesOf } from './key-words';
import { markup, markupOfSentence } from './markup';
import { countsOf, type KeyLine, nameOf, type Overview } from './overview';
import { drawingStyle } from './style';
import { groupsOf, timelineOf } from './timeline';
import { axisOf, legendOf, legendWidth, pixels, shapesOf } from './timeline-shapes';

const margin = 16;
const rowHeight = 22;
const labelWidth = 220;
const chartWidth = 520;
const fateWidth = 260;
const axisHeight = 36;
const legendHeight = 30;
/** Of one meaning in the legend, by its letters. */
const letterWidth = 6.4;

/** Names are cut by characters first, then by what room is there. */
const labelLength = 34;

type Row = KeyLine | { readonly heading: string };

export function timelineSvgOf(overview: Overview): string {
  const rows = groupsOf(overview).flatMap(([place, keys]): Row[] => [{ heading: place }, ...keys]);
  const width = labelWidth + chartWidth + fateWidth + 2 * margin;
  const bottom = axisHeight + Math.max(1, rows.length) * rowHeight;
  const height = bottom + legendHeight + 2 * margin;
  const timeline = timelineOf(overview, chartWidth);
  const count = overview.keys.length;
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" role="img" aria-labelledby="timeline-title timeline-desc" class="timeline">`,
    `<title id="timeline-title">Timeline of the material of ${count} ${count === 1 ? 'key' : 'keys'}</title>`,
    `<desc id="timeline-desc">${description(overview)}</desc>`,
    `<style>${drawingStyle}</style>`,
    // Without a style, as in some viewers, a background is a shape.
    `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" class="ground"/>`,
    `<g class="axis">${axisOf(timeline, pixels(labelWidth, 12), String(bottom))}</g>`,
    ...rows.map((row, index) => {
      const y = axisHeight + index * rowHeight;
      return 'heading' in row
        ? `<text x="0" y="${y + 16}" class="heading">${markup(row.heading)}</text>`
        : [
            `<svg class="label" y="${y}" width="${labelWidth - 10}" height="${rowHeight}"><text y="15">${markup(nameOf(row), labelLength)}</text></svg>`,
            shapesOf(row, timeline, pixels(labelWidth, y + 5)),
            `<text x="${labelWidth + chartWidth + 20}" y="${y + 15}"${row.verdict === 'fine' ? '' : ` class="verdict-text ${row.verdict}"`}>${markup(fateOf(row))}</text>`,
          ].join('');
    }),
    ...legend(bottom + 18),
    '</svg>',
  ].join('\n')}\n`;
}

/** The same in words, as far as a sentence goes. */
function description(overview: Overview): string {
  const verdicts = countsOf(overview)
    .filter(([verdict]) => verdict !== 'fine')
    .map(
      ([verdict]) =>
        `${verdict}: ${namesOf(overview.keys.filter((key) => key.verdict === verdict))}`,
    );
  const today = dayOf(overview.now.toISOString());
  return markupOfSentence(
    `A bar for each key, from the import of its material to its end; today is ${today}. ${
      verdicts.length === 0 ? 'All are fine' : verdicts.join('; ')
    }.`,
  );
}

function legend(y: number): string[] {
  let left = 0;
  return legendOf(0, 0).map(([, meaning], index) => {
    const [shape] = legendOf(left, y)[index] ?? [''];
    const text = left + legendWidth + 8;
    left = Math.round(text + meaning.length * letterWidth + 24);
    return `${shape}<text x="${text}" y="${y + 9}" class="small">${meaning}</text>`;
  });
}
