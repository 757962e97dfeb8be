/**
 * The pages as they are committed, against the schemas and the TSDoc they come from and the
 * provider they describe.
 */

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { byokCommand } from '../lib/cli/command';
import { allNodes, commandTree } from '../lib/cli/command-tree';
import { errorCodes } from '../lib/errors';
import { runCommand } from '../lib/material/command';
import { byokProvider } from '../lib/provider/provider';
import { noSharedMarks } from '../lib/provider/shared-marks';
import { observedKeyAttributes, observedMaterialStatuses } from '../lib/schema/data-sources';
import { externalKeySchema } from '../lib/schema/external-key';
import { keyMaterialSchema } from '../lib/schema/key-material';
import type { BlockSchema } from '../lib/schema/model';
import { providerSchema } from '../lib/schema/provider';
import { environmentVariables } from '../lib/terms/connection';
import type { ApiSymbol } from '../scripts/docs/api-model';
import { apiPage } from '../scripts/docs/api-page';
import { outdatedPages, pages, readText } from '../scripts/docs/pages';
import { readApi } from '../scripts/docs/read-api';

const root = join(__dirname, '..');
const read = readText(root);
const wanted = pages(read);
const provider = byokProvider({
  env: {},
  now: () => new Date(0),
  sleep: () => Promise.resolve(),
  destroying: () => false,
  joinRun: () => noSharedMarks,
});

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
  const generated = committed.filter((path) =>
    generatedFolders.some((folder) => path.startsWith(`docs/${folder}/`)),
  );
  expect(generated.filter((path) => !known.includes(path))).toEqual([]);
});

test.each([
  ['resources', provider.resources],
  ['data-sources', provider.dataSources ?? {}],
  ['ephemeral-resources', provider.ephemeralResources ?? {}],
] as const)(
  'every one of the %s has a page and every attribute of it stands there once',
  (folder, definitions) => {
    expect(Object.keys(definitions)).not.toEqual([]);
    for (const [type, { schema }] of Object.entries(definitions)) {
      const [own] = page(`docs/${folder}/${type.replace('byok_', '')}.md`).split(
        '<a id="nestedatt--',
      );
      for (const name of Object.keys(schema.attributes)) {
        expect(own?.split(`\n- \`${name}\` (`)).toHaveLength(2);
      }
    }
  },
);

