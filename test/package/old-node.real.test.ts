/** A Node that is too old gets one sentence, from the provider and from the command. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { packageVersion } from '../mirror/fake-bundle';
import { root } from '../support/checkout';
import { preloading } from '../support/preloading-node';
import { scratchFolder } from '../support/scratch-folder';
import { cleanEnvironment, TerraformWorkspace } from '../support/terraform-workspace';

const bundle = join(root, 'dist', 'bundle');
const files = [
  join(bundle, 'provider', `terraform-provider-byok_v${packageVersion}`),
  join(bundle, 'byok.js'),
] as const;
const [provider, command] = files;

/** Environment in which `node` says that it is of this version. */
function nodeOf(version: string): Record<string, string> {
  const script = join(scratchFolder(), 'version.cjs');
  writeFileSync(
    script,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`,
  );
  return preloading(script);
}

const run = (path: string, args: readonly string[], env: Record<string, string>) =>
  spawnSync(path, args, { env: cleanEnvironment(env), encoding: 'utf8' });

test.each(['20.8.1', '18.20.8', '12.22.12', '0.10.48'])('%s is refused', (version) => {
  const sentence = `needs Node.js 20.9 or newer; ${process.execPath}, the first node on PATH, is ${version}\n`;
  expect(run(provider, [], nodeOf(version))).toMatchObject({
    status: 1,
    stdout: `terraform-provider-byok ${sentence}`,
    stderr: '',
  });
  expect(run(command, ['--version'], nodeOf(version))).toMatchObject({
    status: 1,
    stdout: '',
    stderr: `byok: ${sentence}`,
  });
});

test.each(['20.9.0', '20.10.0', '22.0.0', '100.1.2'])('%s is taken', (version) => {
  expect(run(command, ['--version'], nodeOf(version))).toMatchObject({
    status: 0,
    stdout: `${packageVersion}\n`,
  });
});

test('Terraform shows the sentence', async () => {
  const workspace = new TerraformWorkspace();
  workspace.configure('  region = "eu-de"', '');
  await workspace.init();
  const { code, text } = await workspace.terraform(['validate', '-no-color'], nodeOf('18.19.0'));
  workspace.remove();
  expect(code).toBe(1);
  expect(text).toContain('terraform-provider-byok needs Node.js 20.9 or newer;');
});

test.each(files)('%s is of words that the oldest Node can parse', (path) => {
  const code = readFileSync(path, 'utf8');
  expect(transformSync(code, { target: 'es5' }).warnings).toEqual([]);
  expect(code).not.toMatch(/=>|`|\b(?:const|let|class)\b/);
});
