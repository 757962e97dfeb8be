/**
 * Files that hold key material, and what else a path may lead to: real pipes, devices and large
 * files.
 */
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { maxContentBytes } from '../../lib/material/open-content';
import { type MaterialAtHand, type OpenOptions, openMaterial } from '../../lib/material/source';
import { wording } from '../../lib/provider/wording';
import { fingerprint } from '../../lib/wrap/fingerprint';
import { scratchFolder } from '../support/scratch-folder';

const material = Buffer.from(
  'f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff01',
  'hex',
);
const folder = scratchFolder();
let files = 0;

function freshPath(): string {
  files += 1;
  return join(folder, `file-${files}`);
}

function file(content: Buffer): string {
  const path = freshPath();
  writeFileSync(path, content);
  return path;
}

function pipe(): string {
  const path = freshPath();
  execFileSync('mkfifo', [path]);
  return path;
}

function open(path: string, options: Partial<OpenOptions> = {}): Promise<MaterialAtHand> {
  const defaults: OpenOptions = {
    encoding: 'raw',
    password: undefined,
    env: {},
    signal: new AbortController().signal,
    mayRunCommands: { otherwise: 'is run later' },
    spelling: wording,
  };
  return openMaterial({ setting: 'materialFile', path }, { ...defaults, ...options });
}

const holding = (bytes: Buffer) => ({
  material: expect.objectContaining({ fingerprint: fingerprint(bytes) }),
});

const refusal = (message: string) =>
  expect.objectContaining({
    code: 'ERR_MATERIAL_INVALID',
    attribute: 'material_file',
    message: expect.stringContaining(message),
  });

test('reads a file, and one that a link leads to, as secrets are mounted', async () => {
  const [target, link] = [file(material), freshPath()];
  symlinkSync(target, link);
  expect(await open(target)).toEqual(holding(material));
  expect(await open(link)).toEqual(holding(material));
});

test('reads a file that is made when it is read and tells no size', async () => {
  const version = execFileSync('cat', ['/proc/version']);
  expect(await open('/proc/version')).toEqual(holding(version));
});

test('reads a file of many pieces whole', async () => {
  const content = Buffer.from(
    Array.from({ length: maxContentBytes }, (_, index) => (index * 7 + (index >> 8)) % 256),
  );
  expect(await open(file(content))).toEqual(holding(content));
});

test('says that a file is missing, which is no error before an import is due', async () => {
  const path = freshPath();
  expect(await open(path)).toEqual({
    missing: `the file "${path}" that holds the key material does not exist`,
    attribute: 'material_file',
  });
});

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;
const der = pem.replace(/-----.*-----|\n/g, '');

test.each([
  ['PEM', pem],
  ['PEM with \\n as two characters', pem.replaceAll('\n', '\\n')],
  ['Base64', material.toString('base64')],
  ['Base64 with a line feed', `${material.toString('base64')}\n`],
  ['Base64 of DER without padding', der.replaceAll('=', 'A')],
  ['hex', material.toString('hex')],
  ['more than any path', `${pem}${pem.repeat(100)}`],
])('does not show what was given in place of its path: %s', async (_name, content) => {
  const refused = open(content);
  await expect(refused).rejects.toEqual(refusal('material_file is no path but a text of'));
  const { message, cause } = await refused.catch((reason) => reason);
  expect([message.includes(content.slice(0, 30)), cause]).toEqual([false, undefined]);
});

test('reads a file whose name is a digest', async () => {
  const name = material.toString('hex');
  writeFileSync(join(folder, name), material);
  const start = process.cwd();
  process.chdir(folder);
  try {
    expect(await open(name)).toEqual(holding(material));
  } finally {
    process.chdir(start);
  }
});

test.each([
  ['a file of a byte too many', maxContentBytes + 1],
  ['a sparse file of a terabyte', 2 ** 40],
])('refuses %s', async (_name, size) => {
  const path = file(material);
  truncateSync(path, size);
  await expect(open(path)).rejects.toEqual(
    refusal(
      `the key material in file "${path}" has more than 1048576 bytes, which no key has; it must hold a symmetric key`,
    ),
  );
});

