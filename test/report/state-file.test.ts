import { findingOf } from '../../lib/report/material-finding';
import { materialsInState, type Reading } from '../../lib/report/state-file';

const now = new Date('2030-01-15T12:00:00Z');
const reading = { place: 'state "a"', now, warnBeforeMs: undefined };

const material = {
  id: 'id-1',
  key_id: 'id-1',
  key_spec: 'AES_256',
  key_state: '2',
  material_status: 'present',
  expiration_time: '2035-01-01T00:00:00Z',
  fingerprint: `sha256:${'a'.repeat(64)}`,
  fingerprint_verified: true,
  valid_for: null,
  renew_before: null,
  warn_before: null,
};

function instance(attributes: object, more: object = {}): object {
  return { schema_version: 0, attributes, sensitive_attributes: [], ...more };
}

function resource(type: string, name: string, instances: object[], more: object = {}): object {
  return {
    mode: 'managed',
    type,
    name,
    provider: 'provider["terraform.local/cdktf-byok/byok"]',
    instances,
    ...more,
  };
}

function state(...resources: object[]): string {
  return JSON.stringify({
    version: 4,
    terraform_version: '1.11.4',
    serial: 1,
    lineage: 'x',
    outputs: {},
    resources,
  });
}

function findings(content: string, options: Reading = reading) {
  return materialsInState(content, options).map((record) => findingOf(record, now));
}

test('finds every material with its address, and the alias of its key', () => {
  const found = findings(
    state(
      resource('byok_external_key', 'orders', [instance({ key_id: 'id-1', alias: 'orders' })]),
      resource('byok_key_material', 'orders', [instance(material)]),
      resource(
        'byok_key_material',
        'each',
        [instance({ ...material, key_id: 'id-2' }, { index_key: 'a"b' })],
        {
          module: 'module.keys[0]',
        },
      ),
      resource('byok_key_material', 'counted', [
        instance(material, { index_key: 0 }),
        instance(material, { index_key: 1 }),
      ]),
      resource('null_resource', 'other', [instance({ id: '1' })]),
    ),
  );
  expect(found.map(({ address, alias }) => [address, alias])).toEqual([
    ['byok_key_material.orders', 'orders'],
    ['module.keys[0].byok_key_material.each["a\\"b"]', null],
    ['byok_key_material.counted[0]', 'orders'],
    ['byok_key_material.counted[1]', 'orders'],
  ]);
  expect(found[0]).toEqual({
    verdict: 'fine',
    place: 'state "a"',
    address: 'byok_key_material.orders',
    key_id: 'id-1',
    alias: 'orders',
    material_status: 'present',
    expiration_time: '2035-01-01T00:00:00Z',
    days_left: 1811,
    reason: null,
    cloud: null,
    region: null,
    project: null,
    key_spec: 'AES_256',
    imported_at: null,
    renews_at: null,
    renewal: 'fixed',
    pinned: null,
    deletion_date: null,
  });
});

test.each([
  [
    'passed since, unless it was purged already',
    { expiration_time: '2030-01-15T12:00:00Z' },
    ['missing', 'expired_not_purged'],
  ],
  [
    'comes within the window of the resource',
    { expiration_time: '2030-02-10T00:00:00Z', warn_before: '30d' },
    ['expiring', 'present'],
  ],
  [
    'begins its renewal',
    {
      expiration_time: '2030-02-10T00:00:00Z',
      valid_for: '90d',
      renew_before: '30d',
      material_status: 'present',
    },
    ['expiring', 'expiring'],
  ],
  ['stays out of every window', { expiration_time: '2030-02-10T00:00:00Z' }, ['fine', 'present']],
  ['never comes', { expiration_time: 'never' }, ['fine', 'present']],
  ['was never written down', { expiration_time: null }, ['fine', 'present']],
])(
  'reckons with the time since the state was written: an expiry that %s',
  (_name, attributes, expected) => {
    const [found] = findings(
      state(resource('byok_key_material', 'orders', [instance({ ...material, ...attributes })])),
    );
    expect([found?.verdict, found?.material_status]).toEqual(expected);
  },
);

test('a window that is asked for replaces that of the resource', () => {
  const content = state(
    resource('byok_key_material', 'o', [
      instance({ ...material, expiration_time: '2030-02-10T00:00:00Z', warn_before: '30d' }),
    ]),
  );
  expect(
    findings(content, { ...reading, warnBeforeMs: 86_400_000 }).map(({ verdict }) => verdict),
  ).toEqual(['fine']);
});

test('material of which nothing is proved is unverified', () => {
  const content = state(
    resource('byok_key_material', 'o', [instance({ ...material, fingerprint_verified: false })]),
  );
  expect(findings(content).map(({ verdict }) => verdict)).toEqual(['unverified']);
});

