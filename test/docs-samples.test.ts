/** Every sample of TypeScript in README, docs and examples, as the compiler of a reader sees it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) =>
    join('docs', name),
  ),
  ...readdirSync(join(root, 'examples')).map((name) => join('examples', name, 'README.md')),
].filter((path) => path.endsWith('.md') && existsSync(join(root, path)));

interface Sample {
  /** Of the page, with the line that the sample begins in. */
  readonly place: string;
  readonly code: string;
}

/**
 * A sample without imports is a part of a stack: it finds there what the beginning of its page
 * would have.
 */
const surroundings = `import { Aspects, TerraformStack } from 'cdktf';
import { Expiration, ExternalKey, ImportedKey, KeyMaterial, KeyMaterialPolicy, KeyMaterialSource } from 'cdktf-byok';
declare const stack: TerraformStack;
`;

function samplesOf(path: string, text: string): Sample[] {
  return [...text.matchAll(/^( *)```(?:ts|typescript)\n([\s\S]*?)^ *```$/gm)].map(
    ({ index, 1: indent = '', 2: code = '' }) => ({
      place: `${path}:${text.slice(0, index).split('\n').length + 1}`,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** @returns one line for each complaint of the compiler */
function complaintsAbout(samples: readonly Sample[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // A part of a stack declares keys that the sample does nothing further with.
  const compilerOptions: ts.CompilerOptions = {
    ...options,
    noUnusedLocals: false,
    // As test/tsconfig.json says of users' projects.
    exactOptionalPropertyTypes: false,
    types: ['node', 'jest'],
  };
  const host = ts.createCompilerHost(compilerOptions);
  const files = new Map(samples.map((sample, index) => [join(root, `sample-${index}.ts`), sample]));
  const textOf = ({ code }: Sample) =>
    /^import /m.test(code) ? code : `${surroundings}${code}\nexport {};`;
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => {
    const sample = files.get(name);
    return sample === undefined ? readFile(name) : textOf(sample);
  };
  host.getSourceFile = (name, languageVersion) => {
    const sample = files.get(name);
    return sample === undefined
      ? getSourceFile(name, languageVersion)
      : ts.createSourceFile(name, textOf(sample), languageVersion);
  };
  const program = ts.createProgram([...files.keys()], compilerOptions, host);
  return [...files].flatMap(([name, { place }]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  );
}

const samples = pages.flatMap((path) => samplesOf(path, readFileSync(join(root, path), 'utf8')));

const wrong = samplesOf(
  'a.md',
  "- so:\n\n  ```ts\n  new ImportedKey(stack, 'a', { alias: 'a', colour: 'red' });\n  ```\n\n```ts\nimport { App } from 'cdktf';\nnew Appp();\n```\n",
);

/** The compiler reads the library once, for both tests. */
const complaints = complaintsAbout([...samples, ...wrong]);
const areOfWrong = (complaint: string) => complaint.startsWith('a.md:');

test('every sample compiles against the library', () => {
  expect(samples.map(({ place }) => place.replace(/:\d+$/, ''))).toEqual(
    expect.arrayContaining(['README.md', 'docs/first-key.md']),
  );
  expect(complaints.filter((complaint) => !areOfWrong(complaint))).toEqual([]);
});

test('fails a property that there is not, and a name that nothing declares', () => {
  expect(complaints.filter(areOfWrong)).toEqual([
    expect.stringMatching(/^a\.md:4: .*'colour' does not exist/),
    expect.stringMatching(/^a\.md:8: Cannot find name 'Appp'/),
  ]);
});
