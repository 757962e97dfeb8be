/** The Terraform examples that the documentation shows, checked by the real terraform with our provider. */
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformWorkspace } from './support/terraform-workspace';

const examples = join(__dirname, '..', 'examples');
const types = readdirSync(join(examples, 'resources'));

let workspace: TerraformWorkspace;

beforeEach(() => {
  workspace = new TerraformWorkspace();
  copyFileSync(join(examples, 'provider', 'provider.tf'), join(workspace.folder, 'provider.tf'));
});

afterEach(() => workspace.remove());

test.each(types)('the example of %s is valid and formatted', async (type) => {
  copyFileSync(join(examples, 'resources', type, 'resource.tf'), join(workspace.folder, 'resource.tf'));
  await workspace.init();
  const { text } = await workspace.succeed(['validate', '-no-color']);
  expect(text).toContain('The configuration is valid.');
  expect((await workspace.succeed(['fmt', '-check', '-diff'])).output).toBe('');
});

test('fails an example with an attribute that the provider does not have', async () => {
  workspace.write('resource.tf', 'resource "byok_external_key" "payments" {\n  alias  = "payments"\n  colour = "red"\n}\n');
  await workspace.init();
  const run = await workspace.terraform(['validate', '-no-color']);
  expect(run.code).toBe(1);
  expect(run.text).toContain('An argument named "colour" is not expected here');
});
