/** The Terraform examples that the documentation shows, checked by the real terraform with our provider. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, readText } from '../scripts/docs/pages';
import { TerraformWorkspace } from './support/terraform-workspace';

const root = join(__dirname, '..');
const examples = join(root, 'examples');
const subjects = ['resources', 'data-sources', 'ephemeral-resources', 'functions'].flatMap((folder) =>
  readdirSync(join(examples, folder)).map((name) => join(folder, name)),
);

let workspace: TerraformWorkspace;

beforeEach(() => {
  workspace = new TerraformWorkspace();
  copyFileSync(join(examples, 'provider', 'provider.tf'), join(workspace.folder, 'provider.tf'));
});

afterEach(() => workspace.remove());

test.each(subjects)('the examples in %s are valid and formatted', async (subject) => {
  const folder = join(examples, subject);
  const files = readdirSync(folder);
  expect(files.filter((name) => !name.endsWith('.tf'))).toEqual([]);
  for (const name of files) {
    copyFileSync(join(folder, name), join(workspace.folder, name));
  }
  await workspace.init();
  const { text } = await workspace.succeed(['validate', '-no-color']);
  expect(text).toContain('The configuration is valid.');
  expect((await workspace.succeed(['fmt', '-check', '-diff'])).output).toBe('');
});

test('every block of Terraform in the pages is formatted, and every example is on a page', async () => {
  const blocks = pages(readText(root)).flatMap(({ content }) =>
    [...content.matchAll(/```terraform\n([\s\S]*?)```/g)].map(([, text = '']) => text),
  );
  mkdirSync(join(workspace.folder, 'blocks'));
  blocks.forEach((text, index) => {
    writeFileSync(join(workspace.folder, 'blocks', `${index}.tf`), text);
  });
  expect((await workspace.succeed(['fmt', '-check', '-diff', 'blocks'])).output).toBe('');
  const shown = subjects.flatMap((subject) => readdirSync(join(examples, subject)).map((name) => join(subject, name)));
  expect(shown.filter((path) => !blocks.includes(readFileSync(join(examples, path), 'utf8')))).toEqual([]);
});

test('fails an example with an attribute that the provider does not have', async () => {
  workspace.write('resource.tf', 'resource "byok_external_key" "payments" {\n  alias  = "payments"\n  colour = "red"\n}\n');
  await workspace.init();
  const run = await workspace.terraform(['validate', '-no-color']);
  expect(run.code).toBe(1);
  expect(run.text).toContain('An argument named "colour" is not expected here');
});
