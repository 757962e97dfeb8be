/** What is done to the issue, day by day, and what stands in it. */
import MarkdownIt from 'markdown-it';
import type { Finding } from '../../../lib/report/material-finding';
import { type Issue, isIssueOf, issueTurn } from '../../../lib/report/watch/issue';
import { thresholdsOf } from '../../../lib/report/watch/reminders';
import { dayMs, hostileNames, liveResult, now, overviewAt } from './results';

const thresholds = thresholdsOf('30d,7d', (text) => text);
const options = { id: 'keys' };
const on = (day: number) => new Date(now.getTime() + day * dayMs);

interface Kept extends Issue {
  readonly comments: readonly string[];
}

/** Does what the turn says, as a forge does. */
function after(issue: Kept | undefined, day: number, keys: readonly Partial<Finding>[]) {
  const overview = overviewAt(on(day), liveResult(keys, on(day)));
  const { steps, said } = issueTurn(issue, overview, thresholds, options);
  let kept = issue;
  for (const step of steps) {
    if (step.step === 'create') {
      kept = { number: 1, body: step.body, isOpen: true, comments: [] };
    } else if (kept !== undefined && step.step === 'comment') {
      kept = { ...kept, comments: [...kept.comments, step.body] };
    } else if (kept !== undefined && step.step === 'update') {
      const isOpen = step.state === undefined ? kept.isOpen : step.state === 'open';
      kept = { ...kept, body: step.body, isOpen };
    }
  }
  return { kept, steps: steps.map(({ step }) => step).join(), said };
}

const missing = { alias: 'orders', verdict: 'missing', reason: 'the key holds nothing' } as const;

/** The steps of each day. */
function played(days: readonly (readonly [number, readonly Partial<Finding>[], boolean?])[]) {
  let kept: Kept | undefined;
  return days.map(([day, keys, closedByHand = false]) => {
    if (kept !== undefined && closedByHand) {
      kept = { ...kept, isOpen: false };
    }
    const turn = after(kept, day, keys);
    kept = turn.kept;
    return [day, turn.steps, kept?.isOpen ?? null];
  });
}

test('is opened once, edited in silence, repeated every week, and closed when all is fine', () => {
  expect(
    played([
      [0, [{}]],
      [1, [missing]],
      [2, [missing]],
      [8, [missing]],
      [9, [{}]],
      [10, [{}]],
      [11, [missing]],
    ]),
  ).toEqual([
    [0, '', null],
    [1, 'create', true],
    [2, 'update', true],
    [8, 'comment,update', true],
    [9, 'comment,update', false],
    [10, '', false],
    [11, 'comment,update', true],
  ]);
});

test('a person who closes it is left alone until there is something new', () => {
  const other = { key_id: 'b', alias: 'cards', verdict: 'missing' } as const;
  expect(
    played([
      [0, [missing]],
      [1, [missing], true],
      [2, [missing, other]],
    ]),
  ).toEqual([
    [0, 'create', true],
    [1, 'update', false],
    [2, 'comment,update', true],
  ]);
});

test('says what is wrong with which key, why, and where it was looked', () => {
  const scheduled = { verdict: 'scheduled', deletion_date: '2026-03-09T00:00:00Z' } as const;
  const keys = [missing, { key_id: 'b', alias: 'old', ...scheduled }, { key_id: 'c' }];
  const overview = overviewAt(now, liveResult(keys));
  const url = 'https://github.com/acme/keys/actions/runs/1';
  const { steps } = issueTurn(undefined, overview, thresholds, { ...options, url });
  const [create] = steps;
  expect(create).toMatchObject({ step: 'create', title: 'Key material needs attention' });
  expect(create?.body.split('\n').slice(2)).toEqual([
    '## Key material: 2 need something',
    '',
    '| key | place | what is wrong |',
    '| --- | --- | --- |',
    '| `orders` | `otc / eu-de / prod` | has no usable material |',
    '| `old` | `otc / eu-de / prod` | is deleted on 2026-03-09, unless that is cancelled |',
    '',
    '- `orders`: the key holds nothing',
    '',
    'This issue is kept up to date, and closed when all is fine. If you close it, it stays closed until there is something new.',
    '',
    `<sub>byok report · looked at 2026-03-02T06:00:00Z · 1 missing · 1 scheduled · 1 fine · [run](${url})</sub>`,
    '',
  ]);
});

test('is found by its marker and name, and an older run changes nothing', () => {
  const { kept } = after(undefined, 5, [missing]);
  expect(isIssueOf('keys', kept?.body ?? '')).toBe(true);
  expect(isIssueOf('prod', kept?.body ?? '')).toBe(false);
  expect(isIssueOf('keys', 'see <!-- byok-report {"v":1,"id":"keys"} -->')).toBe(false);
  expect(after(kept, 4, [{}])).toMatchObject({ steps: '', kept });
});

test('tells everything once more if a person changed what it keeps', () => {
  const { kept } = after(undefined, 0, [missing]);
  const body = kept?.body.replace(/"told":\{.*\}\}/, '"told":"x"}') ?? '';
  expect(body).toContain('"told":"x"}');
  expect(after({ number: 1, isOpen: true, comments: [], body }, 1, [missing]).steps).toBe(
    'comment,update',
  );
});

test.each(hostileNames)('a name is a name and nothing else, in text and comment (%#)', (alias) => {
  const keys = [{ ...missing, alias, reason: alias }];
  const { kept } = after(undefined, 0, keys);
  const told = after(kept, 7, keys).kept;
  const parser = new MarkdownIt({ html: true, linkify: true });
  for (const text of [told?.body ?? '', ...(told?.comments ?? [])]) {
    const tokens = parser.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
    const kinds = new Set(tokens.map(({ type }) => type));
    expect(['link_open', 'image'].filter((kind) => kinds.has(kind))).toEqual([]);
    const html = tokens.filter(({ type }) => type.startsWith('html_'));
    expect(
      html.filter(({ content }) => !/^(<!-- byok-report .* -->\s*|<\/?sub>)$/.test(content)),
    ).toEqual([]);
  }
  expect(told?.comments).toHaveLength(1);
});

test.each(['é', '<', '-'])('names that a marker has to escape take no more room: %s', (letter) => {
  const keys = Array.from({ length: 400 }, (_, at) => ({
    ...missing,
    key_id: `${letter.repeat(150)}${at}`,
  }));
  const { kept } = after(undefined, 1, keys);
  expect(Buffer.byteLength(kept?.body ?? '')).toBeLessThan(65_000);
});

test('thousands of keys fit, and what is left out is told', () => {
  const keys = Array.from({ length: 3000 }, (_, index) => ({
    ...missing,
    key_id: `0d0466b0-e727-4d9c-b35d-${String(index).padStart(12, '0')}`,
    alias: `orders-${index}`,
  }));
  const { kept } = after(undefined, 0, keys);
  expect(Buffer.byteLength(kept?.body ?? '')).toBeLessThan(65_000);
  expect(kept?.body).toMatch(/## Key material: 3000 need something/);
  expect(kept?.body).toMatch(/\n\d+ more have no row here, for want of room\.\n/);
  const told = after(kept, 7, keys).kept;
  expect(Buffer.byteLength(told?.comments[0] ?? '')).toBeLessThan(65_000);
  expect(told?.comments[0]).toMatch(/\n- and \d+ more$/);
});
