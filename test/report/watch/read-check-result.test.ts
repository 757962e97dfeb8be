import { checkSchema } from '../../../lib/report/watch/check-result';
import { readCheckResult } from '../../../lib/report/watch/read-check-result';
import { dayMs, everyKindOfKey, liveResult, now } from './results';

const result = liveResult(everyKindOfKey());
const text = JSON.stringify(result);
const read = (content: string, at = now) => readCheckResult(content, 'the result "c.json"', at);

test('reads what a check wrote, with names that it does not know', () => {
  expect(read(text)).toEqual(JSON.parse(text));
  expect(read(JSON.stringify({ ...result, more: 1 }))).toMatchObject({ more: 1 });
});

const changed = (more: object) => JSON.stringify({ ...result, ...more });
const [first] = result.findings;
const withFinding = (more: object) => changed({ findings: [first, { ...first, ...more }] });

test.each([
  ['nothing', ' \n', 'is empty, as after a check that failed; run that check again'],
  ['what is cut off', text.slice(0, -10), 'is no JSON, or is cut off; give what'],
  ['a list', '[]', 'is no JSON object; give what'],
  ['a number', '0', 'is no JSON object; give what'],
  ['a state', '{"version":4,"resources":[]}', 'is a state; give it to "byok check --state"'],
  ['a shown state', '{"format_version":"1.0","values":{}}', 'is a state; give it to'],
  ['a plan', '{"format_version":"1.2","resource_changes":[]}', 'is a plan; give it to'],
  ['an error', '{"error":{"code":"ERR_KMS"}}', 'is the error of a check that failed; run that'],
  ['what older ones wrote', changed({ schema: undefined }), 'was written by an older byok; run'],
  [
    'a later version',
    changed({ schema: 'byok-check/2' }),
    `is of the form byok-check/2, and this byok reads ${checkSchema}; use the same version`,
  ],
  ['another JSON', changed({ schema: 'x'.repeat(99) }), 'is the JSON of something else; give'],
  ['an empty object', '{}', 'is no result of byok check: it lacks "schema"; give what'],
  ['no source', changed({ sources: [] }), 'sources has a value that is not allowed there; give'],
  [
    'a verdict of its own',
    withFinding({ verdict: 'good' }),
    'no result of byok check: findings[1].verdict has a value',
  ],
  ['no verdict', withFinding({ verdict: undefined }), 'findings[1] lacks "verdict"; give'],
  [
    'a day that is none',
    withFinding({ deletion_date: '2026-02-30T00:00:00Z' }),
    'findings[1].deletion_date has a value that is not allowed there',
  ],
  [
    'findings of which one was lost',
    changed({ findings: result.findings.slice(1) }),
    'is not complete: sources[0].keys is',
  ],
  [
    'an expiry that is a number',
    withFinding({ expiration_time: 1_782_777_600 }),
    'findings[1].expiration_time has a value that is not allowed there',
  ],
])('refuses %s', (_name, content, message) => {
  expect(() => read(content)).toThrow(
    expect.objectContaining({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining(message),
    }),
  );
});

test('no message shows what the file holds', () => {
  for (const content of [
    withFinding({ verdict: 's3cret' }),
    changed({ schema: 's3cret' }),
    's3cret',
  ]) {
    expect(() => read(content)).toThrow(expect.not.stringContaining('s3cret'));
  }
});

test('a result from the future would never become old', () => {
  const early = new Date(now.getTime() - dayMs);
  expect(() => read(text, early)).toThrow(
    'the result "c.json" is of 2026-03-02T06:00:00Z, and here it is 2026-03-01T06:00:00Z',
  );
  expect(read(text, new Date(now.getTime() - 60_000))).toBeDefined();
});

test('cut anywhere, it is refused', () => {
  const small = JSON.stringify(liveResult([{}]));
  for (let length = 0; length < small.length; length += 1) {
    expect(() => read(small.slice(0, length))).toThrow();
  }
});
