/** list-keys: pages, filters, and the default that hides every key of another spec. */
import { type Emulator, startEmulator } from '../support/emulator';
import { createKey, type KeyInfo } from './external-key';
import { ok } from './plain-http';

describe('list-keys', () => {
  interface KeyList {
    readonly keys: string[];
    readonly key_details: KeyInfo[];
    readonly next_marker: string;
    readonly truncated: string;
    readonly total: number;
  }

  let lister: Emulator;
  let keyIds: string[];
  beforeAll(async () => {
    lister = await startEmulator();
    keyIds = [];
    for (const origin of ['kms', 'external', 'external', 'kms', 'external']) {
      keyIds.push(await createKey(lister, origin));
    }
  });
  afterAll(() => lister.close());

  test.each([
    ['strings', (value: number) => String(value)],
    ['numbers', (value: number) => value],
  ])('pages by limit and marker as %s until next_marker is empty', async (_what, as) => {
    const first = await ok<KeyList>(lister, 'list-keys', { limit: as(2), key_spec: 'ALL' });
    expect(first).toMatchObject({
      keys: keyIds.slice(0, 2),
      next_marker: '2',
      truncated: 'true',
      total: 5,
    });
    const second = await ok<KeyList>(lister, 'list-keys', {
      limit: as(2),
      marker: as(2),
      key_spec: 'ALL',
    });
    expect(second).toMatchObject({
      keys: keyIds.slice(2, 4),
      next_marker: '4',
      truncated: 'true',
      total: 5,
    });
    const third = await ok<KeyList>(lister, 'list-keys', {
      limit: as(2),
      marker: as(4),
      key_spec: 'ALL',
    });
    expect(third).toMatchObject({
      keys: keyIds.slice(4),
      next_marker: '',
      truncated: 'false',
      total: 5,
    });
    expect(third.key_details.map(({ key_id }) => key_id)).toEqual(third.keys);
  });

  test('shows AES_256 keys when no spec is named, and none for a spec that no key has', async () => {
    expect((await ok<KeyList>(lister, 'list-keys', {})).keys).toEqual(keyIds);
    expect(await ok<KeyList>(lister, 'list-keys', { key_spec: 'RSA_2048' })).toMatchObject({
      keys: [],
      total: 0,
      next_marker: '',
    });
  });

  test('shows keys of one state only when asked', async () => {
    const { key_details } = await ok<KeyList>(lister, 'list-keys', { key_state: '5' });
    expect(key_details.map(({ key_state }) => key_state)).toEqual(['5', '5', '5']);
  });

  test('answers an empty page beyond the end', async () => {
    expect(await ok<KeyList>(lister, 'list-keys', { marker: '99' })).toMatchObject({
      keys: [],
      next_marker: '',
      truncated: 'false',
    });
  });
});
