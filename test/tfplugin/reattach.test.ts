import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join, relative } from 'node:path';
import { exportLine } from '../../lib/tfplugin/process/reattach';

test('a shell reads the line as the JSON that Terraform expects, whatever the temp folder is called', () => {
  const line = exportLine(
    'terraform.local/test/box',
    { network: 'unix', address: "/tmp/it's/s.sock" },
    12,
  );
  const { stdout } = spawnSync('sh', ['-c', `${line}\nprintf %s "$TF_REATTACH_PROVIDERS"`], {
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout)).toEqual({
    'terraform.local/test/box': {
      Protocol: 'grpc',
      ProtocolVersion: 6,
      Pid: 12,
      Test: true,
      Addr: { Network: 'unix', String: "/tmp/it's/s.sock" },
    },
  });
});

test('where Terraform starts the provider, nothing of this is loaded, and nothing else that the handshake does not need', () => {
  const lib = join(__dirname, '..', '..', 'lib');
  const script = `process.on('exit', () => process.stdout.write(JSON.stringify(Object.keys(require.cache))));
    require(${JSON.stringify(join(lib, 'provider', 'main.ts'))});`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', require.resolve('tsx/cjs'), '-e', script],
    { encoding: 'utf8' },
  );
  expect(stderr).toContain('This is the Terraform provider "byok"');
  const loaded = (JSON.parse(stdout) as string[])
    .filter((path) => path.startsWith(lib))
    .map((path) => relative(lib, path));
  const ofProcess = ['certificate', 'handshake', 'listen', 'log', 'serve', 'work'].map(
    (name) => `tfplugin/process/${name}.ts`,
  );
  expect(loaded.sort()).toEqual([
    'errors.ts',
    'printable.ts',
    'provider/main.ts',
    'tfplugin/grpc/grpc-server.ts',
    ...ofProcess,
  ]);
});

const fullDevice = '/dev/full';
(existsSync(fullDevice) ? test : test.skip)('says why it ends if its line goes nowhere', () => {
  const main = join(__dirname, '..', '..', 'lib', 'provider', 'main.ts');
  const full = openSync(fullDevice, 'w');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', require.resolve('tsx/cjs'), main, '--debug'],
    { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
  );
  closeSync(full);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^provider byok cannot start: standard output .* \(ENOSPC\); .*\n$/),
  ]);
});
