import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenPrivately } from '../../lib/tfplugin/process/listen';

const folder = mkdtempSync(join(tmpdir(), 'listen-'));
const server = createServer();

afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));
afterAll(() => rmSync(folder, { recursive: true }));

test('the first folder that takes a socket is used, and is empty afterwards', async () => {
  const good = join(folder, 'good');
  mkdirSync(good);
  const listening = await listenPrivately(server, {
    tempFolders: [join(folder, 'missing'), good],
    allowTcp: false,
  });
  expect(listening.network).toBe('unix');
  expect(readdirSync(good)).toHaveLength(1);
  listening.remove();
  listening.remove();
  expect(readdirSync(good)).toEqual([]);
});

test('tcp on loopback is the last resort', async () => {
  const { network, address } = await listenPrivately(server, {
    tempFolders: [join(folder, 'missing')],
    allowTcp: true,
  });
  expect(network).toBe('tcp');
  expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
});

test('refuses tcp when there is no TLS', async () => {
  await expect(
    listenPrivately(server, { tempFolders: [join(folder, 'missing')], allowTcp: false }),
  ).rejects.toMatchObject({
    code: 'ERR_CONFIGURATION',
  });
  expect(server.listening).toBe(false);
});
