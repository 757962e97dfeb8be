/**
 * The list of keys with their tags, as the API page has it: parameters, ranges, pages, filters and
 * refusals.
 */
import { randomUUID } from 'node:crypto';
import { type Emulator, startEmulator } from '../support/emulator';
import { createKey } from './external-key';
import { call, control, ok, send, verdict } from './plain-http';

let emulator: Emulator;

interface Listed {
  readonly resources: readonly {
    readonly resource_id: string;
    readonly resource_name: string;
    readonly resource_detail: Readonly<Record<string, string>>;
    readonly tags: readonly { readonly key: string; readonly value: string }[];
  }[];
  readonly total_count: number;
}

const path = 'resource_instances/action';
const list = (body: object = {}) => ok<Listed>(emulator, path, { action: 'filter', ...body });
const idsOf = async (body: object) =>
  (await list(body)).resources.map(({ resource_id }) => resource_id);

async function makeTagged(tags: Record<string, string>, target = emulator): Promise<string> {
  const keyId = await createKey(target);
  const entries = Object.entries(tags).map(([key, value]) => ({ key, value }));
  if (entries.length > 0) {
    await call(target, `${keyId}/tags/action`, { action: 'create', tags: entries });
  }
  return keyId;
}

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(() => emulator.close());

test('shows every key with its description and its tags, those without any too', async () => {
  const [tagged, bare] = [await makeTagged({ team: 'cards', empty: '' }), await makeTagged({})];
  const { resources, total_count: total } = await list();
  expect(total).toBe(2);
  expect(resources.map(({ resource_id, tags }) => [resource_id, tags])).toEqual([
    [
      tagged,
      [
        { key: 'team', value: 'cards' },
        { key: 'empty', value: '' },
      ],
    ],
    [bare, []],
  ]);
  const { key_info: described } = await ok<{ key_info: Record<string, string> }>(
    emulator,
    'describe-key',
    { key_id: tagged },
  );
  expect(resources[0]).toMatchObject({
    resource_name: described.key_alias,
    resource_detail: described,
  });
});

test('has pages of ten unless it is told otherwise, by text or by number', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 12; index++) {
    ids.push(await makeTagged({}));
  }
  expect(await list()).toMatchObject({ total_count: 12, resources: { length: 10 } });
  expect(await idsOf({ limit: '5', offset: '0' })).toEqual(ids.slice(0, 5));
  expect(await idsOf({ limit: '5', offset: '10' })).toEqual(ids.slice(10));
  expect(await idsOf({ limit: 1000, offset: 11 })).toEqual(ids.slice(11));
  expect(await list({ limit: '1000', offset: '12' })).toEqual({ resources: [], total_count: 12 });
});

test('counts', async () => {
  await makeTagged({ team: 'cards' });
  await makeTagged({});
  expect(await ok(emulator, path, { action: 'count' })).toEqual({
    resources: null,
    total_count: 2,
  });
  expect(
    await ok(emulator, path, { action: 'count', tags: [{ key: 'team', values: [] }] }),
  ).toMatchObject({ total_count: 1 });
  expect(verdict(await call(emulator, path, { action: 'count', offset: '0' }))).toBe(
    '400 KMS.0418',
  );
});

test('filters by tags, of which all must fit, and by name', async () => {
  const cards = await makeTagged({ team: 'cards', stage: 'test' });
  const risk = await makeTagged({ team: 'risk', stage: 'test' });
  const tags = (...filters: [string, string[]?][]) => ({
    tags: filters.map(([key, values]) => ({ key, ...(values && { values }) })),
  });
  expect(await idsOf(tags(['stage', ['test']]))).toEqual([cards, risk]);
  expect(await idsOf(tags(['stage', ['test']], ['team', ['risk']]))).toEqual([risk]);
  expect(await idsOf(tags(['team']))).toEqual([cards, risk]);
  expect(await idsOf(tags(['team', ['cards', 'risk']]))).toEqual([]);
  expect(await idsOf(tags(['none']))).toEqual([]);
  const { resource_name: name } = (await list()).resources[1] ?? {};
  expect(await idsOf({ matches: [{ key: 'resource_name', value: name }] })).toEqual([risk]);
});

const many = (count: number) => Array.from({ length: count }, (_unused, index) => `v${index}`);

