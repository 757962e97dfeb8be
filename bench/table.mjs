/** The figures as text for a terminal. */

/**
 * @param figures `{ figure, unit, measured, min, max, goal, atLeast, met }`; the goal is an upper
 *   bound unless `atLeast`; `measured` and `met` null: not measured on this machine; no `goal`:
 *   told, not judged
 * @param times milliseconds by name
 */
export function table(figures, times) {
  const rows = [['figure', 'measured', 'min … max', 'goal', 'met'], ...figures.map(figureRow)];
  const timeRows = [['milliseconds', 'median', 'min … max'], ...Object.entries(times).map(timeRow)];
  return `\n${columns(rows)}\n\n${columns(timeRows)}\n\n${verdict(figures)}\n`;
}

function figureRow({ figure, unit, measured, min, max, goal, atLeast, met }) {
  const range = min === undefined ? '' : `${number(min, unit)} … ${number(max, unit)}`;
  if (goal === undefined) {
    return [figure, `${number(measured, unit)} ${unit}`, range, '', ''];
  }
  const goalText = `${atLeast ? '≥' : '≤'} ${goal} ${unit}`;
  return measured === null
    ? [figure, 'not measured', range, goalText, '-']
    : [figure, `${number(measured, unit)} ${unit}`, range, goalText, met ? 'yes' : 'NO'];
}

function timeRow([name, { median, min, max }]) {
  return [name, median.toFixed(0), `${min.toFixed(0)} … ${max.toFixed(0)}`];
}

function number(value, unit) {
  return value.toFixed(unit === '×' ? 2 : unit !== 'calls' ? 1 : Number.isInteger(value) ? 0 : 2);
}

function verdict(figures) {
  const missed = figures.filter(({ met }) => met === false).map(({ figure }) => figure);
  const unknown = figures.filter(({ met }) => met === null).map(({ figure }) => figure);
  const lines = [
    missed.length === 0 ? 'Every goal that was measured is met.' : `MISSED: ${missed.join('; ')}.`,
    ...(unknown.length === 0
      ? []
      : [`Not measured on ${process.platform}: ${unknown.join('; ')}.`]),
  ];
  return lines.join('\n');
}

function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
