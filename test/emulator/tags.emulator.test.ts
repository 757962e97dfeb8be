/** Tags, enterprise projects, quotas, and the options that let keys come up slowly. */
import { randomUUID } from 'node:crypto';
import { type Emulator, startEmulator } from '../support/emulator';
import { createKey, describe as describeKey } from './external-key';
import { call, ok, type PlainAnswer, send, verdict } from './plain-http';

let emulator: Emulator;
let keyId: string;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(async () => {
  keyId = await createKey(emulator);
});

const unknownKey = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function sendTo(
  target: Emulator,
  method: string,
  path: string,
  body?: object,
): Promise<PlainAnswer> {
  const headers = { 'X-Auth-Token': target.authToken };
  return send(target, { method, path: `/v1.0/${target.projectId}/kms/${path}`, headers, body });
}

const get = async (path: string) => JSON.parse((await sendTo(emulator, 'GET', path)).text);
const post = (path: string, body: object) => sendTo(emulator, 'POST', path, body);
const tagsOf = async (id: string) => (await get(`${id}/tags`)).tags;

/** Writes answer 204 without a body. */
function shortVerdict(answer: PlainAnswer): string {
  return answer.text === '' ? String(answer.status) : verdict(answer);
}

const tag = (key: unknown, value: unknown = 'v') => ({ key, value });
const many = (count: number) =>
  Array.from({ length: count }, (_unused, index) => tag(`key-${index}`));