test('leaves nothing behind of a file that is too large', async () => {
  const allocated = jest.spyOn(Buffer, 'alloc');
  const joined = jest.spyOn(Buffer, 'concat');
  const path = file(Buffer.allocUnsafe(maxContentBytes + 1).fill('secret'));
  await expect(open(path)).rejects.toEqual(refusal('has more than'));
  const buffers = [...allocated.mock.results, ...joined.mock.results].map(
    ({ value }) => value as Buffer,
  );
  jest.restoreAllMocks();
  expect(buffers.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(2 * maxContentBytes);
  expect(buffers.filter((buffer) => buffer.some((byte) => byte !== 0))).toEqual([]);
});

describe('refuses in one sentence what is no file', () => {
  const allowed =
    'allowed is a regular file of at most 1048576 bytes: give the path of one, or have the material written by';

  test('a pipe that nobody writes to, without waiting for somebody', async () => {
    const path = pipe();
    await expect(open(path)).rejects.toEqual(
      refusal(`the file "${path}" that holds the key material is a pipe; ${allowed}`),
    );
  });

  test('a pipe, leaving what is in it to whom it is for', async () => {
    const path = pipe();
    const writer = spawn('sh', ['-c', 'printf secret > "$1"', 'sh', path]);
    await expect(open(path)).rejects.toEqual(refusal('is a pipe'));
    const closed = once(writer, 'close');
    expect(execFileSync('cat', [path], { encoding: 'utf8' })).toBe('secret');
    expect(await closed).toEqual([0, null]);
  });

  test.each(['/dev/zero', '/dev/null', '/dev/urandom'])('the device %s', async (path) => {
    await expect(open(path)).rejects.toEqual(
      refusal(`the file "${path}" that holds the key material is a device; ${allowed}`),
    );
  });

  test('a folder', async () => {
    const path = freshPath();
    mkdirSync(path);
    await expect(open(path)).rejects.toEqual(refusal(`is a folder; ${allowed}`));
  });

  test('a socket', async () => {
    const path = freshPath();
    const server = createServer().listen(path);
    await once(server, 'listening');
    await expect(open(path)).rejects.toEqual(refusal(`is a socket; ${allowed}`));
    server.close();
    await once(server, 'close');
  });
});

describe('where pipes may be read', () => {
  const options = { mayReadPipes: true };

  test('waits for one to be written', async () => {
    const path = pipe();
    const opened = open(path, options);
    const writer = spawn('sh', ['-c', 'head -c 10 "$1"; tail -c +11 "$1"', 'sh', file(material)]);
    const passing = spawn('sh', ['-c', 'cat > "$1"', 'sh', path], {
      stdio: [writer.stdout, 'ignore', 'ignore'],
    });
    // The other process has it; ours would stay open.
    writer.stdout.destroy();
    await once(passing, 'close');
    expect(await opened).toEqual(holding(material));
  });

  test('waits for a writer without a thread, so that an interrupt ends the wait', async () => {
    const [path, stop] = [pipe(), new AbortController()];
    const opened = open(path, { ...options, signal: stop.signal });
    stop.abort();
    await expect(opened).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
      message: `reading the pipe "${path}" was interrupted; nothing was changed`,
    });
  });

  test('refuses one without an end, and lets go of it', async () => {
    const path = pipe();
    const writer = spawn('sh', ['-c', 'exec cat /dev/zero > "$1"', 'sh', path]);
    const closed = once(writer, 'close');
    await expect(open(path, options)).rejects.toEqual(
      refusal(`file "${path}" has more than 1048576 bytes`),
    );
    expect(await closed).toEqual([null, 'SIGPIPE']);
  });

  test('refuses devices all the same', async () => {
    await expect(open('/dev/zero', options)).rejects.toEqual(
      refusal(
        'is a device; allowed is a regular file or a pipe of at most 1048576 bytes: give the path of one',
      ),
    );
  });
});
