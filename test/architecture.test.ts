/**
 * Holds the direction of dependencies (ARCHITECTURE.md): what each folder may import, and that no
 * imports form a cycle.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { preProcessFile } from 'typescript';

const lib = join(__dirname, '..', 'lib');

/** Folders that each folder may import from, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  printable: [],
  errors: ['printable'],
  stopped: ['errors'],
  json: [],
  secret: [],
  terms: ['printable', 'errors'],
  schema: ['terms'],
  kms: ['printable', 'errors', 'json', 'secret', 'stopped', 'terms'],
  wrap: ['errors', 'terms'],
  material: ['errors', 'json', 'secret', 'stopped', 'terms', 'wrap'],
  tfplugin: ['printable', 'errors', 'schema'],
  lifecycle: ['errors', 'json', 'secret', 'stopped', 'terms', 'kms', 'wrap', 'material'],
  provider: [
    'errors',
    'json',
    'secret',
    'stopped',
    'terms',
    'schema',
    'kms',
    'wrap',
    'material',
    'tfplugin',
    'lifecycle',
  ],
  mirror: ['errors', 'schema'],
  policy: ['errors', 'json', 'terms'],
  cdktf: ['errors', 'terms', 'schema', 'lifecycle', 'mirror', 'policy'],
  emulator: ['errors', 'secret', 'terms'],
  // Of kms the types of its answers, of the provider its words and the proof in its state.
  report: ['printable', 'errors', 'json', 'terms', 'kms', 'lifecycle', 'provider', 'policy'],
  cli: [
    'printable',
    'errors',
    'json',
    'secret',
    'stopped',
    'terms',
    'schema',
    'kms',
    'wrap',
    'material',
    'lifecycle',
    'policy',
    'report',
    'mirror',
    'emulator',
  ],
  testing: ['errors', 'terms', 'schema', 'lifecycle', 'cdktf', 'emulator'],
  'aws-cdk': ['printable', 'errors', 'json', 'secret', 'terms', 'kms', 'material', 'lifecycle'],
  index: ['errors', 'terms', 'policy', 'cdktf'],
};

/** Only a main may look at the environment, the arguments and the clock by itself. */
const mains = ['provider/main.ts', 'cli/main.ts', 'cli/surroundings.ts', 'aws-cdk/handler/main.ts'];

const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'))
  .sort();

const importsByFile = new Map(files.map((file) => [file, importsOf(file)]));

/** What a file imports, statically, dynamically, by require, or for its types only. */
function specifiersOf(file: string): string[] {
  return preProcessFile(readFileSync(join(lib, file), 'utf8'), true, true).importedFiles.map(
    ({ fileName }) => fileName,
  );
}

/** Imports within lib, as paths below it. */
function importsOf(file: string): string[] {
  // JSON is data, and imports nothing.
  const own = specifiersOf(file).filter((specifier) => /^\.(?!.*\.json$)/.test(specifier));
  return [...new Set(own)].map((specifier) => resolveImport(file, specifier));
}

function resolveImport(file: string, specifier: string): string {
  const path = relative(lib, resolve(lib, dirname(file), specifier)).replaceAll('\\', '/');
  const found = [`${path}.ts`, `${path}/index.ts`].find((candidate) => files.includes(candidate));
  if (found === undefined) {
    throw new Error(`${file} imports "${specifier}", which is no file of lib`);
  }
  return found;
}

function folderOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, '');
}

test('every folder of lib has its place', () => {
  expect([...new Set(files.map(folderOf))].sort()).toEqual(Object.keys(allowed).sort());
});

test.each(files)('%s imports downwards only', (file) => {
  const folder = folderOf(file);
  const upwards = (importsByFile.get(file) ?? []).filter(
    (target) => folderOf(target) !== folder && !allowed[folder]?.includes(folderOf(target)),
  );
  expect(upwards).toEqual([]);
});

test.each(Object.entries(allowed))('%s is allowed no more than it imports', (folder, targets) => {
  const own = files
    .filter((file) => folderOf(file) === folder)
    .flatMap((file) => importsByFile.get(file) ?? []);
  expect([...targets].sort()).toEqual(
    [...new Set(own.map(folderOf))].filter((target) => target !== folder).sort(),
  );
});

