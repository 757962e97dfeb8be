/**
 * The provider `byok` under `--debug`: as it is built, and from its source, as an editor runs it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../mirror/fake-bundle';
import { AttachedProvider } from '../support/attached-provider';
import { root } from '../support/checkout';
import { type Emulator, startEmulator } from '../support/emulator';
import { cleanEnvironment } from '../support/terraform-workspace';
import { configure, keyWithMaterial, takeBuiltProvider, workbench } from './workbench';

takeBuiltProvider('the start of the provider is the subject');

const built = join(
  root,
  'dist',
  'bundle',
  'provider',
  `terraform-provider-byok_v${packageVersion}`,
);

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator.close());

test.each([
  ['as it is built', [built]],
  [
    'from its source',
    [join(root, 'node_modules', '.bin', 'tsx'), join(root, 'lib', 'provider', 'main.ts')],
  ],
])('a key lives in the hands of a provider %s', async (how, command) => {
  const { workspace, material } = await workbench(
    emulator,
    keyWithMaterial(how.replaceAll(' ', '-'), 'on_destroy = "delete_material"'),
  );
  // Nothing else that Terraform could start.
  rmSync(join(workspace.folder, 'terraform.d'), { recursive: true });
  rmSync(join(workspace.folder, '.terraform'), { recursive: true });
  rmSync(join(workspace.folder, '.terraform.lock.hcl'));
  const provider = await AttachedProvider.start([...command, '--debug'], {
    cwd: workspace.folder,
    env: cleanEnvironment(workspace.env),
  });
  try {
    const succeed = (...args: string[]) =>
      workspace.succeed([...args, '-no-color'], provider.environment);
    await succeed('init');
    expect((await succeed('apply', '-auto-approve')).text).toContain('2 added');
    expect((await succeed('plan', '-detailed-exitcode')).text).toContain('No changes.');
    const { key_id: keyId } = workspace.attributes('byok_external_key');
    emulator.deleteMaterial(String(keyId));
    expect((await succeed('plan')).text).toContain('the key no longer holds material');
    await succeed('apply', '-auto-approve');
    expect((await succeed('destroy', '-auto-approve')).text).toContain('2 destroyed');
    expect(provider.stdout + provider.stderr).not.toContain(material.toString('base64'));
  } finally {
    expect(await provider.end()).toBe(0);
    workspace.remove();
  }
});

test('the command that started it is not taken for the one of Terraform', async () => {
  const { workspace } = await workbench(emulator, keyWithMaterial('started-by-a-script'));
  workspace.write('destroy', `"${built}" --debug\n`);
  const provider = await AttachedProvider.start(['sh', 'destroy'], {
    cwd: workspace.folder,
    env: cleanEnvironment(workspace.env),
  });
  try {
    await workspace.succeed(['apply', '-auto-approve', '-no-color'], provider.environment);
    configure(
      emulator,
      workspace,
      keyWithMaterial('started-by-a-script', `fingerprint = "sha256:${'0'.repeat(64)}"`),
    );
    const { code, text } = await workspace.terraform(['plan', '-no-color'], provider.environment);
    expect([code, text]).toEqual([1, expect.stringContaining('ERR_MATERIAL_DIFFERS')]);
  } finally {
    await provider.end();
    workspace.remove();
  }
});