test('every function has a page with its signature and its arguments in order', () => {
  const { functions = {} } = provider;
  expect(Object.keys(functions)).not.toEqual([]);
  for (const [name, { schema }] of Object.entries(functions)) {
    const text = page(`docs/functions/${name}.md`);
    expect(text).toContain(
      `\n${name}(${schema.parameters.map((parameter) => `${parameter.name} ${parameter.type}`).join(', ')}) `,
    );
    const listed = [...text.matchAll(/^(\d+)\. `(\w+)` \(/gm)].map(
      ([, position, parameter]) => `${position} ${parameter}`,
    );
    expect(listed).toEqual(
      schema.parameters.map((parameter, index) => `${index + 1} ${parameter.name}`),
    );
  }
});

test('what a key looks like is on the pages of both data sources', () => {
  const [, nested = ''] = page('docs/data-sources/keys.md').split('<a id="nestedatt--keys"></a>');
  for (const text of [page('docs/data-sources/key.md'), nested]) {
    expect(
      Object.keys(observedKeyAttributes).filter((name) => !text.includes(`\n- \`${name}\` (`)),
    ).toEqual([]);
    expect(
      Object.keys(observedMaterialStatuses).filter((status) => !text.includes(`\`${status}\`: `)),
    ).toEqual([]);
  }
});

test('names what an attribute is: write-only, replacing, its default and what is allowed', () => {
  const material = page('docs/resources/key_material.md');
  expect(material).toMatch(/^- `material_wo` \(String, \[Write-only\]\(/m);
  expect(material).toMatch(/^- `key_id` \(String\) .*Forces replacement\.$/m);
  expect(material).toMatch(
    /^- `material_encoding` .* Default: `base64`\. Allowed: `base64`, `hex`, .+\.$/m,
  );
  expect(material.indexOf('### Read-Only')).toBeLessThan(material.indexOf('- `material_status`'));
});

test('every source of material has a section with an example of it', () => {
  const material = page('docs/resources/key_material.md');
  const [, sources = ''] = /\n## Sources\n([\s\S]*?)\n## /.exec(material) ?? [];
  const set = [...sources.matchAll(/^ {2}(\w+) += /gm)].map(([, name]) => name);
  expect(set).toEqual(
    expect.arrayContaining([
      'material_file',
      'material_env',
      'material_wo',
      'material_command',
      'wrap_command',
      'import_token_wo',
    ]),
  );
});

test('the variables that commands see are those that the page lists, and no others', async () => {
  const [, listed = ''] =
    /\n## The environment of commands\n\n(.*)\n/.exec(page('docs/resources/key_material.md')) ?? [];
  const documented = [...listed.matchAll(/`([A-Z][A-Z_*…]+)`/g)].map(([, name = '']) =>
    name.replace(/[*…]$/, 'X'),
  );
  const foreign = [
    'HW_SECRET_KEY',
    'OS_PASSWORD',
    'TF_VAR_key',
    'CI_JOB_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'VAULT_TOKEN',
    'NODE_OPTIONS',
  ];
  const { PATH = '' } = process.env;
  const env = {
    ...Object.fromEntries([...documented, ...foreign].map((name) => [name, 'x'])),
    PATH,
  };
  const print = 'process.stdout.write(JSON.stringify(Object.keys(process.env)))';
  const { signal } = new AbortController();
  const seen = await runCommand([process.execPath, '-e', print], {
    attribute: 'material_command',
    env,
    signal,
  });
  expect(documented).toContain('BYOK_X');
  expect((JSON.parse(seen.toString()) as string[]).sort()).toEqual([...new Set(documented)].sort());
});

test('every error code of ours is on the page of errors', () => {
  expect(
    Object.keys(errorCodes).filter((code) => !page('docs/errors.md').includes(`\`${code}\``)),
  ).toEqual([]);
});

test('every error code of ours has a section in troubleshooting, in alphabetical order, and nothing that is no code has', () => {
  const sections = [...(read('docs/troubleshooting.md') ?? '').matchAll(/^## (ERR_\w+)$/gm)].map(
    ([, code]) => code,
  );
  expect(sections).toEqual(Object.keys(errorCodes).sort());
});

test('every command has a section with its flags; those of the connection stand in one of their own', () => {
  const surroundings = {
    env: {},
    homeFolder: '',
    now: () => new Date(0),
    print: () => {},
    remark: () => {},
    exitWith: () => {},
  };
  const idle = { readInput: async () => undefined, untilStopped: async () => '' };
  const [root, ...commands] = allNodes(commandTree(byokCommand({ ...surroundings, ...idle })));
  const sections = new Map(
    page('docs/cli.md')
      .split(/^##+ /m)
      .map((text) => [text.split('\n')[0], text]),
  );
  const flagsIn = (text = '') =>
    [...text.matchAll(/^- `(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
  const connection = flagsIn(sections.get('Connection flags'));
  expect(connection).toEqual(
    expect.arrayContaining(['--region', '--kms-endpoint', '--access-key']),
  );
  expect([...sections.keys()].slice(1)).toEqual([
    ...commands.map(({ path }) => path),
    'Connection flags',
  ]);
  for (const { path, flags } of commands) {
    const section = sections.get(path) ?? '';
    const told = [
      ...flagsIn(section),
      ...(section.includes('](#connection-flags)') ? connection : []),
    ];
    expect([path, ...told.sort()]).toEqual([
      path,
      ...flags
        .flatMap(({ names }) => names.at(-1) ?? [])
        .filter((flag) => flag !== '--help')
        .sort(),
    ]);
  }
  expect(
    root?.flags.filter(
      ({ names }) =>
        !names.includes('--help') && !page('docs/cli.md').includes(`\`${names.join(', ')}\``),
    ),
  ).toEqual([]);
});

test('the index links every page, and every page written by hand links the index', () => {
  const linked = [...page('docs/index.md').matchAll(/\]\(([^)]+\.md)\)/g)].map(([, target = '']) =>
    normalize(join('docs', target)),
  );
  expect(linked.sort()).toEqual(
    ['API.md', ...committed.filter((path) => path !== 'docs/index.md')].sort(),
  );
  const byHand = committed.filter((path) => !wanted.some((generated) => generated.path === path));
  expect(byHand.filter((path) => !read(path)?.includes('](index.md)'))).toEqual([]);
});

test('README stays a page that is read to its end: under 120 lines', () => {
  expect((read('README.md') ?? '').trimEnd().split('\n').length).toBeLessThan(120);
});

describe('links', () => {
  const readers = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...committed,
    ...['examples', 'examples/ci']
      .flatMap((folder) =>
        ['', ...readdirSync(join(root, folder))].map((name) => join(folder, name)),
      )
      .map((folder) => join(folder, 'README.md'))
      .filter((path) => existsSync(join(root, path))),
  ];

  test.each(readers)('of %s lead to files and headings that are there', (path) => {
    const broken = linksOf(read(path) ?? '').filter(({ target, anchor }) => {
      const file = target === '' ? path : normalize(join(dirname(path), target));
      return (
        !existsSync(join(root, file)) ||
        (anchor !== undefined && !anchorsOf(read(file) ?? '').has(anchor))
      );
    });
    expect(broken).toEqual([]);
  });

  test('fail at a file or a heading that is not there', () => {
    const text =
      '# A `b`, c\n\n# A b c\n```sh\n# no heading [x](nowhere.md)\n```\n[one](#a-b-c-1) `[code](nowhere.md)` [two](other.md#d)';
    expect(linksOf(text)).toEqual([
      { target: '', anchor: 'a-b-c-1' },
      { target: 'other.md', anchor: 'd' },
    ]);
    expect([...anchorsOf(text)]).toEqual(['a-b-c', 'a-b-c-1']);
  });
});

describe('API.md', () => {
  const api = readApi(root);
  const text = read('API.md') ?? '';
  const symbols = api.flatMap((module) => module.symbols);
  const named = (name: string) => symbols.find((symbol) => symbol.anchor === name);

  test('is what npm run docs writes', () => {
    expect(text === apiPage(api)).toBe(true);
  });

  test('has every subpath of the package, and a section for everything they export', () => {
    const { exports } = JSON.parse(read('package.json') ?? '') as {
      exports: Record<string, unknown>;
    };
    const subpaths = Object.keys(exports).filter((subpath) => !subpath.endsWith('.json'));
    expect(api.map(({ name }) => name)).toEqual(
      subpaths.map((subpath) => `cdktf-byok${subpath.slice(1)}`),
    );
    expect(
      symbols
        .map(({ anchor }) => anchor)
        .filter((anchor) => text.split(`<a id="${anchor}"></a>`).length !== 2),
    ).toEqual([]);
  });

  test('names no folder of this machine and no version', () => {
    expect(text).not.toContain(root);
    expect(text).not.toMatch(/(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)/);
  });

  test('links whole addresses', () => {
    expect(text).toMatch(/^See https:\/\/\S+\.html$/m);
    expect(text).not.toMatch(/(?<!https?):\/\//);
  });

  test('names every environment variable that stands for a property of the provider, in the order in which they count', () => {
    const fields = named('ByokProviderProps')?.fields ?? [];
    const documented = Object.keys(environmentVariables).map((attribute) => {
      const field = fields.find(({ name }) => name === attribute);
      return [attribute, field?.doc.tags.default[0]?.match(/\b(?:HW|OS)_[A-Z_]+/g)];
    });
    expect(documented).toEqual(
      Object.entries(environmentVariables).map(([attribute, { HW, OS }]) => [
        attribute,
        [...HW, ...OS],
      ]),
    );
  });

  test('says of everything what it is for, and of every property of a construct', () => {
    const told = ({ doc, kind, methods }: ApiSymbol) =>
      doc.summary !== '' || (kind === 'function' && methods[0]?.doc.summary !== '');
    expect(symbols.filter((symbol) => !told(symbol)).map(({ anchor }) => anchor)).toEqual([]);
    const props = symbols.flatMap((symbol) => (symbol.props === undefined ? [] : [symbol.props]));
    expect(props).not.toEqual([]);
    for (const { fields } of props) {
      expect(
        fields.filter(({ doc, type }) => doc.summary === '' && type[0]?.refersTo === undefined),
      ).toEqual([]);
    }
  });

  test.each([
    ['ByokProviderProps', providerSchema],
    ['ExternalKeyConfig', externalKeySchema],
    ['KeyMaterialConfig', keyMaterialSchema],
    ['ImportedKeyProps', keyMaterialSchema],
  ])('says of %s the defaults that the schema has', (name, { attributes }: BlockSchema) => {
    const stated = (named(name)?.fields ?? []).flatMap((field) => {
      const attribute = attributes[snakeCase(field.name)];
      return attribute?.default === undefined
        ? []
        : [[field.name, field.doc.tags.default[0], JSON.stringify(attribute.default)] as const];
    });
    expect(stated).not.toEqual([]);
    expect(stated.filter(([, inCode = '', inSchema]) => inCode.split(',')[0] !== inSchema)).toEqual(
      [],
    );
  });
});

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Of prose: what stands in code is no link. */
function linksOf(text: string): { target: string; anchor: string | undefined }[] {
  const prose = withoutFences(text).replace(/`[^`\n]*`/g, (code) =>
    code.includes('](') ? '' : code,
  );
  return [...prose.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)/g)].map(
    ([, target = '', anchor]) => ({ target, anchor }),
  );
}

/** As the forges make them from headings; a second one of the same name is counted. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id));
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
    const count = [...anchors].filter(
      (anchor) => anchor === slug || anchor.replace(/-\d+$/, '') === slug,
    ).length;
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

function withoutFences(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
}

test('fails a page that differs or is missing, and an example that is not there', () => {
  expect(
    outdatedPages(wanted, (path) => (path === 'docs/errors.md' ? 'old' : read(path))).map(
      ({ path }) => path,
    ),
  ).toEqual(['docs/errors.md']);
  expect(outdatedPages(wanted, () => undefined)).toHaveLength(wanted.length);
  expect(() => pages(() => undefined)).toThrow(
    'the example examples/resources/byok_external_key/resource.tf is missing',
  );
});