test.each<[string, object, string]>([
  ['no action', { action: undefined }, 'KMS.0204'],
  ['another action', { action: 'list' }, 'KMS.0404'],
  ['a limit of nothing', { limit: '0' }, 'KMS.1601'],
  ['a limit of nothing as a number', { limit: 0 }, 'KMS.1601'],
  ['a limit above 1000', { limit: '1001' }, 'KMS.1601'],
  ['a limit above 1000 as a number', { limit: 1001 }, 'KMS.1601'],
  ['a limit that is no number', { limit: 'all' }, 'KMS.1601'],
  ['an offset below zero', { offset: '-1' }, 'KMS.0417'],
  ['an offset below zero as a number', { offset: -1 }, 'KMS.0417'],
  ['an offset that is no number', { offset: 'next' }, 'KMS.0417'],
  ['tags that are no list', { tags: 'team' }, 'KMS.0412'],
  ['eleven tags', { tags: many(11).map((key) => ({ key })) }, 'KMS.0407'],
  ['a tag that is none', { tags: ['team'] }, 'KMS.0414'],
  ['a tag with a single value', { tags: [{ key: 'team', values: 'cards' }] }, 'KMS.0414'],
  ['a tag twice', { tags: [{ key: 'team' }, { key: 'team' }] }, 'KMS.0414'],
  ['a value twice', { tags: [{ key: 'team', values: ['a', 'a'] }] }, 'KMS.0414'],
  ['eleven values', { tags: [{ key: 'team', values: many(11) }] }, 'KMS.0413'],
  ['an empty key', { tags: [{ key: '' }] }, 'KMS.0411'],
  ['a key of 37 characters', { tags: [{ key: 'k'.repeat(37) }] }, 'KMS.0411'],
  ['a value of 44 characters', { tags: [{ key: 'k', values: ['v'.repeat(44)] }] }, 'KMS.0410'],
  ['a key with =', { tags: [{ key: 'a=b' }] }, 'KMS.0406'],
  ['a value with *', { tags: [{ key: 'k', values: ['*'] }] }, 'KMS.0405'],
  ['matches that are no list', { matches: {} }, 'KMS.0415'],
  ['another field to match', { matches: [{ key: 'resource_id', value: 'x' }] }, 'KMS.0403'],
  ['an empty value to match', { matches: [{ key: 'resource_name', value: '' }] }, 'KMS.0402'],
  [
    'a value of 256 characters to match',
    { matches: [{ key: 'resource_name', value: 'x'.repeat(256) }] },
    'KMS.0402',
  ],
  ['a sequence of another length', { sequence: 'x' }, 'KMS.0206'],
])('refuses %s', async (_what, body, code) => {
  expect(verdict(await call(emulator, path, { action: 'filter', ...body }))).toBe(`400 ${code}`);
});

test('takes what is as long as may be', async () => {
  const tags = many(10).map((name) => ({
    key: name.padEnd(36, 'k'),
    values: many(10).map((value) => value.padEnd(43, 'v')),
  }));
  const body = {
    tags,
    limit: '1000',
    offset: '99999999999',
    sequence: randomUUID(),
    matches: [{ key: 'resource_name', value: 'x'.repeat(255) }],
  };
  expect(await list(body)).toEqual({ resources: [], total_count: 0 });
});

test('wants a token, takes faults, is journaled, and is asked by POST alone', async () => {
  const whole = `/v1.0/${emulator.projectId}/kms/${path}`;
  expect(verdict(await send(emulator, { path: whole, body: { action: 'filter' } }))).toBe(
    '403 KMS.0301',
  );
  const headers = { 'X-Auth-Token': emulator.authToken };
  expect(verdict(await send(emulator, { method: 'GET', path: whole, headers }))).toBe(
    '405 KMS.0215',
  );
  await control(emulator, 'POST', 'faults', [
    { operation: 'resource-instances', error_code: 'KMS.0307' },
  ]);
  expect(verdict(await call(emulator, path, { action: 'filter' }))).toBe('403 KMS.0307');
  expect(emulator.calls().at(-1)).toMatchObject({
    operation: 'resource-instances',
    status: 403,
    errorCode: 'KMS.0307',
  });
});
