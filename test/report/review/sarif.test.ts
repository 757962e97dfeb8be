/** Findings in SARIF against the schema of that format, which a package of its makers carries. */
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { effectNames } from '../../../lib/report/review/effects';
import { toCodeQuality } from '../../../lib/report/review/gitlab-reports';
import type { KeyReview } from '../../../lib/report/review/key-review';
import { reviewOf } from '../../../lib/report/review/review';
import { toSarif } from '../../../lib/report/review/sarif';

const file = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
// Of draft 4, which differs in nothing that this schema uses but the name of its own id.
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
// One of its patterns is none under the flag u.
const ajv = new Ajv({ strict: false, unicodeRegExp: false });
ajv.addFormat('uri', (text: string) => URL.canParse(text));
ajv.addFormat('uri-reference', (text: string) => /^[!#-;=?-Z_a-z~%]+$/.test(text));
ajv.addFormat('date-time', true);
const isValid = ajv.compile(schema);

const stack = {
  name: 'prod',
  status: 'planned',
  unchanged: 0,
  hooks: 0,
  modules: 0,
  judged: 1,
} as const;

function key(name: string, effects: KeyReview['effects']): KeyReview {
  return {
    stack: 'prod',
    name,
    key_id: null,
    addresses: [`byok_key_material.${name}`],
    path: null,
    effects,
    expiration_before: null,
    expiration_after: null,
    pin: 'none',
    fingerprint: null,
    fingerprint_before: null,
    source: null,
    used_by: [],
    found_changed: false,
  };
}

/** Every effect, and a policy with an error and a warning. */
function everything(reason: string, name = 'orders') {
  const effects = effectNames.map((effect) => ({ effect, address: name, reason, days: null }));
  const result = {
    stack: 'prod',
    key: name,
    address: name,
    rule: 'requirePin',
    message: reason,
  } as const;
  return reviewOf(
    [stack],
    [key(name, effects)],
    [
      { ...result, level: 'error' },
      { ...result, rule: 'maximumValidity', level: 'warning' },
    ],
  );
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

function read(sarif: string) {
  const log = JSON.parse(sarif);
  isValid(log);
  expect(isValid.errors).toBeNull();
  const [{ tool, results }] = log.runs;
  return { rules: tool.driver.rules as { id: string }[], results: results as Result[] };
}

test('each finding has its rule, level and fingerprint, the same each time', () => {
  const sarif = toSarif(everything('why'), 'lib/my keys.ts');
  const { rules, results } = read(sarif);
  const named = ['maximumValidity', 'requirePin'].map((rule) => `policy/${rule}`);
  expect(rules.map(({ id }) => id)).toEqual(
    ['destroy', 'drift', 'outage', ...named, 'refused', 'unpinned'].map((name) => `byok/${name}`),
  );
  expect(new Set(rules.map(({ id }) => id))).toEqual(new Set(results.map(({ ruleId }) => ruleId)));
  for (const { ruleId, ruleIndex } of results) {
    expect(rules[ruleIndex]?.id).toBe(ruleId);
  }
  const levelOf = (id: string) => results.find(({ ruleId }) => ruleId === `byok/${id}`)?.level;
  expect(
    ['destroy', 'policy/requirePin', 'policy/maximumValidity', 'unpinned', 'drift'].map(levelOf),
  ).toEqual(['error', 'error', 'warning', 'warning', 'note']);
  const prints = results.map(({ partialFingerprints }) => partialFingerprints['effect/v1']);
  expect(new Set(prints).size).toBe(prints.length);
  expect(sarif).toContain('"uri": "lib/my%20keys.ts"');
  // Another reason, such as a date in it, is the same finding.
  const again = read(toSarif(everything('another'), 'lib/my keys.ts')).results;
  expect(again.map(({ partialFingerprints }) => partialFingerprints['effect/v1'])).toEqual(prints);
});

test('nothing to find is a valid file, too', () => {
  expect(isValid({ version: '2.1.0' })).toBe(false);
  expect(read(toSarif(reviewOf([stack], [], []), 'main.ts'))).toEqual({ rules: [], results: [] });
});

test('the file prints as harmlessly as a log, and an address in it stays what it is', () => {
  const address = 'a["\u202e\u200b\u2028##[error]::warning::x"]';
  const review = everything('why', address);
  for (const written of [toSarif(review, 'main.ts'), toCodeQuality(review, 'main.ts')]) {
    expect(written).not.toMatch(/[\u202e\u200b\u2028]|##\[|::/);
  }
  const [{ results }] = JSON.parse(toSarif(review, 'main.ts')).runs;
  expect(results[0].locations[0].logicalLocations[0].fullyQualifiedName).toBe(address);
});

test.each(['[click](https://evil.example)', '{0}', '\\[x](1)', 'line\nbreak \u202e', '"]}'])(
  'what a plan says is neither a link nor a placeholder: %j',
  (text) => {
    const { results } = read(toSarif(everything(text, text), 'main.ts'));
    for (const { message } of results) {
      expect(message.text.replace(/\\[\\[\]]|\{\{|\}\}/g, '')).not.toMatch(/[[\]{}\n\u202e]/);
    }
  },
);