describe('tags', () => {
  test('are added one by one and many at once, shown, changed and removed', async () => {
    expect(await get(`${keyId}/tags`)).toEqual({ tags: [], existTagsNum: 0, sys_tags: [] });
    const answer = await post(`${keyId}/tags`, { tag: tag('team', 'payments') });
    expect([answer.status, answer.text]).toEqual([204, '']);
    const batch = {
      action: 'create',
      tags: [tag('team', 'risk'), tag('größe', ''), tag('a.b/c:d @1')],
    };
    expect(shortVerdict(await post(`${keyId}/tags/action`, batch))).toBe('204');
    expect(await get(`${keyId}/tags`)).toEqual({ tags: batch.tags, existTagsNum: 3, sys_tags: [] });

    const path = `${keyId}/tags/${encodeURIComponent('a.b/c:d @1')}`;
    expect(shortVerdict(await sendTo(emulator, 'DELETE', path))).toBe('204');
    expect(shortVerdict(await sendTo(emulator, 'DELETE', path))).toBe('404 KMS.0416');
    const removal = { action: 'delete', tags: [{ key: 'größe' }, { key: 'none' }] };
    expect(shortVerdict(await post(`${keyId}/tags/action`, removal))).toBe('204');
    expect(await tagsOf(keyId)).toEqual([tag('team', 'risk')]);
  });

  test('belong to one key', async () => {
    const other = await createKey(emulator);
    await post(`${keyId}/tags`, { tag: tag('mine') });
    expect(await tagsOf(other)).toEqual([]);
  });

  test('a DELETE and a GET may name a content type without a body', async () => {
    await post(`${keyId}/tags`, { tag: tag('mine') });
    const headers = { 'X-Auth-Token': emulator.authToken, 'Content-Type': 'application/json' };
    const path = `/v1.0/${emulator.projectId}/kms/${keyId}/tags`;
    expect((await send(emulator, { method: 'GET', path, headers })).status).toBe(200);
    expect((await send(emulator, { method: 'DELETE', path: `${path}/mine`, headers })).status).toBe(
      204,
    );
    expect(await tagsOf(keyId)).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'KMS.0204'],
    ['a text', 'team', 'KMS.0414'],
    ['no key', { value: 'v' }, 'KMS.0414'],
    ['a number as value', tag('k', 1), 'KMS.0414'],
    ['an empty key', tag(''), 'KMS.0411'],
    ['a key of 37 characters', tag('k'.repeat(37)), 'KMS.0411'],
    ['a value of 44 characters', tag('k', 'v'.repeat(44)), 'KMS.0410'],
    ['a key with *', tag('a*'), 'KMS.0406'],
    ['a key with a backslash', tag('a\\'), 'KMS.0406'],
    ['a value with =', tag('k', 'a=b'), 'KMS.0405'],
    ['a value with a line end', tag('k', 'a\nb'), 'KMS.0405'],
  ])('refuses as tag: %s', async (_what, wrong, code) => {
    expect(shortVerdict(await post(`${keyId}/tags`, { tag: wrong }))).toBe(`400 ${code}`);
    expect(await tagsOf(keyId)).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['without action', { tags: [tag('k')] }, 'KMS.0404'],
    ['with an unknown action', { action: 'replace', tags: [tag('k')] }, 'KMS.0404'],
    ['without tags', { action: 'create' }, 'KMS.0412'],
    ['with an empty list', { action: 'create', tags: [] }, 'KMS.0401'],
    ['with 21 tags', { action: 'create', tags: many(21) }, 'KMS.0407'],
    ['with one key twice', { action: 'create', tags: [tag('k', '1'), tag('k', '2')] }, 'KMS.0414'],
    [
      'with one bad tag among good ones',
      { action: 'create', tags: [tag('good'), tag('<')] },
      'KMS.0406',
    ],
  ])('refuses an action %s', async (_what, body, code) => {
    expect(shortVerdict(await post(`${keyId}/tags/action`, body))).toBe(`400 ${code}`);
    expect(await tagsOf(keyId)).toEqual([]);
  });

  test('of the greatest length and number are taken, and no more', async () => {
    const longest = tag('k'.repeat(36), 'v'.repeat(43));
    expect(shortVerdict(await post(`${keyId}/tags`, { tag: longest }))).toBe('204');
    expect(
      shortVerdict(await post(`${keyId}/tags/action`, { action: 'create', tags: many(20) })),
    ).toBe('400 KMS.0409');
    expect(await tagsOf(keyId)).toEqual([longest]);
    expect(
      shortVerdict(await post(`${keyId}/tags/action`, { action: 'create', tags: many(19) })),
    ).toBe('204');
    expect(shortVerdict(await post(`${keyId}/tags`, { tag: tag('one more') }))).toBe(
      '400 KMS.0409',
    );
    expect(shortVerdict(await post(`${keyId}/tags`, { tag: tag('key-3', 'changed') }))).toBe('204');
  });

  test.each([
    ['POST', 'tags', { tag: tag('k') }],
    ['POST', 'tags/action', { action: 'delete', tags: [tag('k')] }],
    ['GET', 'tags', undefined],
    ['DELETE', 'tags/k', undefined],
  ])('%s %s wants a key that exists, a token, and takes faults', async (method, path, body) => {
    expect(shortVerdict(await sendTo(emulator, method, `${unknownKey}/${path}`, body))).toBe(
      '404 KMS.0207',
    );
    expect(shortVerdict(await sendTo(emulator, method, `not-a-key/${path}`, body))).toBe(
      '400 KMS.0205',
    );
    const whole = `/v1.0/${emulator.projectId}/kms/${keyId}/${path}`;
    expect(shortVerdict(await send(emulator, { method, path: whole, body }))).toBe('403 KMS.0301');
    emulator.injectFaults([{ status: 503 }]);
    expect(shortVerdict(await sendTo(emulator, method, `${keyId}/${path}`, body))).toBe(
      '503 KMS.0104',
    );
    expect(emulator.calls().at(-1)).toMatchObject({
      status: 503,
      operation: expect.stringMatching(/tag/),
    });
  });

  test('are journaled with their key', async () => {
    await post(`${keyId}/tags`, { tag: tag('team') });
    await sendTo(emulator, 'GET', `${keyId}/tags`);
    const [second, first] = [...emulator.calls()].reverse();
    expect([first, second]).toMatchObject([
      { operation: 'create-tag', keyId, status: 204 },
      { operation: 'list-tags', keyId, status: 200 },
    ]);
  });
});

