/** The figures as text for a terminal. */
import type { Summary } from './statistics';

export interface Figure {
  readonly figure: string;
  readonly unit: string;
  /** `null`: not measured on this machine. */
  readonly measured: number | null;
  readonly min?: number;
  readonly max?: number;
  /** An upper bound, unless `atLeast`. @default the figure is shown, not judged */
  readonly goal?: number;
  readonly atLeast?: true;
  /** `null`: not measured on this machine. */
  readonly met?: boolean | null;
}

/** Says what is going on. */
export type Tell = (line: string) => void;

/** Milliseconds by name. */
export type Times = Readonly<Record<string, Summary>>;

export function table(figures: readonly Figure[], times: Times): string {
  const rows = [['figure', 'measured', 'min … max', 'goal', 'met'], ...figures.map(figureRow)];
  const timeRows = [['milliseconds', 'median', 'min … max'], ...Object.entries(times).map(timeRow)];
  return `\n${columns(rows)}\n\n${columns(timeRows)}\n\n${verdict(figures)}\n`;
}

function figureRow({ figure, unit, measured, min, max, goal, atLeast, met }: Figure): Row {
  const range =
    min === undefined || max === undefined ? '' : `${number(min, unit)} … ${number(max, unit)}`;
  const value = measured === null ? 'not measured' : `${number(measured, unit)} ${unit}`;
  if (goal === undefined) {
    return [figure, value, range, '', ''];
  }
  const goalText = `${atLeast ? '≥' : '≤'} ${goal} ${unit}`;
  return [figure, value, range, goalText, measured === null ? '-' : met ? 'yes' : 'NO'];
}

function timeRow([name, { median, min, max }]: [string, Summary]): Row {
  return [name, median.toFixed(0), `${min.toFixed(0)} … ${max.toFixed(0)}`];
}

function number(value: number, unit: string): string {
  return value.toFixed(unit === '×' ? 2 : unit !== 'calls' ? 1 : Number.isInteger(value) ? 0 : 2);
}

function verdict(figures: readonly Figure[]): string {
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

type Row = readonly string[];

/** The first row names the columns. */
function columns(rows: readonly Row[]): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
