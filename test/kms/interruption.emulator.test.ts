/** When KmsClient stops waiting: its timeout, and an interruption from outside. */
import * as http from 'node:http';
import { KmsClient } from '../../lib/kms/kms-client';
import { wording } from '../../lib/provider/wording';
import {
  answering,
  closeAfterTest,
  importRequest,
  keyId,
  listen,
  login,
  projectId,
  serving,
} from './misbehaving-kms';

test('waits for a slow answer no longer than its timeout, before and within the body', async () => {
  const { client } = await serving(
    (_, response, __, count) => {
      if (count > 0) {
        response.writeHead(200, { 'Content-Length': '1000' });
        response.write('{');
      }
    },
    // Long enough for a slow machine to connect.
    { timeoutMs: 1500, maxRetries: 0 },
  );
  const message = expect.stringContaining('no answer within 1500 ms');
  await expect(client.importKeyMaterial(importRequest)).rejects.toMatchObject({
    code: 'ERR_KMS_UNREACHABLE',
    sent: true,
    message,
  });
  await expect(client.importKeyMaterial(importRequest)).rejects.toMatchObject({
    code: 'ERR_KMS_UNREACHABLE',
    sent: true,
    message,
  });
});

test('stops a read at once when interrupted, and before its next attempt', async () => {
  const controller = new AbortController();
  const { client } = await serving(() => controller.abort());
  await expect(client.describeKey(keyId, { signal: controller.signal })).rejects.toMatchObject({
    code: 'ERR_INTERRUPTED',
  });
  // The project is known: it is not what was interrupted.
  await expect(client.describeKey(keyId, { signal: controller.signal })).rejects.toMatchObject({
    code: 'ERR_INTERRUPTED',
    message: 'describe-key was interrupted',
  });
});

test('stops while it waits to repeat', async () => {
  const controller = new AbortController();
  const port = await listen(
    http.createServer(answering((_, response) => response.writeHead(503).end())),
  );
  const client = new KmsClient({
    endpoint: new URL(`http://127.0.0.1:${port}`),
    project: { id: projectId },
    login,
    spelling: wording,
    now: () => new Date(0),
    random: () => 1,
    log: (_, message) => message.startsWith('repeating') && controller.abort(),
  });
  closeAfterTest(() => client.close());
  await expect(client.describeKey(keyId, { signal: controller.signal })).rejects.toMatchObject({
    code: 'ERR_INTERRUPTED',
  });
});

test('awaits the answer to a change although it was interrupted meanwhile', async () => {
  const controller = new AbortController();
  const { client } = await serving((_, response) => {
    controller.abort();
    response.end('{}');
  });
  await client.importKeyMaterial(importRequest, { signal: controller.signal });
  await expect(
    client.importKeyMaterial(importRequest, { signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
});