test('no imports form a cycle', () => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    if (!done.has(file)) {
      for (const target of importsByFile.get(file) ?? []) {
        visit(target, [...path, file]);
      }
      done.add(file);
    }
  };
  for (const file of files) {
    visit(file, []);
  }
  expect(cycles).toEqual([]);
});

test('the emulator does not share the signer or the client with what it checks', () => {
  const shared = files
    .filter((file) => folderOf(file) === 'emulator')
    .flatMap((file) => importsByFile.get(file) ?? []);
  expect(
    shared.filter((target) => ['kms', 'wrap', 'material', 'lifecycle'].includes(folderOf(target))),
  ).toEqual([]);
});

/**
 * Package imports of each folder, so that a heavy library cannot slip into the provider's start.
 */
test.each([
  ['provider', /^node:.*$/],
  ['tfplugin', /^node:.*$/],
  ['lifecycle', /^node:.*$/],
  ['kms', /^node:.*$/],
  ['wrap', /^node:.*$/],
  // node-forge by pkcs12.ts alone, which is bundled apart and loaded where a PKCS#12 file is
  // declared.
  ['material', /^(node:.*|node-forge)$/],
  ['terms', /^node:.*$/],
  ['schema', /^node:.*$/],
])('%s imports no package that it should not', (folder, packages) => {
  const imported = files.filter((file) => folderOf(file) === folder).flatMap(specifiersOf);
  expect(imported.filter((name) => !name.startsWith('.') && !packages.test(name))).toEqual([]);
});

test('the AWS construct holds no client of the KMS, and its handler no construct', () => {
  const [handler, constructs] = [/^aws-cdk\/handler\//, /^aws-cdk\/[^/]+$/].map((place) =>
    files.filter((file) => place.test(file)),
  );
  const reached = (some: readonly string[] = []) =>
    [...new Set(some.flatMap((file) => importsByFile.get(file) ?? []))].sort();
  expect(
    reached(constructs).filter(
      (file) => !/^(?:errors\.ts|terms\/.*|lifecycle\/declaration\.ts|aws-cdk\/[^/]+)$/.test(file),
    ),
  ).toEqual([]);
  expect(reached(handler).filter((file) => /^aws-cdk\/[^/]+$/.test(file))).toEqual([
    'aws-cdk/key-properties.ts',
  ]);
  const packages = (some: readonly string[] = []) =>
    some.flatMap(specifiersOf).filter((name) => !name.startsWith('.'));
  expect(
    packages(constructs).filter(
      (name) => !/^(?:node:(?:fs|path)|constructs|aws-cdk-lib(?:\/.*)?)$/.test(name),
    ),
  ).toEqual([]);
  expect(
    packages(handler).filter(
      (name) => !/^(?:node:.*|@aws-sdk\/client-(?:secrets-manager|ssm))$/.test(name),
    ),
  ).toEqual([]);
});

test('constructs know of the lifecycle how a declaration is judged, and nothing that acts', () => {
  const ofConstructs = files.filter((file) => /^(?:cdktf|testing|aws-cdk\/[^/]+$)/.test(file));
  const known = [...ofConstructs, 'index.ts'].flatMap((file) => importsByFile.get(file) ?? []);
  expect([...new Set(known.filter((file) => folderOf(file) === 'lifecycle'))]).toEqual([
    'lifecycle/declaration.ts',
  ]);
  const rules = files.filter((file) => /^lifecycle\/declaration/.test(file));
  const needed = rules.flatMap((file) => importsByFile.get(file) ?? []);
  expect(
    needed.filter(
      (file) => !/^(?:errors\.ts|terms\/.*|lifecycle\/declaration[\w-]*\.ts)$/.test(file),
    ),
  ).toEqual([]);
});

test.each(files.filter((file) => !mains.includes(file)))(
  '%s reads no environment, arguments or clock of its own',
  (file) => {
    const source = readFileSync(join(lib, file), 'utf8').replace(/^\s*(?:\/?\*.*|\/\/.*)$/gm, '');
    // A default argument that reads the clock is how callers without an opinion are served.
    const offending = source
      .split('\n')
      .filter(
        (line) =>
          /process\.(?:env|argv)|Date\.now\(\)|new Date\(\)/.test(line) &&
          !/= \(\) => (?:new Date\(\)|Date\.now\(\))/.test(line),
      );
    expect(offending).toEqual([]);
  },
);
