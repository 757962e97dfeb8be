/** The pages of docs/ as they are committed, against the schema they come from. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../lib/errors';
import { byokProvider } from '../lib/provider/provider';
import { outdatedPages, pages, readText } from '../scripts/docs/pages';

const root = join(__dirname, '..');
const read = readText(root);
const wanted = pages(read);

function page(path: string): string {
  return wanted.find((candidate) => candidate.path === path)?.content ?? '';
}

test('every committed page is what npm run docs writes', () => {
  expect(outdatedPages(wanted, read).map(({ path }) => path)).toEqual([]);
});

test('no page of a resource is left over', () => {
  const known = wanted.map(({ path }) => path);
  const committed = readdirSync(join(root, 'docs', 'resources')).map((name) => `docs/resources/${name}`);
  expect(committed.filter((path) => !known.includes(path))).toEqual([]);
});

test('every resource of the provider has a page and every attribute of it stands there once', () => {
  const { resources } = byokProvider({ env: {}, now: () => new Date(0), sleep: () => Promise.resolve() });
  for (const [type, { schema }] of Object.entries(resources)) {
    const text = page(`docs/resources/${type.replace('byok_', '')}.md`);
    for (const name of Object.keys(schema.attributes)) {
      expect(text.split(`\n- \`${name}\` (`)).toHaveLength(2);
    }
  }
});

test('names what an attribute is: write-only, replacing, its default and what is allowed', () => {
  const material = page('docs/resources/key_material.md');
  expect(material).toMatch(/^- `material_wo` \(String, Sensitive, \[Write-only\]\(/m);
  expect(material).toMatch(/^- `key_id` \(String\) .*Forces replacement\.$/m);
  expect(material).toMatch(/^- `material_encoding` .* Default: `base64`\. Allowed: `base64`, `hex`, .+\.$/m);
  expect(material.indexOf('### Read-Only')).toBeLessThan(material.indexOf('- `material_status`'));
});

test('every error code of ours is on the page of errors', () => {
  expect(Object.keys(errorCodes).filter((code) => !page('docs/errors.md').includes(`\`${code}\``))).toEqual([]);
});

test('links of the pages lead to files', () => {
  for (const { path, content } of wanted) {
    for (const [, target] of content.matchAll(/\]\(([\w/]+\.md)\)/g)) {
      expect(existsSync(join(root, path, '..', target ?? ''))).toBe(true);
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
