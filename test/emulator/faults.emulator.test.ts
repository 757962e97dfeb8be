/**
 * Faults as the control endpoint orders them, and the journal that tells what came and what was
 * answered.
 */
import { randomBytes } from 'node:crypto';
import { kmsErrorCodes } from '../../lib/terms/kms-errors';
import { type Emulator, startEmulator } from '../support/emulator';
import {
  createKey,
  describe as describeKey,
  getParameters,
  importMaterial,
  wrapMaterial,
} from './external-key';
import { call, control, send, verdict } from './plain-http';

let emulator: Emulator;
let keyId: string;
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(async () => {
  emulator.clearFaults();
  keyId = await createKey(emulator);
  emulator.clearCalls();
});
afterAll(() => emulator.close());

async function order(...faults: object[]): Promise<void> {
  const answer = await control(emulator, 'POST', 'faults', faults);
  expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ added: faults.length })]);
}

const describeCall = () => call(emulator, 'describe-key', { key_id: keyId });

test.each(Object.entries(kmsErrorCodes))(
  'every documented code can be had: %s',
  async (code, { status, message }) => {
    await order({ error_code: code });
    const answer = await describeCall();
    expect(answer.status).toBe(status);
    const error = { error_code: code, error_msg: message };
    const flat = { ...error, request_id: answer.headers['x-request-id'] };
    expect(JSON.parse(answer.text)).toEqual(code.startsWith('KMS.') ? { error } : flat);
    expect(verdict(await describeCall())).toBe('200');
  },
);

test.each([
  [401, 'APIGW.0307'],
  [429, 'APIGW.0308'],
  [502, 'APIGW.0202'],
  [504, 'APIGW.0203'],
])('a status of %i alone is answered as the gateway does, %s', async (status, code) => {
  await order({ status });
  const answer = await describeCall();
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, { error_code: code }]);
});

test.each([
  [500, 'KMS.0101'],
  [503, 'KMS.0104'],
])('a status of %i alone is answered as the KMS does, %s', async (status, code) => {
  await order({ status });
  expect(verdict(await describeCall())).toBe(`${status} ${code}`);
});

test('the gateway of the other cloud has its own prefix, and a status may be chosen with the code', async () => {
  await order({ error_code: 'APIG.0308', status: 503 });
  const { status, text } = await describeCall();
  expect([status, JSON.parse(text)]).toMatchObject([503, { error_code: 'APIG.0308' }]);
});

test('a fault hits only its operation, so many times, in the order given', async () => {
  await order(
    { operation: 'describe-key', status: 500, times: 2 },
    { operation: 'describe-key', status: 503 },
  );
  expect(verdict(await call(emulator, 'list-keys', {}))).toBe('200');
  const verdicts = [
    await describeCall(),
    await describeCall(),
    await describeCall(),
    await describeCall(),
  ].map(verdict);
  expect(verdicts).toEqual(['500 KMS.0101', '500 KMS.0101', '503 KMS.0104', '200']);
});

test('faults can be taken back', async () => {
  await order({ status: 500, times: 99 });
  await control(emulator, 'DELETE', 'faults');
  expect(verdict(await describeCall())).toBe('200');
});

test('an error answered instead of the call leaves the key untouched; a committed one does not', async () => {
  const material = randomBytes(32);
  await order({ operation: 'import-key-material', status: 504 });
  expect((await importMaterial(emulator, keyId, material)).status).toBe(504);
  expect((await describeKey(emulator, keyId)).key_state).toBe('5');
  await order({ operation: 'import-key-material', status: 504, committed: true });
  const answer = await importMaterial(emulator, keyId, material);
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
    504,
    { error_code: 'APIGW.0203' },
  ]);
  expect((await describeKey(emulator, keyId)).key_state).toBe('2');
});

test.each([
  ['before', '5', undefined],
  ['after', '2', 200],
] as const)(
  'a connection closed %s the call gives no answer and leaves state %s',
  async (drop, state, status) => {
    const { import_token, public_key } = await getParameters(emulator, keyId);
    const body = {
      key_id: keyId,
      import_token,
      encrypted_key_material: wrapMaterial(public_key, randomBytes(32)),
    };
    await order({ operation: 'import-key-material', drop });
    await expect(call(emulator, 'import-key-material', body)).rejects.toThrow(
      /socket hang up|ECONNRESET/,
    );
    expect((await describeKey(emulator, keyId)).key_state).toBe(state);
    expect(
      emulator.calls().find(({ operation }) => operation === 'import-key-material'),
    ).toMatchObject({ dropped: drop, status });
  },
);

test('a garbled answer is broken JSON, or HTML for an error', async () => {
  await order({ body: 'garbled' }, { body: 'garbled', status: 502 });
  const [broken, html] = [await describeCall(), await describeCall()];
  expect(broken.status).toBe(200);
  expect(() => JSON.parse(broken.text)).toThrow(SyntaxError);
  expect([html.status, html.text]).toEqual([502, '<html><body>Bad Gateway</body></html>']);
});

