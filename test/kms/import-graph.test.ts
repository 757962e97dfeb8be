/**
 * The provider loads the client in every Terraform command: what is loaded for which endpoint, told
 * by Node itself.
 */
import { execFileSync } from 'node:child_process';
import { basename, join, sep } from 'node:path';

const root = join(__dirname, '..', '..');

/** Built-in modules that are loaded once a client for this endpoint exists. */
function loadedFor(endpoint: string, env: Record<string, string> = {}): readonly string[] {
  const source = `
    const { connectKms } = require('./lib/kms/connect');
    connectKms({ kmsEndpoint: process.argv[2] }, process.env, { now: () => new Date() });
    process.stdout.write(JSON.stringify(process.moduleLoadList));`;
  const bundled = execFileSync(
    join(root, 'node_modules', '.bin', 'esbuild'),
    ['--bundle', '--platform=node', '--log-level=error'],
    {
      cwd: root,
      input: source,
    },
  );
  const connection = { HW_PROJECT_ID: '0'.repeat(32), HW_AUTH_TOKEN: 'token' };
  return JSON.parse(
    // Not as an argument: Linux takes at most 128 KiB in one.
    execFileSync(process.execPath, ['-', endpoint], {
      env: { ...connection, ...env },
      input: bundled,
      encoding: 'utf8',
    }),
  );
}

test('plain http on loopback loads no TLS and no fetch', () => {
  const loaded = loadedFor('http://127.0.0.1:1', { HTTPS_PROXY: 'http://proxy.example' });
  expect(loaded).toContain('NativeModule http');
  expect(loaded).not.toContain('NativeModule https');
  expect(loaded).not.toContain('NativeModule tls');
  expect(loaded.filter((name) => name.includes('undici'))).toEqual([]);
});

test('https loads it', () => {
  expect(loadedFor('https://kms.example.com')).toEqual(
    expect.arrayContaining(['NativeModule https', 'NativeModule tls']),
  );
});

/** Our own files, loaded the same way, unbundled. */
function ownFilesFor(env: Record<string, string>): readonly string[] {
  const source = `
    const { connectKms } = require('./lib/kms/connect');
    connectKms({ kmsEndpoint: 'http://127.0.0.1:1', authUrl: 'http://127.0.0.1:1/v3' }, process.env, { now: () => new Date() });
    process.stdout.write(JSON.stringify(Object.keys(require.cache)));`;
  const args = ['--require', 'tsx/cjs', '--eval', source];
  const given = { PATH: process.env.PATH ?? '', HW_PROJECT_ID: '0'.repeat(32), ...env };
  const loaded: string[] = JSON.parse(
    execFileSync(process.execPath, args, { cwd: root, env: given, encoding: 'utf8' }),
  );
  return loaded
    .filter((file) => file.includes(`${sep}kms${sep}`))
    .map((file) => basename(file, '.ts'));
}

test.each([
  [{ HW_AUTH_TOKEN: 'token' }, []],
  [{ HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK' }, ['signer']],
  [{ HW_USER_NAME: 'u', HW_USER_PASSWORD: 'p', HW_DOMAIN_NAME: 'd' }, ['password-login']],
])('%j loads only what its login needs, and IAM not before it is asked', (env, expected) => {
  const loaded = ownFilesFor(env);
  expect(loaded).toContain('kms-client');
  expect(
    loaded.filter((name) => ['signer', 'iam', 'password-login', 'proxy-tunnel'].includes(name)),
  ).toEqual(expected);
});
