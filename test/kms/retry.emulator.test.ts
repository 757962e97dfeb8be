/** Which calls KmsClient repeats and when, and what it says of those that it may not repeat. */
import * as http from 'node:http';
import { isLostAnswer } from '../../lib/kms/lost-answer';
import {
  clientOf,
  closeAfterTest,
  described,
  importRequest,
  keyId,
  listen,
  serving,
} from './misbehaving-kms';

test('repeats a read after a broken connection, but not an import', async () => {
  const calls: string[] = [];
  const { client, delays } = await serving((request, response) => {
    calls.push(String(request.url?.split('/').at(-1)));
    if (calls.length === 2) {
      response.end(described);
    } else {
      request.socket.destroy();
    }
  });
  expect(await client.describeKey(keyId)).toMatchObject({ keyState: '2' });
  expect(delays).toEqual([250]);
  const error = await client.importKeyMaterial(importRequest).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'ERR_KMS_UNREACHABLE',
    sent: true,
    message: expect.stringContaining('may have taken effect'),
  });
  expect(isLostAnswer(error)).toBe(true);
  expect(calls).toEqual(['describe-key', 'describe-key', 'import-key-material']);
});

test('gives up a read after the last retry', async () => {
  let requests = 0;
  const { client } = await serving((request) => {
    requests++;
    request.socket.destroy();
  });
  await expect(client.describeKey(keyId)).rejects.toMatchObject({ code: 'ERR_KMS_UNREACHABLE' });
  expect(requests).toBe(3);
});

test('repeats an import that never left this machine, and says so when it gives up', async () => {
  const server = http.createServer();
  const port = await listen(server);
  server.close();
  const { client, delays } = clientOf(`http://127.0.0.1:${port}`);
  const error = await client.importKeyMaterial(importRequest).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'ERR_KMS_UNREACHABLE',
    sent: false,
    message: expect.stringContaining('nothing was sent'),
  });
  expect(isLostAnswer(error)).toBe(false);
  expect(delays).toEqual([250, 500]);
});

test.each([500, 502, 503, 504])('repeats a read after %d, but not an import', async (status) => {
  const statuses: number[] = [];
  const { client } = await serving((_, response, __, count) => {
    const answered = count === 1 ? 200 : status;
    statuses.push(answered);
    response
      .writeHead(answered, { 'X-Request-Id': 'req-1' })
      .end(answered === 200 ? described : '<html>bad gateway</html>');
  });
  await client.describeKey(keyId);
  const error = await client.importKeyMaterial(importRequest).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'ERR_KMS_UNREACHABLE',
    status,
    apiCode: undefined,
    requestId: 'req-1',
    apiMessage: '<html>bad gateway</html>',
  });
  expect(isLostAnswer(error)).toBe(true);
  expect(statuses).toEqual([status, 200, status]);
});

test('takes the refusal of a repeated enable-key for what it is: the first one worked', async () => {
  const { client } = await serving((request, response, _, count) => {
    if (count === 0) {
      request.socket.destroy();
    } else {
      response
        .writeHead(400)
        .end('{"error":{"error_code":"KMS.1201","error_msg":"The key is not disabled."}}');
    }
  });
  await client.enableKey(keyId);
  await expect(client.enableKey(keyId)).rejects.toMatchObject({ apiCode: 'KMS.1201' });
});

test('repeats an import that was throttled, no earlier than Retry-After says', async () => {
  const { client, delays } = await serving((_, response, __, count) => {
    if (count === 0) {
      response
        .writeHead(429, { 'Retry-After': '3' })
        .end('{"error_msg":"throttled","error_code":"APIGW.0308"}');
    } else if (count === 1) {
      response.writeHead(429, { 'Retry-After': 'Tue, 01 Jan 2030 00:00:07 GMT' }).end();
    } else {
      response.end('{}');
    }
  });
  await client.importKeyMaterial(importRequest);
  expect(delays).toEqual([3250, 7500]);
});

/**
 * Time that jumps to the next sleeper once every open call sleeps.
 *
 * @param open how many calls are under way
 */
function virtualTime(open: () => number): {
  uptimeMs: () => number;
  sleep: (ms: number) => Promise<void>;
} {
  let uptime = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const timer = setInterval(() => {
    if (sleepers.length < open()) {
      return;
    }
    const next = sleepers.sort((a, b) => a.at - b.at).shift();
    uptime = Math.max(uptime, next?.at ?? uptime);
    next?.wake();
  }, 1);
  closeAfterTest(() => clearInterval(timer));
  return {
    uptimeMs: () => uptime,
    sleep: (ms) => new Promise((wake) => sleepers.push({ at: uptime + ms, wake })),
  };
}

test('after a 429 every request of the client waits, and then they come one by one', async () => {
  let open = 6;
  const time = virtualTime(() => open);
  const begun: number[] = [];
  const { client } = await serving(
    (_, response, __, count) => {
      begun.push(time.uptimeMs());
      if (count === 0) {
        response
          .writeHead(429, { 'Retry-After': '10' })
          .end('{"error_msg":"throttled","error_code":"APIGW.0308"}');
      } else {
        response.end(described);
      }
    },
    { ...time, maxRequestsPerSecond: 2 },
  );
  // The first two begin at once, and one of them is throttled; the others have booked later seconds
  // by then.
  await Promise.all(
    Array.from({ length: open }, async () => {
      await client.describeKey(keyId);
      open -= 1;
    }),
  );
  expect(begun.slice(0, 2)).toEqual([0, 0]);
  const resumed = begun.slice(2);
  expect(resumed).toHaveLength(5);
  for (const [index, start] of resumed.entries()) {
    expect(start).toBeGreaterThanOrEqual(10_000);
    expect(start - (resumed[index - 1] ?? 0)).toBeGreaterThanOrEqual(500);
  }
});