describe('enterprise projects', () => {
  const projectId = randomUUID();
  const create = (change: object) =>
    call(emulator, 'create-key', { key_alias: `k-${randomUUID()}`, ...change });
  const created = async (change: object) =>
    JSON.parse((await create(change)).text).key_info.key_id as string;

  test('are chosen at creation, shown, and filter the list', async () => {
    const [inside, outside] = [
      await created({ enterprise_project_id: projectId }),
      await created({}),
    ];
    expect(await describeKey(emulator, inside)).toMatchObject({
      sys_enterprise_project_id: projectId,
    });
    expect(await describeKey(emulator, outside)).toMatchObject({ sys_enterprise_project_id: '0' });
    const list = async (change: object) =>
      (await ok<{ keys: string[] }>(emulator, 'list-keys', { limit: '1000', ...change })).keys;
    expect(await list({ enterprise_project_id: projectId })).toEqual([inside]);
    expect(await list({ enterprise_project_id: '0' })).toEqual(expect.arrayContaining([outside]));
    expect(await list({ enterprise_project_id: '0' })).not.toContain(inside);
    for (const change of [{ enterprise_project_id: 'all' }, {}]) {
      expect(await list(change)).toEqual(expect.arrayContaining([inside, outside]));
    }
  });

  test('that are none are refused', async () => {
    expect(verdict(await create({ enterprise_project_id: 'all' }))).toBe('400 KMS.0308');
    expect(verdict(await call(emulator, 'list-keys', { enterprise_project_id: 'some' }))).toBe(
      '400 KMS.0308',
    );
  });
});

test('the quota of keys is shown, and what exceeds it refused', async () => {
  const small = await startEmulator({ keyQuota: 2 });
  try {
    await createKey(small);
    const last = await createKey(small, 'kms');
    const { text } = await sendTo(small, 'GET', 'user-quotas');
    const grants = { type: 'grant_per_CMK', used: 0, quota: 100 };
    expect(JSON.parse(text)).toEqual({
      quotas: { resources: [{ type: 'CMK', used: 2, quota: 2 }, grants] },
    });
    expect(verdict(await call(small, 'create-key', { key_alias: 'one-more' }))).toBe(
      '400 KMS.1105',
    );
    await ok(small, 'schedule-key-deletion', { key_id: last, pending_days: '7' });
    expect(verdict(await call(small, 'create-key', { key_alias: 'one-more' }))).toBe(
      '400 KMS.1105',
    );
    small.advanceClock(7 * 86_400);
    expect(verdict(await call(small, 'create-key', { key_alias: 'one-more' }))).toBe('200');
  } finally {
    await small.close();
  }
});

test('with activationDelay a new key is to be activated for so many reads, and takes no import before', async () => {
  const slow = await startEmulator({ activationDelay: 2 });
  try {
    for (const [origin, settled] of [
      ['external', '5'],
      ['kms', '2'],
    ] as const) {
      const slowKey = await createKey(slow, origin);
      const parameters = { key_id: slowKey, wrapping_algorithm: 'RSAES_OAEP_SHA_256' };
      expect((await describeKey(slow, slowKey)).key_state).toBe('1');
      expect(verdict(await call(slow, 'get-parameters-for-import', parameters))).toBe(
        `400 ${origin === 'kms' ? 'KMS.0309' : 'KMS.0310'}`,
      );
      expect((await describeKey(slow, slowKey)).key_state).toBe('1');
      expect((await describeKey(slow, slowKey)).key_state).toBe(settled);
    }
  } finally {
    await slow.close();
  }
});

test('with staleReads the first reads after a change show what was before', async () => {
  const stale = await startEmulator({ staleReads: 2 });
  try {
    const changing = await createKey(stale, 'kms');
    const states = [(await describeKey(stale, changing)).key_state];
    await ok(stale, 'disable-key', { key_id: changing });
    for (let read = 0; read < 4; read += 1) {
      states.push((await describeKey(stale, changing)).key_state);
    }
    expect(states).toEqual(['2', '2', '2', '3', '3']);
  } finally {
    await stale.close();
  }
});
