/** What contributors are told, against the code that it is about. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { scripts, engines } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

const pages = ['CONTRIBUTING.md', 'RELEASING.md', 'ARCHITECTURE.md'];

/** What stands in backticks and looks like a file or folder of the repository. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([\w./-]+\/[\w./-]*)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !path.startsWith('..'));
}

/** ARCHITECTURE leaves out "lib/", and beside a folder its name. */
const isThere = (path: string) =>
  ['', 'lib', 'lib/aws-cdk'].some((folder) => existsSync(join(root, folder, path)));

test.each(pages)('every file that %s names is there', (page) => {
  const named = pathsIn(read(page)).filter((path) => !path.includes('*'));
  expect(named).not.toEqual([]);
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

test.each(pages)('every script that %s names is there', (page) => {
  const named = [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

describe('an attribute costs what the list for a new one says', () => {
  const [, section = ''] =
    /\n## To add an attribute\n([\s\S]*?)(?:\n## |$)/.exec(read('ARCHITECTURE.md')) ?? [];
  const examples = [...section.matchAll(/^\* `(\w+)`: ((?:.|\n {2})*)$/gm)].map(
    ([, attribute = '', files = '']) => [attribute, pathsIn(files)] as const,
  );
  const lib = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `lib/${name}`);

  test('by more than one example', () => {
    expect(examples.length).toBeGreaterThan(1);
  });

  test.each(examples)('%s is in these files, and in no other', (attribute, listed) => {
    const property = attribute.replace(/_[a-z]/g, (letter) => letter.slice(1).toUpperCase());
    const flag = attribute.replaceAll('_', '-');
    const named = new RegExp(`(?<![\\w-])(?:${attribute}|${property}|--(?:no-)?${flag})\\b`);
    expect(lib.filter((file) => named.test(read(file)))).toEqual([...listed].sort());
    expect(listed.length).toBeLessThanOrEqual(6);
  });

  test('and every step has its file', () => {
    const steps = [...section.matchAll(/^\d\. (?:.|\n {3})*/gm)].map(([step]) => pathsIn(step));
    expect(steps).toHaveLength(6);
    expect(steps.filter((files) => files.length === 0)).toEqual([]);
  });
});

test('nobody is asked to report something without being told where', () => {
  const { bugs } = JSON.parse(read('package.json')) as { bugs?: unknown };
  const lib = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).map((name) =>
    join('lib', name),
  );
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) =>
    join('docs', name),
  );
  const texts = [...lib, ...docs, 'README.md', 'API.md'].filter((name) => /\.(ts|md)$/.test(name));
  expect(
    bugs === undefined
      ? texts.filter((name) => /\breport (?:it|this|them)\b/i.test(read(name)))
      : [],
  ).toEqual([]);
});

interface Workflow {
  readonly permissions: Record<string, string>;
  readonly jobs: Record<
    string,
    { permissions?: Record<string, string>; steps: { uses?: string; run?: string }[] }
  >;
}

const recipes = readdirSync(join(root, 'examples/ci'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /^github.*\.yml$/.test(name))
  .map((name) => `examples/ci/${name}`);
const samples = ['docs/check.md', ...recipes];
const workflows = readdirSync(join(root, '.github/workflows')).map(
  (name) => `.github/workflows/${name}`,
);
const workflow = (path: string) => parse(read(path)) as Workflow;

test('CI is .ci/run, on the oldest Node that the package is for', () => {
  const runs = Object.values(workflow('.github/workflows/ci.yml').jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => run ?? []),
  );
  expect(runs).toContain('.ci/run');
  expect(engines.node.replace('>=', '').split('.')[0]).toBe(read('.nvmrc').trim());
});

test.each([...workflows, ...samples])(
  'every action of %s is pinned to a commit, with its version beside it',
  (path) => {
    const uses = read(path)
      .split('\n')
      .filter((line) => /^\s*- uses:/.test(line));
    expect(uses).not.toEqual([]);
    expect(uses.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  },
);

test('an action has one version everywhere', () => {
  const versions = new Map<string, Set<string>>();
  for (const path of [...workflows, ...samples]) {
    for (const [, name = '', version = ''] of read(path).matchAll(/uses: ([\w/-]+)@(\S+ # \S+)/g)) {
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
  }
  expect([...versions].filter(([, found]) => found.size > 1)).toEqual([]);
});

test.each(workflows)(
  '%s may read, and no more; a job that publishes may prove who it is',
  (path) => {
    const { permissions, jobs } = workflow(path);
    expect(permissions).toEqual({ contents: 'read' });
    for (const [name, job] of Object.entries(jobs)) {
      expect([name, job.permissions]).toEqual([
        name,
        name === 'publish' ? { 'id-token': 'write' } : undefined,
      ]);
    }
  },
);

test('what may publish runs nothing of this repository', () => {
  const { steps } = workflow('.github/workflows/release.yml').jobs.publish ?? { steps: [] };
  expect(steps.flatMap(({ uses }) => uses?.split('@')[0] ?? [])).toEqual([
    'actions/download-artifact',
    'actions/setup-node',
  ]);
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual([
    expect.stringMatching(/^npm publish .*--provenance.*--ignore-scripts$/),
  ]);
});

const forms = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).filter(
  (name) => name !== 'config.yml',
);

test.each(forms)('the form %s is one that the forge shows', (name) => {
  const { body, ...head } = parse(read(`.github/ISSUE_TEMPLATE/${name}`)) as {
    body: { type: string; id?: string; attributes: { label?: string } }[];
  };
  expect(head).toMatchObject({ name: expect.any(String), description: expect.any(String) });
  const asked = body.filter(({ type }) => type !== 'markdown');
  expect(
    asked.filter(({ id, attributes }) => id === undefined || attributes.label === undefined),
  ).toEqual([]);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
});
