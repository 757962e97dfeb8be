/**
 * The Terraform examples that the documentation shows, checked by the real terraform with our
 * provider.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, readText } from '../scripts/docs/pages';
import { TerraformWorkspace } from './support/terraform-workspace';

const root = join(__dirname, '..');
const examples = join(root, 'examples');
const subjects = ['resources', 'data-sources', 'ephemeral-resources', 'functions'].flatMap(
  (folder) => readdirSync(join(examples, folder)).map((name) => join(folder, name)),
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

/** Terraform text of a page that is written by hand; settings of the command line are none. */
function samplesOf(path: string): string[] {
  const fences = readFileSync(join(root, path), 'utf8').matchAll(
    /^( *)```(?:terraform|hcl)\n([\s\S]*?)^ *```$/gm,
  );
  return [...fences]
    .map(([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
    .filter((text) => !text.startsWith('provider_installation'));
}

/**
 * What a module may hold, with what the page only speaks of: the source of the provider, and keys
 * that other parts declare.
 */
function completed(sample: string): string {
  const withoutImports = sample.replace(/^import \{[\s\S]*?^\}\n/gm, '');
  const keys = [
    ...new Set([...sample.matchAll(/byok_external_key\.(\w+)/g)].map(([, name = '']) => name)),
  ];
  const missing = keys.filter((name) => !sample.includes(`resource "byok_external_key" "${name}"`));
  const source =
    'terraform {\n  required_providers {\n    byok = {\n      source = "terraform.local/cdktf-byok/byok"\n    }\n  }\n}\n';
  return [
    sample.includes('required_providers') ? '' : source,
    withoutImports,
    ...missing.map((name) => `resource "byok_external_key" "${name}" {\n  alias = "${name}"\n}\n`),
  ].join('\n');
}

test('every sample of Terraform in README and the pages written by hand is valid and formatted', async () => {
  const generated = pages(readText(root)).map(({ path }) => path);
  const byHand = [
    'README.md',
    ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
  ].filter((path) => path.endsWith('.md') && !generated.includes(path));
  // Those of other providers would need a registry.
  const samples = byHand
    .flatMap(samplesOf)
    .filter((text) => !/^(resource|data|ephemeral) "(?!byok_)/m.test(text));
  expect(samples.length).toBeGreaterThan(5);
  samples.forEach((sample, index) => {
    mkdirSync(join(workspace.folder, `sample-${index}`));
    writeFileSync(join(workspace.folder, `sample-${index}`, 'main.tf'), completed(sample));
    writeFileSync(
      join(workspace.folder, `sample-${index}.tf`),
      `module "sample-${index}" {\n  source = "./sample-${index}"\n}\n`,
    );
    mkdirSync(join(workspace.folder, 'as-written'), { recursive: true });
    writeFileSync(join(workspace.folder, 'as-written', `${index}.tf`), sample);
  });
  await workspace.init();
  expect((await workspace.succeed(['validate', '-no-color'])).text).toContain(
    'The configuration is valid.',
  );
  expect((await workspace.succeed(['fmt', '-check', '-diff', 'as-written'])).output).toBe('');
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
  const shown = subjects.flatMap((subject) =>
    readdirSync(join(examples, subject)).map((name) => join(subject, name)),
  );
  expect(
    shown.filter((path) => !blocks.includes(readFileSync(join(examples, path), 'utf8'))),
  ).toEqual([]);
});

test('fails an example with an attribute that the provider does not have', async () => {
  workspace.write(
    'resource.tf',
    'resource "byok_external_key" "payments" {\n  alias  = "payments"\n  colour = "red"\n}\n',
  );
  await workspace.init();
  const run = await workspace.terraform(['validate', '-no-color']);
  expect(run.code).toBe(1);
  expect(run.text).toContain('An argument named "colour" is not expected here');
});
