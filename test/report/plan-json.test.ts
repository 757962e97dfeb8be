import { findingOf } from '../../lib/report/material-finding';
import { materialsInPlan } from '../../lib/report/plan-json';

const now = new Date('2030-01-15T12:00:00Z');

const material = {
  key_id: 'id-1',
  key_state: '2',
  material_status: 'present',
  expiration_time: '2035-01-01T00:00:00Z',
  fingerprint: `sha256:${'a'.repeat(64)}`,
  fingerprint_verified: true,
  import_reason: 'first import into this key',
};

/** What Terraform writes where a value is only known after apply. */
const unknown = { material_status: true, key_state: true, imported_at: true };
const {
  material_status: _,
  key_state: __,
  ...planned
} = { ...material, import_reason: 'the reviewed reason' };

function change(
  before: object | null,
  after: object | null,
  afterUnknown: object = {},
  more: object = {},
): object {
  return {
    address: 'byok_key_material.orders',
    mode: 'managed',
    type: 'byok_key_material',
    name: 'orders',
    change: { actions: ['update'], before, after, after_unknown: afterUnknown },
    ...more,
  };
}

function findings(changes: object[], more: object = {}) {
  const content = JSON.stringify({ format_version: '1.2', resource_changes: changes, ...more });
  return materialsInPlan(content, { place: 'plan "a"', now, warnBeforeMs: undefined }).map(
    (record) => findingOf(record, now),
  );
}

test.each([
  ['nothing to do', change(material, material), 'fine', 'present', null],
  [
    'an import of deleted material',
    change({ ...material, material_status: 'deleted_outside' }, planned, unknown),
    'missing',
    'deleted_outside',
    'the reviewed reason',
  ],
  [
    'a change of expiry',
    change(material, planned, unknown),
    'missing',
    'present',
    'the reviewed reason',
  ],
  [
    'a renewal',
    change(
      { ...material, material_status: 'expiring', expiration_time: '2030-01-20T00:00:00Z' },
      { ...planned, valid_for: '90d', renew_before: '14d' },
      unknown,
    ),
    'expiring',
    'expiring',
    'the reviewed reason',
  ],
  [
    'a first import',
    change(null, { ...planned, key_id: undefined }, { ...unknown, key_id: true }),
    'missing',
    null,
    'the reviewed reason',
  ],
  [
    'a key that is gone',
    change({ ...material, material_status: 'key_not_found' }, planned, unknown),
    'missing',
    'key_not_found',
    'The key no longer exists: Material can only be imported into another key. Data encrypted under the lost key stays unreadable.',
  ],
  [
    'an expiry only known after apply',
    change(material, { ...planned, import_reason: undefined }, { ...unknown, import_reason: true }),
    'missing',
    'present',
    'expiration_time is known only after apply',
  ],
] as const)('%s', (_name, resource, verdict, status, reason) => {
  expect(findings([resource])).toEqual([
    expect.objectContaining({
      address: 'byok_key_material.orders',
      verdict,
      material_status: status,
      reason,
    }),
  ]);
});

test('names a key by the alias that it will have', () => {
  const key = {
    type: 'byok_external_key',
    mode: 'managed',
    change: { before: null, after: { key_id: 'id-1', alias: 'orders' } },
  };
  expect(findings([key, change(material, material)]).map(({ alias }) => alias)).toEqual(['orders']);
});

test('leaves out what the plan destroys, what is deposed, data sources and other types', () => {
  expect(
    findings([
      change(material, null),
      change(material, material, {}, { deposed: '00000001' }),
      change(material, material, {}, { mode: 'data' }),
      change(material, material, {}, { type: 'null_resource' }),
    ]),
  ).toEqual([]);
});

test('a plan without resources has no material', () => {
  expect(
    materialsInPlan('{"format_version":"1.2","planned_values":{"root_module":{}}}', {
      place: 'p',
      now,
      warnBeforeMs: undefined,
    }),
  ).toEqual([]);
});

test.each([
  [
    'a plan file that was not converted',
    'PK\u0003\u0004',
    'plan "a" is no JSON object; give what "terraform show -json PLANFILE" prints',
  ],
  ['a state', '{"version":4,"resources":[]}', 'plan "a" is no plan in JSON of format 1; '],
  [
    'the JSON of a state',
    '{"format_version":"1.0","values":{}}',
    'plan "a" is no plan in JSON of format 1; ',
  ],
  [
    'a later format',
    '{"format_version":"2.0","resource_changes":[]}',
    'plan "a" is no plan in JSON of format 1; ',
  ],
  [
    'a plan that failed',
    '{"format_version":"1.2","errored":true,"resource_changes":[]}',
    'plan "a" is a plan that ended in an error',
  ],
])('refuses %s', (_name, content, message) => {
  expect(() =>
    materialsInPlan(content, { place: 'plan "a"', now, warnBeforeMs: undefined }),
  ).toThrow(
    expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringContaining(message) }),
  );
});
