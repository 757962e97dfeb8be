/** What a move makes of the states of the vendors' providers, in each form that they have written. */

import { movedKey } from '../../lib/provider/key/moved';
import { emptyState } from '../../lib/provider/key/state';
import { emptyMaterialState, movedMaterial } from '../../lib/provider/material/moved';
import { vendorResources } from '../../lib/provider/vendor-state';
import type { MoveRequest } from '../../lib/tfplugin/provider';
import { vendorStates } from '../support/vendor-states';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function request(typeName: string, state: Record<string, unknown>, more = {}): MoveRequest {
  const vendor = typeName.split('_')[0] ?? '';
  const names = Object.keys(vendorStates[typeName] ?? {});
  const nothing = Object.fromEntries(names.map((name) => [name, null]));
  const providerAddress = `registry.terraform.io/${vendor}/${vendor}`;
  return { providerAddress, typeName, version: 0, state: { ...nothing, ...state }, ...more };
}

const memoryOf = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString());

test('the tables name the same resources as the states that are known', () => {
  const accepted = Object.values(vendorResources).flatMap((types) => Object.keys(types));
  expect(accepted.sort()).toEqual(Object.keys(vendorStates).sort());
});

describe.each(Object.keys(vendorResources.key))('%s', (type) => {
  test.each([null, ''])('what is not set is %p', (none) => {
    const state = Object.fromEntries(
      Object.entries(vendorStates[type] ?? {}).map(([name, kind]) => [
        name,
        kind === 'string' ? none : null,
      ]),
    );
    const moved = movedKey(request(type, { ...state, id: keyId }));
    expect(moved.state).toEqual({ ...emptyState(), id: keyId, key_id: keyId });
    expect(memoryOf(moved.private)).toMatchObject({ adopted: false, moved: { type } });
  });

  test('all that is set', () => {
    const { state } = movedKey(
      request(type, {
        id: keyId,
        key_alias: 'orders',
        key_description: 'of the shop',
        key_algorithm: 'RSA_3072',
        key_usage: 'SIGN_VERIFY',
        origin: 'external',
        creation_date: '1764547200000',
        pending_days: '30',
        is_enabled: true,
        tags: { team: 'pay', odd: null },
      }),
    );
    expect(state).toMatchObject({
      alias: 'orders',
      description: 'of the shop',
      key_spec: 'RSA_3072',
      key_usage: 'SIGN_VERIFY',
      origin: 'external',
      creation_date: '2025-12-01T00:00:00Z',
      pending_days: 30,
      tags: { team: 'pay' },
      enabled: null,
      on_destroy: null,
    });
  });

  test.each(['7', '', '0', 'soon', '9999'])('pending_days "%s" is not taken over', (written) => {
    expect(movedKey(request(type, { id: keyId, pending_days: written })).state.pending_days).toBe(
      null,
    );
  });
});

test.each([
  ['2082758400', '2082758400'],
  ['', 'never'],
  [null, 'never'],
])('material that expires at %p', (written, expected) => {
  const type = 'opentelekomcloud_kms_key_material_v1';
  const moved = movedMaterial(
    request(type, { id: keyId, expiration_time: written, import_token: 'planted', key_state: '2' }),
  );
  expect(moved.state).toEqual({
    ...emptyMaterialState(),
    id: keyId,
    key_id: keyId,
    key_state: '2',
    expiration_time: expected,
  });
  expect(`${JSON.stringify(moved.state)}${Buffer.from(moved.private)}`).not.toContain('planted');
  expect(memoryOf(moved.private)).toMatchObject({ ours: false, permitted: [], moved: { type } });
});

test.each([
  'huaweicloud',
  'registry.opentofu.org/huaweicloud/huaweicloud',
  'registry.terraform.io/huaweicloud/huaweicloud',
  'mirror.example/team/huaweicloud',
])('a provider at %s', (providerAddress) => {
  expect(() =>
    movedKey(request('huaweicloud_kms_key', { id: keyId }, { providerAddress })),
  ).not.toThrow();
});

test.each([
  ['aws_kms_key', {}, {}, /^aws_kms_key is none of the resources that can be moved here; allowed/],
  ['toString', {}, {}, /^toString is none of/],
  [
    'huaweicloud_kms_key',
    { id: keyId },
    { providerAddress: 'registry.terraform.io/someone/else' },
    /is a resource of provider "registry.terraform.io\/someone\/else"; allowed is huaweicloud$/,
  ],
  [
    'huaweicloud_kms_key',
    { id: keyId },
    { version: 1 },
    /has schema version 1; allowed is 0, .* import the key instead$/,
  ],
  ['huaweicloud_kms_key', { id: 7 }, {}, /has no id of a key; allowed are 36 characters/],
  [
    'opentelekomcloud_kms_key_v1',
    { id: keyId, origin: 'kms' },
    {},
    /^key 0d0466b0-\S+ has origin "kms"; only keys of origin "external"/,
  ],
])('%s %j %j is refused', (type, state, more, sentence) => {
  expect(() => movedKey(request(type, state, more))).toThrow(sentence);
});
