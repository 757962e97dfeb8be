/** The pages of docs/ as they are committed, against the schemas they come from and the provider they describe. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../lib/errors';
import { runCommand } from '../lib/material/command';
import { byokProvider } from '../lib/provider/provider';
import { observedKeyAttributes, observedMaterialStatuses } from '../lib/schema/data-sources';
import { outdatedPages, pages, readText } from '../scripts/docs/pages';

const root = join(__dirname, '..');
const read = readText(root);
const wanted = pages(read);
const provider = byokProvider({ env: {}, now: () => new Date(0), sleep: () => Promise.resolve() });

const generatedFolders = ['resources', 'data-sources', 'ephemeral-resources', 'functions'] as const;

/** Pages written by hand included. */
const committed = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

function page(path: string): string {
  return wanted.find((candidate) => candidate.path === path)?.content ?? '';
}

test('every committed page is what npm run docs writes', () => {
  expect(outdatedPages(wanted, read).map(({ path }) => path)).toEqual([]);
});

test('no page of the schema is left over', () => {
  const known = wanted.map(({ path }) => path);
  const generated = committed.filter((path) => generatedFolders.some((folder) => path.startsWith(`docs/${folder}/`)));
  expect(generated.filter((path) => !known.includes(path))).toEqual([]);
});

test.each([
  ['resources', provider.resources],
  ['data-sources', provider.dataSources ?? {}],
  ['ephemeral-resources', provider.ephemeralResources ?? {}],
] as const)('every one of the %s has a page and every attribute of it stands there once', (folder, definitions) => {
  expect(Object.keys(definitions)).not.toEqual([]);
  for (const [type, { schema }] of Object.entries(definitions)) {
    const [own] = page(`docs/${folder}/${type.replace('byok_', '')}.md`).split('<a id="nestedatt--');
    for (const name of Object.keys(schema.attributes)) {
      expect(own?.split(`\n- \`${name}\` (`)).toHaveLength(2);
    }
  }
});

test('every function has a page with its signature and its arguments in order', () => {
  const { functions = {} } = provider;
  expect(Object.keys(functions)).not.toEqual([]);
  for (const [name, { schema }] of Object.entries(functions)) {
    const text = page(`docs/functions/${name}.md`);
    expect(text).toContain(`\n${name}(${schema.parameters.map((parameter) => `${parameter.name} ${parameter.type}`).join(', ')}) `);
    const listed = [...text.matchAll(/^(\d+)\. `(\w+)` \(/gm)].map(([, position, parameter]) => `${position} ${parameter}`);
    expect(listed).toEqual(schema.parameters.map((parameter, index) => `${index + 1} ${parameter.name}`));
  }
});

test('what a key looks like is on the pages of both data sources', () => {
  const [, nested = ''] = page('docs/data-sources/keys.md').split('<a id="nestedatt--keys"></a>');
  for (const text of [page('docs/data-sources/key.md'), nested]) {
    expect(Object.keys(observedKeyAttributes).filter((name) => !text.includes(`\n- \`${name}\` (`))).toEqual([]);
    expect(Object.keys(observedMaterialStatuses).filter((status) => !text.includes(`\`${status}\`: `))).toEqual([]);
  }
});

test('names what an attribute is: write-only, replacing, its default and what is allowed', () => {
  const material = page('docs/resources/key_material.md');
  expect(material).toMatch(/^- `material_wo` \(String, Sensitive, \[Write-only\]\(/m);
  expect(material).toMatch(/^- `key_id` \(String\) .*Forces replacement\.$/m);
  expect(material).toMatch(/^- `material_encoding` .* Default: `base64`\. Allowed: `base64`, `hex`, .+\.$/m);
  expect(material.indexOf('### Read-Only')).toBeLessThan(material.indexOf('- `material_status`'));
});

test('every source of material has a section with an example of it', () => {
  const material = page('docs/resources/key_material.md');
  const [, sources = ''] = /\n## Sources\n([\s\S]*?)\n## /.exec(material) ?? [];
  const set = [...sources.matchAll(/^ {2}(\w+) += /gm)].map(([, name]) => name);
  expect(set).toEqual(
    expect.arrayContaining(['material_file', 'material_env', 'material_wo', 'material_command', 'wrap_command', 'import_token_wo']),
  );
});

test('the variables that commands see are those that the page lists, and no others', async () => {
  const [, listed = ''] = /\n## The environment of commands\n\n(.*)\n/.exec(page('docs/resources/key_material.md')) ?? [];
  const documented = [...listed.matchAll(/`([A-Z][A-Z_*…]+)`/g)].map(([, name = '']) => name.replace(/[*…]$/, 'X'));
  const foreign = ['HW_SECRET_KEY', 'OS_PASSWORD', 'TF_VAR_key', 'CI_JOB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'VAULT_TOKEN', 'NODE_OPTIONS'];
  const { PATH = '' } = process.env;
  const env = { ...Object.fromEntries([...documented, ...foreign].map((name) => [name, 'x'])), PATH };
  const print = 'process.stdout.write(JSON.stringify(Object.keys(process.env)))';
  const { signal } = new AbortController();
  const seen = await runCommand([process.execPath, '-e', print], { attribute: 'material_command', env, signal });
  expect(documented).toContain('BYOK_X');
  expect((JSON.parse(seen.toString()) as string[]).sort()).toEqual([...new Set(documented)].sort());
});

test('every error code of ours is on the page of errors', () => {
  expect(Object.keys(errorCodes).filter((code) => !page('docs/errors.md').includes(`\`${code}\``))).toEqual([]);
});

test('the index links every page', () => {
  const linked = [...page('docs/index.md').matchAll(/\]\(([^)]+\.md)\)/g)].map(([, target]) => `docs/${target}`);
  expect(linked.sort()).toEqual(committed.filter((path) => path !== 'docs/index.md').sort());
});

test('links between pages lead to files, and within a page to a heading', () => {
  for (const path of committed) {
    const text = readFileSync(join(root, path), 'utf8');
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const anchors = [...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id)];
    for (const [, target = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)) {
      expect([path, target, existsSync(join(root, path, target === '' ? '' : '..', target))]).toEqual([path, target, true]);
      expect([path, anchor, anchor === undefined || target !== '' || anchors.includes(anchor)]).toEqual([path, anchor, true]);
    }
  }
});

test('fails a page that differs or is missing, and an example that is not there', () => {
  expect(outdatedPages(wanted, (path) => (path === 'docs/errors.md' ? 'old' : read(path))).map(({ path }) => path)).toEqual([
    'docs/errors.md',
  ]);
  expect(outdatedPages(wanted, () => undefined)).toHaveLength(wanted.length);
  expect(() => pages(() => undefined)).toThrow('the example examples/resources/byok_external_key/resource.tf is missing');
});