test.each([
  ['<html>Please log in</html>', 'text/html'],
  ['{"error":{"error_code":"KMS.0307","error_msg":"no"}}', 'application/json'],
  ['[]', 'application/json'],
  ['null', 'application/json'],
  ['', 'application/json'],
])('a success may say anything, with or without an effect: %s', async (answer, type) => {
  const material = randomBytes(32);
  for (const [committed, state] of [
    [false, '5'],
    [true, '2'],
  ]) {
    await order({ operation: 'import-key-material', answer, committed });
    const { status, text, headers } = await importMaterial(emulator, keyId, material);
    expect([status, text, headers['content-type']]).toEqual([
      200,
      answer,
      expect.stringContaining(type),
    ]);
    expect((await describeKey(emulator, keyId)).key_state).toBe(state);
  }
  expect(
    emulator.calls().filter(({ operation }) => operation === 'import-key-material'),
  ).toMatchObject([{ status: 200 }, { status: 200 }]);
});

test('a success may have another status, and none is made of a refusal', async () => {
  await order({ answer: '{}', status: 202 }, { answer: '{}', committed: true });
  expect(await describeCall()).toMatchObject({ status: 202, text: '{}' });
  expect(verdict(await call(emulator, 'describe-key', { key_id: keyId.replace(/./g, '0') }))).toBe(
    '400 KMS.0205',
  );
});

test('an answer may name another key', async () => {
  await order({ body: 'other-key', times: 2 });
  const { key_info: info } = JSON.parse((await describeCall()).text) as {
    key_info: { key_id: string; key_state: string };
  };
  expect(info).toMatchObject({ key_id: expect.stringMatching(/^[0-9a-z]{8}-/), key_state: '5' });
  expect(info.key_id).not.toBe(keyId);
  expect(
    JSON.parse(
      (await call(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' })).text,
    ),
  ).toEqual({
    key_id: info.key_id,
    key_state: '4',
  });
  expect((await describeKey(emulator, keyId)).key_state).toBe('4');
});

test('a slow answer is the right one, and does not keep the emulator from closing', async () => {
  await order({ delay_ms: 20 });
  expect(verdict(await describeCall())).toBe('200');

  const slow = await startEmulator();
  slow.injectFaults([{ delayMs: 3_600_000 }]);
  const outcome = Promise.allSettled([call(slow, 'list-keys', {})]);
  // The fault was for one call: once this one is answered, the other is waiting.
  expect(verdict(await call(slow, 'list-keys', {}))).toBe('200');
  await slow.close();
  expect(await outcome).toMatchObject([{ status: 'rejected' }]);
});

test('IAM has faults too: its own 500, the gateway’s 429', async () => {
  await order({ operation: 'auth-tokens', status: 500 }, { operation: 'auth-tokens', status: 429 });
  const request = { path: '/v3/auth/tokens', body: {} };
  expect(JSON.parse((await send(emulator, request)).text)).toMatchObject({
    error: { title: 'Internal Server Error' },
  });
  expect(JSON.parse((await send(emulator, request)).text)).toMatchObject({
    error_code: 'APIGW.0308',
  });
});

test('refuses an order that it does not understand', async () => {
  for (const fault of [
    { status: 200 },
    { status: 199, answer: '' },
    { body: 'mine' },
    { drop: 'sometimes' },
    { times: 0 },
    { error_code: 'E1' },
    { unknown: 1 },
  ]) {
    expect((await control(emulator, 'POST', 'faults', [fault])).status).toBe(400);
  }
  expect(verdict(await describeCall())).toBe('200');
});

test('the journal and the log tell operation, key, status and time, and hold no token, plaintext, ciphertext or material', async () => {
  const lines: string[] = [];
  const logged = await startEmulator({ log: (line) => lines.push(line) });
  try {
    const material = randomBytes(32);
    const key = await createKey(logged);
    const { import_token, public_key } = await getParameters(logged, key);
    const encrypted_key_material = wrapMaterial(public_key, material);
    await call(logged, 'import-key-material', {
      key_id: key,
      import_token,
      encrypted_key_material,
    });
    await call(logged, 'encrypt-data', { key_id: key, plain_text: 'a secret sentence' });
    await call(logged, 'describe-key', { key_id: 'a secret sentence' });

    const answer = await control(logged, 'GET', 'calls');
    const { calls } = JSON.parse(answer.text) as { calls: Record<string, unknown>[] };
    expect(
      calls.map(({ operation, key_id, status, error_code }) => [
        operation,
        key_id,
        status,
        error_code,
      ]),
    ).toEqual([
      ['create-key', key, 200, undefined],
      ['get-parameters-for-import', key, 200, undefined],
      ['import-key-material', key, 200, undefined],
      ['encrypt-data', key, 200, undefined],
      ['describe-key', undefined, 400, 'KMS.0205'],
    ]);
    expect(lines).toHaveLength(5);
    const everything = answer.text + lines.join('\n');
    const secrets = [
      import_token,
      encrypted_key_material,
      logged.authToken,
      logged.controlToken,
      'secret sentence',
    ];
    for (const secret of [...secrets, material.toString('base64'), material.toString('hex')]) {
      expect(everything).not.toContain(secret);
    }
    await control(logged, 'DELETE', 'calls');
    expect(logged.calls()).toEqual([]);
  } finally {
    await logged.close();
  }
});
