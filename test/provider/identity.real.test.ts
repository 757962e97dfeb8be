/** Import by identity, and states with one, on hosts that know it: Terraform and OpenTofu from 1.12. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writesOf } from '../support/emulated-key';
import { cleanEnvironment } from '../support/terraform-workspace';
import { keyWithMaterial, useWorkbench } from './workbench';

const { terraform_version: version } = JSON.parse(
  execFileSync('terraform', ['version', '-json'], { env: cleanEnvironment(), encoding: 'utf8' }),
) as { terraform_version: string };
const [, minor] = version.split('.');
/** Below, hosts have no such argument of `import`. */
const onNewerHosts = Number(minor) >= 12 ? test : test.skip;

const bench = useWorkbench();

onNewerHosts(
  'a key and its material are imported by identity, from a state that has none',
  async () => {
    await bench.begin(keyWithMaterial('orders'));
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
    const keyId = String(bench.workspace.attributes('byok_external_key').key_id);
    expect(identities()).toEqual([{ key_id: keyId }, { key_id: keyId }]);

    await bench.begin('');
    const blocks = ['byok_external_key', 'byok_key_material'].map(
      (type) => `import {\n  to = ${type}.orders\n  identity = { key_id = "${keyId}" }\n}`,
    );
    bench.workspace.write('orders.key', '');
    bench.configure(
      `${blocks.join('\n')}\n${keyWithMaterial('orders').replace('material_file = "orders.key"', '')}`,
    );
    bench.emulator.clearCalls();
    const apply = await bench.workspace.apply();
    expect(apply.text).toContain('2 imported, 0 added, 0 changed, 0 destroyed');
    expect(writesOf(bench.emulator)).toEqual([]);
    expect(identities()).toEqual([{ key_id: keyId }, { key_id: keyId }]);

    // As an older provider left it: the next apply stores what Read supplies.
    const state = JSON.parse(stateText());
    for (const { instances } of state.resources) {
      delete instances[0].identity;
    }
    bench.workspace.write('terraform.tfstate', JSON.stringify({ ...state, serial: 99 }));
    expect((await bench.workspace.plan()).text).toContain('No changes.');
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
    expect(identities()).toEqual([{ key_id: keyId }, { key_id: keyId }]);
  },
);

onNewerHosts('an identity that is none is one sentence', async () => {
  await bench.begin('');
  bench.configure(
    `import {\n  to = byok_external_key.orders\n  identity = { key_id = "nothing" }\n}\n${keyWithMaterial('orders')}`,
  );
  const run = await bench.workspace.apply();
  expect(run.code).toBe(1);
  expect(run.text).toContain('allowed are 36 characters');
  expect(writesOf(bench.emulator)).toEqual([]);
});

const stateText = () => readFileSync(join(bench.workspace.folder, 'terraform.tfstate'), 'utf8');

const identities = () =>
  JSON.parse(stateText()).resources.map(
    ({ instances }: { instances: { identity?: unknown }[] }) => instances[0]?.identity,
  );
