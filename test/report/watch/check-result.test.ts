/** The schema is what readers rely on: it knows every word, and what we make satisfies it. */
import Ajv from 'ajv';
import { renewals } from '../../../lib/report/material-finding';
import { exitCodes } from '../../../lib/report/verdict';
import { checkResultOf, checkSchema } from '../../../lib/report/watch/check-result';
import schema from '../../../lib/report/watch/check-result.schema.json';
import { instantFormat } from '../../../lib/terms/expiration-time';
import { materialStatuses } from '../../../lib/terms/material';
import { finding } from '../findings';

const validate = new Ajv({ formats: { instant: instantFormat } }).compile(schema);
const now = new Date('2026-03-02T06:00:00.999Z');
const otc = { cloud: 'otc', region: 'eu-de', project: 'prod' };
const state = 'state "terraform.tfstate"';

const result = checkResultOf(
  [
    { kind: 'live', place: 'live', whereabouts: otc },
    { kind: 'state', place: state, whereabouts: undefined },
  ],
  [finding({}), finding({ verdict: 'missing', place: state }), finding({ place: state })],
  now,
);

test('tells what was looked at, and when', () => {
  expect(result).toMatchObject({
    schema: 'byok-check/1',
    as_of: '2026-03-02T06:00:00Z',
    verdict: 'missing',
    exit_code: 3,
    sources: [
      { source: 'otc/eu-de/prod', kind: 'live', place: 'live', ...otc, keys: 1 },
      { source: state, kind: 'state', place: state, cloud: null, keys: 2 },
    ],
  });
});

test('a place of which only a part is known is called by that part', () => {
  const whereabouts = { cloud: 'huaweicloud', region: undefined, project: '4ec9' };
  const { sources } = checkResultOf([{ kind: 'live', place: 'live', whereabouts }], [], now);
  expect(sources[0]?.source).toBe('huaweicloud/4ec9');
});

test('satisfies the schema', () => {
  expect([validate(result), validate.errors]).toEqual([true, null]);
});

test.each([
  ['without one of its names', ({ as_of: _, ...others }: typeof result) => others],
  ['of another version', (one: typeof result) => ({ ...one, schema: 'byok-check/2' })],
  ['without a source', (one: typeof result) => ({ ...one, sources: [] })],
  ['with a day for an instant', (one: typeof result) => ({ ...one, as_of: '2026-03-02' })],
  [
    'with a finding that lacks a name',
    (one: typeof result) => ({ ...one, findings: [{ ...one.findings[0], pinned: undefined }] }),
  ],
])('a result %s does not', (_name, change) => {
  expect(validate(JSON.parse(JSON.stringify(change(result))))).toBe(false);
});

test('the schema has the words of the tables', () => {
  const { finding: one, verdict } = schema.definitions;
  expect(schema.properties.schema.const).toBe(checkSchema);
  expect([...verdict.enum].sort()).toEqual(Object.keys(exitCodes).sort());
  expect(new Set(schema.properties.exit_code.enum)).toEqual(new Set(Object.values(exitCodes)));
  expect(one.properties.material_status.enum).toEqual([...Object.keys(materialStatuses), null]);
  expect(one.properties.renewal.enum).toEqual([...renewals, null]);
  expect(one.required).toEqual(Object.keys(finding({})));
  expect(Object.keys(one.properties)).toEqual(Object.keys(finding({})));
});
