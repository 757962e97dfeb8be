/** `keys | 1 missing`: the worst that there is to say, for a README or a dashboard. */
import { headlineOf } from './key-words';
import { type KeyLine, type Overview, verdictOf } from './overview';

/** White text is readable on all of them. */
const colours: Readonly<Record<KeyLine['verdict'], string>> = {
  missing: '#b00020',
  unknown: '#5a5a5a',
  expiring: '#9a4b00',
  unverified: '#7a5c00',
  scheduled: '#5a5a5a',
  fine: '#1a6b2f',
};

/** Of Verdana at 11 pixels; `textLength` makes any other font fit. */
const characterWidth = 6.6;

export function badgeSvgOf(overview: Overview): string {
  const verdict = verdictOf(overview);
  const text = headlineOf(overview);
  const [left, right] = [widthOf('keys'), widthOf(text)];
  const label = (word: string, x: number, width: number) =>
    `<text x="${x + 5}" y="14" textLength="${width - 10}">${word}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="keys: ${text}">`,
    `<title>keys: ${text}</title>`,
    `<path d="M0 0h${left}v20h-${left}z" fill="#3d3d3d"/><path d="M${left} 0h${right}v20h-${right}z" fill="${colours[verdict]}"/>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${label('keys', 0, left)}${label(text, left, right)}</g>`,
    '</svg>\n',
  ].join('\n');
}

function widthOf(text: string): number {
  return Math.round(text.length * characterWidth) + 10;
}
