/**
 * What time does: material expires lazily, tokens die, scheduled keys go. The clock is the
 * emulator's and is moved by hand.
 */
import { randomBytes } from 'node:crypto';
import { type Emulator, startEmulator } from '../support/emulator';
import {
  createKey,
  describe as describeKey,
  getParameters,
  importMaterial,
  wrapMaterial,
} from './external-key';
import { call, control, ok, verdict } from './plain-http';

const start = new Date('2030-01-01T00:00:00Z');
const hour = 3600;
const day = 24 * hour;
const startSeconds = start.getTime() / 1000;

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ now: () => start });
});
beforeEach(() => emulator.advanceClock((start.getTime() - emulator.now().getTime()) / 1000));
afterAll(() => emulator.close());

const material = randomBytes(32);

async function importExpiringIn(seconds: number, target = emulator): Promise<string> {
  const keyId = await createKey(target);
  expect(
    verdict(
      await importMaterial(target, keyId, material, { expirationTime: startSeconds + seconds }),
    ),
  ).toBe('200');
  return keyId;
}

describe('expired material', () => {
  test('works on for 24 hours, then is purged: pending import, no expiry', async () => {
    const keyId = await importExpiringIn(hour);
    const expiry = String((startSeconds + hour) * 1000);
    emulator.advanceClock(hour + day - 1);
    expect(await describeKey(emulator, keyId)).toMatchObject({
      key_state: '2',
      expiration_time: expiry,
    });
    expect(verdict(await call(emulator, 'encrypt-data', { key_id: keyId, plain_text: 'x' }))).toBe(
      '200',
    );
    emulator.advanceClock(1);
    expect(await describeKey(emulator, keyId)).toMatchObject({
      key_state: '5',
      expiration_time: '',
    });
    expect(verdict(await importMaterial(emulator, keyId, randomBytes(32)))).toBe('400 KMS.2606');
    expect(verdict(await importMaterial(emulator, keyId, material))).toBe('200');
  });

  test('is purged at once by a sweep, and only when it has expired', async () => {
    const [expired, valid] = [await importExpiringIn(hour), await importExpiringIn(2 * hour)];
    emulator.advanceClock(hour);
    const early = await control(emulator, 'POST', 'sweep', { delay_seconds: 1 });
    expect((JSON.parse(early.text) as { purged: string[] }).purged).not.toContain(expired);
    const due = await control(emulator, 'POST', 'sweep');
    expect((JSON.parse(due.text) as { purged: string[] }).purged).toEqual(
      expect.arrayContaining([expired]),
    );
    expect((await describeKey(emulator, expired)).key_state).toBe('5');
    expect((await describeKey(emulator, valid)).key_state).toBe('2');
  });

  test('is purged from a disabled key too, and never from a key without expiry', async () => {
    const [disabled, forever] = [await importExpiringIn(hour), await createKey(emulator)];
    await ok(emulator, 'disable-key', { key_id: disabled });
    await importMaterial(emulator, forever, material);
    emulator.advanceClock(365 * day);
    expect((await describeKey(emulator, disabled)).key_state).toBe('5');
    expect((await describeKey(emulator, forever)).key_state).toBe('2');
  });

  test('leaves a key whose deletion is pending in that state, and without material when that is cancelled', async () => {
    const keyId = await importExpiringIn(hour);
    await ok(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    emulator.advanceClock(2 * day);
    expect((await describeKey(emulator, keyId)).key_state).toBe('4');
    expect(await ok(emulator, 'cancel-key-deletion', { key_id: keyId })).toMatchObject({
      key_state: '5',
    });
  });

  test('may keep showing its expiry after the purge', async () => {
    const keeping = await startEmulator({ now: () => start, keepExpirationTime: true });
    try {
      const keyId = await importExpiringIn(hour, keeping);
      keeping.advanceClock(2 * day);
      expect(await describeKey(keeping, keyId)).toMatchObject({
        key_state: '5',
        expiration_time: String((startSeconds + hour) * 1000),
      });
      expect(verdict(await importMaterial(keeping, keyId, material))).toBe('200');
      expect(await describeKey(keeping, keyId)).toMatchObject({
        key_state: '2',
        expiration_time: '',
      });
    } finally {
      await keeping.close();
    }
  });
});

describe('the control endpoint', () => {
  test('deletes material behind the caller’s back', async () => {
    const keyId = await importExpiringIn(hour);
    expect((await control(emulator, 'POST', `keys/${keyId}/delete-material`)).status).toBe(200);
    expect(await describeKey(emulator, keyId)).toMatchObject({
      key_state: '5',
      expiration_time: '',
    });
    expect((await control(emulator, 'POST', `keys/${keyId}/delete-material`)).status).toBe(400);
    expect(
      (await control(emulator, 'POST', 'keys/0d0466b0-e727-4d9c-b35d-f84bb474a37f/delete-material'))
        .status,
    ).toBe(404);
  });

  test('lets material expire now, purged or not', async () => {
    const [purged, lingering] = [await importExpiringIn(hour), await importExpiringIn(hour)];
    await control(emulator, 'POST', `keys/${purged}/expire-now`);
    await control(emulator, 'POST', `keys/${lingering}/expire-now`, { purge: false });
    expect(await describeKey(emulator, purged)).toMatchObject({
      key_state: '5',
      expiration_time: '',
    });
    expect(await describeKey(emulator, lingering)).toMatchObject({
      key_state: '2',
      expiration_time: String(start.getTime()),
    });
    emulator.advanceClock(day);
    expect((await describeKey(emulator, lingering)).key_state).toBe('5');
  });

  test('moves and shows the clock', async () => {
    const moved = await control(emulator, 'POST', 'clock', { advance_seconds: day });
    expect(JSON.parse(moved.text)).toEqual({ now: '2030-01-02T00:00:00.000Z' });
    await control(emulator, 'POST', 'clock', { advance_seconds: -hour });
    expect(JSON.parse((await control(emulator, 'GET', 'clock')).text)).toEqual({
      now: '2030-01-01T23:00:00.000Z',
    });
    expect((await control(emulator, 'POST', 'clock', { advance_seconds: 'a day' })).status).toBe(
      400,
    );
  });

  test('puts a key into a state that nothing else leads to', async () => {
    const keyId = await createKey(emulator);
    await control(emulator, 'POST', `keys/${keyId}/state`, { key_state: '1' });
    expect((await describeKey(emulator, keyId)).key_state).toBe('1');
  });
});

describe('an expiry in the request', () => {
  test.each<[string, number | string, string]>([
    ['of this very second', startSeconds, '400 KMS.2602'],
    ['of the second before', startSeconds - 1, '400 KMS.2602'],
    ['of 1970', 0, '400 KMS.2602'],
    ['of 1970, as a string', '0', '400 KMS.2602'],
    ['of the next second', startSeconds + 1, '200'],
    ['of the next second, as a string', String(startSeconds + 1), '200'],
    ['at the end of the range', 10_000_000_000, '200'],
    ['at the end of the range, as a string', '10000000000', '200'],
    ['past the range, as a string', '10000000001', '400 KMS.0308'],
  ])('%s (%s) answers %s', async (_what, expirationTime, answer) => {
    const keyId = await createKey(emulator);
    expect(verdict(await importMaterial(emulator, keyId, material, { expirationTime }))).toBe(
      answer,
    );
    expect((await describeKey(emulator, keyId)).key_state).toBe(answer === '200' ? '2' : '5');
  });
});

test('an import token lives for 24 hours', async () => {
  const keyId = await createKey(emulator);
  const { import_token, public_key, expiration_time } = await getParameters(emulator, keyId);
  expect(expiration_time).toBe(startSeconds + day);
  const body = {
    key_id: keyId,
    import_token,
    encrypted_key_material: wrapMaterial(public_key, material),
  };
  emulator.advanceClock(day);
  expect(verdict(await call(emulator, 'import-key-material', body))).toBe('400 KMS.2601');
  emulator.advanceClock(-1);
  expect(verdict(await call(emulator, 'import-key-material', body))).toBe('200');
});

test('a key scheduled for deletion shows the date, and is gone when it has passed', async () => {
  const keyId = await createKey(emulator);
  const { key_alias } = await describeKey(emulator, keyId);
  await ok(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
  expect((await describeKey(emulator, keyId)).scheduled_deletion_date).toBe(
    String(start.getTime() + 7 * day * 1000),
  );
  emulator.advanceClock(7 * day - 1);
  expect((await describeKey(emulator, keyId)).key_state).toBe('4');
  expect(verdict(await call(emulator, 'create-key', { key_alias }))).toBe('400 KMS.1104');
  emulator.advanceClock(1);
  expect(verdict(await call(emulator, 'describe-key', { key_id: keyId }))).toBe('404 KMS.0207');
  expect(verdict(await call(emulator, 'create-key', { key_alias }))).toBe('200');
});