test('a status that this version does not know is no good news', () => {
  const content = state(
    resource('byok_key_material', 'o', [instance({ ...material, material_status: 'constructor' })]),
  );
  expect(
    findings(content).map(({ verdict, material_status }) => [verdict, material_status]),
  ).toEqual([['missing', 'unknown']]);
});

test('leaves out what Terraform is done with, data sources, and everything not on its list', () => {
  const content = state(
    resource('byok_key_material', 'old', [instance(material, { deposed: '00000001' })]),
    resource('byok_key_material', 'data', [instance(material)], { mode: 'data' }),
    resource('byok_key_material', 'o', [
      instance(
        { ...material, material_wo: 'c2VjcmV0', password: 'hunter2' },
        { private: 'cHJpdmF0ZQ==' },
      ),
    ]),
  );
  const found = findings(content);
  expect(found).toHaveLength(1);
  expect(JSON.stringify(found)).not.toMatch(/c2VjcmV0|hunter2|cHJpdmF0ZQ/);
});

test('an empty state has no material', () => {
  expect(findings(state())).toEqual([]);
});

test.each([
  ['no JSON, without quoting it', 'password = "hunter2"', 'state "a" is no JSON object; '],
  ['a list', '[]', 'state "a" is no JSON object; '],
  ['an old version', '{"version":3,"modules":[]}', 'state "a" is no state of version 4; '],
  [
    'a plan',
    '{"format_version":"1.2","resource_changes":[]}',
    'state "a" is no state of version 4; ',
  ],
  [
    'an encrypted state',
    '{"version":4,"encrypted_data":"x","meta":{}}',
    'state "a" is encrypted; ',
  ],
])('refuses %s', (_name, content, message) => {
  expect(() => findings(content)).toThrow(
    expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringContaining(message) }),
  );
  expect(() => findings(content)).not.toThrow(/hunter2/);
});

test('a state as "terraform show -json" prints it tells the same as the file', () => {
  const shownResource = (type: string, address: string, values: object, more: object = {}) => ({
    address,
    mode: 'managed',
    type,
    provider_name: 'terraform.local/cdktf-byok/byok',
    values,
    sensitive_values: {},
    ...more,
  });
  const shown = {
    format_version: '1.0',
    terraform_version: '1.11.4',
    values: {
      root_module: {
        resources: [
          shownResource('byok_external_key', 'byok_external_key.orders', {
            key_id: 'id-1',
            alias: 'orders',
          }),
          shownResource('byok_key_material', 'byok_key_material.orders', material),
          shownResource('byok_key_material', 'byok_key_material.gone', material, {
            deposed_key: 'abcdef01',
          }),
          shownResource('byok_key_material', 'data.byok_key_material.x', material, {
            mode: 'data',
          }),
        ],
        child_modules: [
          {
            address: 'module.a',
            child_modules: [
              {
                resources: [
                  shownResource(
                    'byok_key_material',
                    'module.a.module.b.byok_key_material.each["x"]',
                    { ...material, key_id: 'id-2' },
                  ),
                ],
              },
            ],
          },
        ],
      },
    },
  };
  const file = state(
    resource('byok_external_key', 'orders', [instance({ key_id: 'id-1', alias: 'orders' })]),
    resource('byok_key_material', 'orders', [instance(material)]),
    resource(
      'byok_key_material',
      'each',
      [instance({ ...material, key_id: 'id-2' }, { index_key: 'x' })],
      { module: 'module.a.module.b' },
    ),
  );
  expect(findings(JSON.stringify(shown))).toEqual(findings(file));
  expect(findings('{"format_version":"1.0"}')).toEqual([]);
  expect(() => findings('{"format_version":"2.0","values":{}}')).toThrow(
    /is no state of version 4; pipe "terraform state pull"/,
  );
});

describe('what cannot be read is no fine material, and is named', () => {
  const orders = (attributes: object) =>
    state(resource('byok_key_material', 'orders', [instance({ ...material, ...attributes })]));

  test.each([
    ['an expiry as a number', { expiration_time: 1_893_456_000 }, 'expiration_time is of type num'],
    ['an expiry as a list', { expiration_time: [] }, 'expiration_time is of type list'],
    ['an expiry that is none', { expiration_time: 'soon' }, 'expiration_time is "soon"'],
    ['a status as a flag', { material_status: true }, 'material_status is of type boolean'],
    ['no duration', { valid_for: 'long', renew_before: '1d' }, 'valid_for is "long"'],
  ])('%s', (_what, attributes, message) => {
    expect(() => findings(orders(attributes))).toThrow(
      `state "a": of byok_key_material.orders, ${message}`,
    );
  });
});
