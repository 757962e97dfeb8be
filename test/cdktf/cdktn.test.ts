/** CDK Terrain, the successor of CDKTF, takes the same constructs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as cdktf from 'cdktf';
import { ByokProvider, ExternalKey, ImportedKey, KeyMaterial, KeyMaterialSource } from 'cdktf-byok';
import * as cdktn from 'cdktn';
import { Construct } from 'constructs';
import { fakeBundle } from '../mirror/fake-bundle';
import { scratchFolder } from '../support/scratch-folder';

const context = () => ({ 'cdktf-byok:bundle': fakeBundle(scratchFolder()).folder });

/** Every element that this package makes. */
function declare(stack: Construct): ImportedKey {
  new ByokProvider(stack, 'byok', { region: 'eu-de', caFile: 'ca.pem' });
  const group = new Construct(stack, 'group');
  new ImportedKey(group, 'file', {
    alias: 'file',
    source: KeyMaterialSource.fromFile('keys/a.b64'),
  });
  new KeyMaterial(stack, 'material', {
    ...KeyMaterialSource.fromVariable('secret').bind(stack),
    keyId: new ExternalKey(stack, 'key', { alias: 'key' }).keyId,
  });
  ExternalKey.generateConfigForImport(stack, 'found', '0d0466b0-e727-4d9c-b35d-f84bb474a37f');
  return new ImportedKey(group, 'env', {
    alias: 'env',
    source: KeyMaterialSource.fromEnvironment('SECRET'),
  });
}

test('a cdktn app makes of the constructs what a cdktf app makes of them', () => {
  const options = { outdir: scratchFolder(), context: context() };
  const ofCdktn = new cdktn.TerraformStack(cdktn.Testing.app(options), 'stack');
  const ofCdktf = new cdktf.TerraformStack(cdktf.Testing.app(options), 'stack');
  declare(ofCdktn);
  declare(ofCdktf);
  expect(JSON.parse(cdktn.Testing.synth(ofCdktn, true))).toEqual(
    JSON.parse(cdktf.Testing.synth(ofCdktf, true)),
  );
});

test('a cdktn app writes the provider beside the stack', () => {
  const outdir = scratchFolder();
  const app = new cdktn.App({ outdir, context: context() });
  const stack = new cdktn.TerraformStack(app, 'stack');
  new cdktn.TerraformOutput(stack, 'key_id', { value: declare(stack).keyId });
  app.synth();
  expect(
    existsSync(
      join(
        outdir,
        'stacks',
        'stack',
        'terraform.d',
        'plugins',
        'terraform.local',
        'cdktf-byok',
        'byok',
      ),
    ),
  ).toBe(true);
  expect(existsSync(join(outdir, 'stacks', 'stack', 'cdk.tf.json'))).toBe(true);
});
