/**
 * One issue that says which keys need something now. Its text is brought up to date in silence; a
 * comment, which notifies people, is written only when there is something new; it is closed when all
 * is fine. What was told is kept in its marker, so no file has to survive from one run to the next.
 * Pure.
 */

import { isRecord } from '../../json';
import { formatInstant } from '../../terms/expiration-time';
import { code, marker, markerIn, markerJson, prose, rowOfCells, table } from '../review/markdown';
import { countsOf, nameOf, type Overview } from './overview';
import { asTold, type Reminded, toldOf } from './reminded';
import { byUrgency, type Reminder, remindersOf, type Threshold } from './reminders';

/** An issue of ours, as the forge has it. */
export interface Issue {
  readonly number: number;
  readonly body: string;
  readonly isOpen: boolean;
}

export interface IssueOptions {
  /** Which of several issues. */
  readonly id: string;
  /** Where the run is that looked. */
  readonly url?: string | undefined;
}

/** What to do, in this order: a run that breaks off tells the same again, and never nothing. */
export type IssueStep =
  | { readonly step: 'create'; readonly title: string; readonly body: string }
  | { readonly step: 'comment'; readonly body: string }
  | { readonly step: 'update'; readonly body: string; readonly state?: 'open' | 'closed' };

export interface IssueTurn {
  readonly steps: readonly IssueStep[];
  readonly reminders: readonly Reminder[];
  /** For the log. */
  readonly said: string;
}

export function isIssueOf(id: string, body: string): boolean {
  return contentOf(body)?.id === id;
}

/** @param issue that was found; undefined if there never was one */
export function issueTurn(
  issue: Issue | undefined,
  overview: Overview,
  thresholds: readonly Threshold[],
  options: IssueOptions,
): IssueTurn {
  const before = contentOf(issue?.body ?? '');
  // If a person changed the marker, everything is told once more: an alarm is not lost to that.
  const told: Reminded = toldOf(before?.told) ?? new Map();
  const { reminders, reminded } = remindersOf(overview, thresholds, told);
  if (String(before?.at ?? '') > formatInstant(overview.now)) {
    return {
      steps: [],
      reminders: [],
      said: 'a newer run has written the issue, so it was left alone',
    };
  }
  const standing = remindersOf(overview, thresholds, new Map()).reminders;
  const needs = standing.length > 0;
  const body = bodyOf(overview, standing, reminded, options);
  if (issue === undefined) {
    return needs
      ? {
          steps: [{ step: 'create', title: titleOf(options), body }],
          reminders,
          said: 'an issue was opened',
        }
      : { steps: [], reminders, said: 'no key needs anything, and there is no issue' };
  }
  const hasNews = reminders.length > 0;
  if (!needs && !hasNews && !issue.isOpen) {
    return { steps: [], reminders, said: 'no key needs anything, and the issue is closed' };
  }
  // A person who closes it has seen it: it stays closed until there is something new.
  const state = needs ? (hasNews && !issue.isOpen ? 'open' : undefined) : 'closed';
  const steps: IssueStep[] = [
    ...(hasNews ? [{ step: 'comment', body: commentOf(reminders) } as const] : []),
    { step: 'update', body, ...(state === undefined ? {} : { state }) },
  ];
  const said =
    state === undefined ? 'brought up to date' : state === 'open' ? 'opened again' : 'closed';
  return { steps, reminders, said: `the issue was ${said}` };
}

/** It stays the same: mail programs sort by it. */
function titleOf({ id }: IssueOptions): string {
  return `Key material needs attention${id === defaultIssueId ? '' : ` (${id})`}`;
}

const defaultIssueId = 'keys';

const markerName = 'byok-report';

function contentOf(body: string): Readonly<Record<string, unknown>> | undefined {
  const content = markerIn(body, markerName);
  return isRecord(content) && content.v === 1 ? content : undefined;
}

/** In bytes, well below what forges accept; half of it at most is the marker. */
const longest = 60_000;

function bodyOf(
  overview: Overview,
  standing: readonly Reminder[],
  reminded: Reminded,
  { id, url }: IssueOptions,
): string {
  const told = asTold(firstThatFit(reminded));
  const head = marker({ v: 1, id, at: formatInstant(overview.now), told }, markerName);
  const rows = [...standing].sort(byUrgency).map(rowOf);
  const whys = [...standing].sort(byUrgency).flatMap((one) => whyOf(one, overview));
  const foot = footOf(overview, url);
  const room = longest - Buffer.byteLength(`${head}${foot}`) - 1000;
  const shownRows = fitting(rows, room);
  const shownWhys = fitting(whys, room - Buffer.byteLength(shownRows.join('\n')));
  const left = rows.length - shownRows.length;
  return `${[
    head,
    `## Key material: ${headingOf(standing)}`,
    ...(rows.length === 0 ? [] : [table(['key', 'place', 'what is wrong'], false, shownRows)]),
    ...(left === 0 ? [] : [`${left} more have no row here, for want of room.`]),
    ...(shownWhys.length === 0 ? [] : [shownWhys.join('\n')]),
    foot,
  ].join('\n\n')}\n`;
}

function headingOf(standing: readonly Reminder[]): string {
  return standing.length === 0
    ? 'all is fine'
    : `${standing.length} ${standing.length === 1 ? 'needs' : 'need'} something`;
}

function rowOf({ name, place, text }: Reminder): string {
  const where = place === null ? '–' : code(place, { inTable: true });
  return rowOfCells([code(name, { inTable: true }), where, text]);
}

/** What the check said, for those that a sentence is known of. */
function whyOf(reminder: Reminder, { keys }: Overview): readonly string[] {
  const key = keys.find((one) => one.key_id === reminder.key_id && nameOf(one) === reminder.name);
  return key?.reason == null ? [] : [`- ${code(reminder.name)}: ${prose(key.reason)}`];
}

function footOf(overview: Overview, url: string | undefined): string {
  const counts = countsOf(overview).map(([verdict, count]) => `${count} ${verdict}`);
  const parts = [
    'byok report',
    `looked at ${formatInstant(overview.now)}`,
    ...(counts.length === 0 ? ['no keys'] : counts),
    ...(url === undefined ? [] : [`[run](${encodeURI(url)})`]),
  ];
  return `This issue is kept up to date, and closed when all is fine. If you close it, it stays closed until there is something new.\n\n<sub>${parts.join(' · ')}</sub>`;
}

function commentOf(reminders: readonly Reminder[]): string {
  const lines = [...reminders].sort(byUrgency).map(({ name, place, text }) => {
    const where = place === null ? '' : ` (${code(place)})`;
    return `- ${code(name)}${where} ${text}`;
  });
  const shown = fitting(lines, longest);
  const left = lines.length - shown.length;
  return [...shown, ...(left === 0 ? [] : [`- and ${left} more`])].join('\n');
}

function fitting(lines: readonly string[], room: number): readonly string[] {
  let used = 0;
  return lines.filter((line) => {
    used += Buffer.byteLength(line) + 1;
    return used <= room;
  });
}

/** What does not fit is told once more by the next run. */
function firstThatFit(reminded: Reminded): Reminded {
  const sizeOf = (entry: readonly unknown[]) => markerJson(entry).length * 2;
  let used = 0;
  return new Map(
    [...reminded].filter((entry) => {
      used += sizeOf(entry);
      return used <= longest;
    }),
  );
}
