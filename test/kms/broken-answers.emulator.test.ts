/**
 * Answers that are none, and connections that end as they should not: each call ends by itself, in
 * one sentence, and leaves no connection.
 */
import { isLostAnswer } from '../../lib/kms/lost-answer';
import { clientOf, drip, importRequest, keyId, type RawAnswer, rawServer } from './misbehaving-kms';

const upgrade =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const interim = 'HTTP/1.1 102 Processing\r\n\r\n';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const sized = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":';

const writing =
  (text: string): RawAnswer =>
  (socket) =>
    socket.write(text);
const ending =
  (text: string): RawAnswer =>
  (socket) =>
    socket.end(text);
const resetting =
  (text: string): RawAnswer =>
  (socket) =>
    socket.write(text, () => socket.resetAndDestroy());

const brokenAnswers: Readonly<Record<string, readonly [RawAnswer, message: string]>> = {
  'an upgrade': [writing(upgrade), 'the answer is 101, a change of protocol'],
  'an upgrade, with more behind it': [
    writing(`${upgrade}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`),
    'the answer is 101',
  ],
  'an upgrade, and the end': [ending(upgrade), 'the answer is 101'],
  'an upgrade to nothing': [
    writing('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    'the answer is 101',
  ],
  'interim answers without end': [
    drip(interim.repeat(50), 0),
    'interim answers arrived, and no final one',
  ],
  'an interim answer now and then': [drip(interim, 50), 'no answer within 400 ms'],
  'nothing but the end': [ending(''), 'socket hang up'],
  'nothing but a reset': [resetting(''), 'ECONNRESET'],
  'half a status line': [ending('HTTP/1.1 20'), 'socket hang up'],
  'no HTTP': [writing('SSH-2.0-OpenSSH_9.9\r\n'), 'Parse Error'],
  'headers without end': [drip('X-A: b\r\n', 20, 'HTTP/1.1 200 OK\r\n'), 'no answer within 400 ms'],
  'headers beyond measure': [
    drip(`X-A: ${'b'.repeat(5000)}\r\n`, 0, 'HTTP/1.1 200 OK\r\n'),
    'Header overflow',
  ],
  'a body without end': [drip('1\r\n{\r\n', 20, chunked), 'no answer within 400 ms'],
  'a body beyond measure': [
    drip(`10000\r\n${' '.repeat(65536)}\r\n`, 0, chunked),
    'longer than 4194304 bytes',
  ],
  'a body that ends too early': [
    ending(sized),
    'the connection broke off in the middle of the answer',
  ],
  'a body that is reset': [
    resetting(sized),
    'the connection broke off in the middle of the answer',
  ],
  'a chunk that ends too early': [
    ending(`${chunked}a\r\n{"a":`),
    'the connection broke off in the middle of the answer',
  ],
  silence: [writing(''), 'no answer within 400 ms'],
};

/** No case waits for this long; the calls of the others are cut off before. */
const options = (message: string) => ({
  timeoutMs: message.includes('400 ms') ? 400 : 60_000,
  maxRetries: 0,
});

test.each(Object.entries(brokenAnswers))(
  '%s ends a read and an import',
  async (_name, [answer, message]) => {
    const server = await rawServer(answer);
    const { client } = clientOf(`http://127.0.0.1:${server.port}`, options(message));
    for (const call of [
      () => client.describeKey(keyId),
      () => client.importKeyMaterial(importRequest),
    ]) {
      const error = await call().catch((thrown) => thrown);
      expect(error).toMatchObject({
        code: 'ERR_KMS_UNREACHABLE',
        sent: true,
        message: expect.stringContaining(message),
      });
      expect(error.message).not.toMatch(/\n/);
      expect(isLostAnswer(error)).toBe(true);
    }
    await server.allClosed();
  },
);

test.each([
  'an interim answer now and then',
  'headers without end',
  'a body without end',
  'silence',
])('a read that gets %s is interrupted at once', async (name) => {
  const [answer] = brokenAnswers[name] ?? [];
  const controller = new AbortController();
  const server = await rawServer((socket) => {
    answer?.(socket);
    setTimeout(() => controller.abort(), 50);
  });
  const { client } = clientOf(`http://127.0.0.1:${server.port}`, { timeoutMs: 600_000 });
  await expect(client.describeKey(keyId, { signal: controller.signal })).rejects.toMatchObject({
    code: 'ERR_INTERRUPTED',
  });
  await server.allClosed();
});
