/**
 * What a developer's shell tells every Node does not reach the provider, which holds the material.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformWorkspace } from '../support/terraform-workspace';

let workspace: TerraformWorkspace;

beforeAll(async () => {
  workspace = new TerraformWorkspace();
  workspace.configure('  region = "eu-de"', '');
  writeFileSync(join(workspace.folder, 'speaks.cjs'), 'console.log("hello")');
  await workspace.init();
});

afterAll(() => workspace.remove());

const isValid = (env: Readonly<Record<string, string>>) =>
  workspace.succeed(['validate', '-no-color'], env);

test.each([
  '--require ./not-there.cjs',
  '--require ./speaks.cjs',
  '--import tsx',
  '--no-such-option',
  '--experimental-permission',
  '--inspect-brk=127.0.0.1:0',
])('NODE_OPTIONS=%s', async (options) => {
  expect(await isValid({ NODE_OPTIONS: options })).toMatchObject({ code: 0 });
});

test('neither opens a debugger nor prints what it sends', async () => {
  const { output } = await isValid({
    NODE_OPTIONS: '--inspect=127.0.0.1:0',
    NODE_DEBUG: 'http2,tls',
    TF_LOG: 'TRACE',
  });
  expect(output).toContain('serving provider byok');
  expect(output).not.toMatch(/Debugger listening|HTTP2 \d+:|TLS \d+:/);
});

test('NODE_PATH loads nothing into it', async () => {
  for (const name of ['fs', 'crypto', 'tls', 'http2', 'pkcs12', 'provider']) {
    writeFileSync(join(workspace.folder, `${name}.js`), 'throw new Error("loaded")');
  }
  expect(await isValid({ NODE_PATH: workspace.folder })).toMatchObject({ code: 0 });
});

test('neither writes files for Node nor takes itself for a worker of another process', async () => {
  const written = join(workspace.folder, 'coverage');
  const env = {
    NODE_UNIQUE_ID: '1',
    NODE_CHANNEL_FD: '1',
    NODE_V8_COVERAGE: written,
    NODE_REDIRECT_WARNINGS: join(written, 'warnings'),
  };
  expect(await isValid(env)).toMatchObject({ code: 0 });
  expect(existsSync(written)).toBe(false);
});
