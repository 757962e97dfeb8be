/**
 * An app that a bundler made one file of: what it needs of this package lies beside its code no
 * more.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { scratchFolder } from '../support/scratch-folder';

const root = join(__dirname, '..', '..');

function runBundled(contents: string, external: string[]): string {
  const outfile = join(scratchFolder(), 'app.js');
  buildSync({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    alias: {
      'cdktf-byok': join(root, 'lib', 'index.ts'),
      'cdktf-byok/aws-cdk': join(root, 'lib', 'aws-cdk', 'index.ts'),
    },
    bundle: true,
    platform: 'node',
    outfile,
    external,
    logLevel: 'silent',
  });
  const { PATH } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [outfile], {
    env: { PATH, NODE_PATH: join(root, 'node_modules') },
    cwd: scratchFolder(),
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  return stderr;
}

test('of constructs is told to leave them out', () => {
  const said = runBundled(
    `import { App, TerraformStack } from 'cdktf';
     import { ByokProvider } from 'cdktf-byok';
     new ByokProvider(new TerraformStack(new App(), 'stack'), 'byok', { region: 'eu-de' });`,
    ['cdktf', 'constructs'],
  );
  expect(said).toContain('mark cdktf-byok as external');
  expect(said).toContain("code: 'ERR_CONFIGURATION'");
});

test('of AWS CDK is told so, too', () => {
  const said = runBundled(
    `import { App, Stack } from 'aws-cdk-lib';
     import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
     import { ImportedKey, KeyMaterialSource, KmsCredentials } from 'cdktf-byok/aws-cdk';
     const stack = new Stack(new App(), 'stack');
     const secret = Secret.fromSecretNameV2(stack, 'Secret', 'secret');
     const source = KeyMaterialSource.fromSecret(secret);
     new ImportedKey(stack, 'key', { alias: 'a', region: 'eu-de', source, credentials: KmsCredentials.fromSecret(secret) });`,
    ['aws-cdk-lib', 'constructs'],
  );
  expect(said).toContain('mark cdktf-byok as external');
  expect(said).toContain("code: 'ERR_CONFIGURATION'");
});
