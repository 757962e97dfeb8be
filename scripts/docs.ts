/**
 * `npm run docs`: writes the pages of docs/ that follow from the schema, the error tables and the
 * command definitions, and API.md from the TSDoc. With `--check` it writes nothing and fails when a
 * page is not what it would write.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { apiPage } from './docs/api-page';
import { outdatedPages, pages, readText } from './docs/pages';
import { readApi } from './docs/read-api';

const root = join(__dirname, '..');

const { values: flags } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const wanted = [...pages(readText(root)), { path: 'API.md', content: apiPage(readApi(root)) }];
const outdated = outdatedPages(wanted, readText(root));
if (flags.check && outdated.length > 0) {
  process.stderr.write(
    `${outdated.map(({ path }) => `${path} is not current`).join('\n')}\nrun: npm run docs\n`,
  );
  process.exitCode = 1;
}
for (const { path, content } of flags.check ? [] : outdated) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  process.stdout.write(`${path}\n`);
}
