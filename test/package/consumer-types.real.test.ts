/**
 * The compiler of a user on the installed package, in every way of resolving that it has; with the
 * types of jest, and without.
 */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type CompilerOptions,
  createProgram,
  flattenDiagnosticMessageText,
  getPreEmitDiagnostics,
  ModuleKind,
  ModuleResolutionKind,
  ScriptTarget,
} from 'typescript';
import { root } from '../support/checkout';
import { scratchFolder } from '../support/scratch-folder';
import { packPackage } from './packed-package';

let packed: string;

beforeAll(() => {
  packed = packPackage().folder;
});

interface Project {
  /** Of the one source file. */
  readonly name: string;
  readonly source: string;
  /** Beside the package and what it needs. */
  readonly packages: readonly string[];
  readonly options: CompilerOptions;
}

/**
 * @returns what the compiler says of the source, and of every declaration of the package that it
 *   comes to
 */
function diagnosticsOf({ name, source, packages, options }: Project): string[] {
  const folder = scratchFolder();
  const modules = join(folder, 'node_modules');
  cpSync(packed, join(modules, 'cdktf-byok'), { recursive: true });
  for (const linked of ['cdktf', 'constructs', 'fastify', '@types/node', ...packages]) {
    mkdirSync(dirname(join(modules, linked)), { recursive: true });
    symlinkSync(join(root, 'node_modules', linked), join(modules, linked));
  }
  const file = join(folder, name);
  writeFileSync(file, source);
  const types = packages.includes('@types/jest') ? ['node', 'jest'] : ['node'];
  const program = createProgram([file], {
    noEmit: true,
    strict: true,
    target: ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    typeRoots: [join(modules, '@types')],
    types,
    ...options,
  });
  return program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === file || fileName.startsWith(join(modules, 'cdktf-byok')))
    .flatMap((sourceFile) => getPreEmitDiagnostics(program, sourceFile))
    .map(
      ({ file: where, messageText }) =>
        `${where?.fileName ?? ''}: ${flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}

/** What is marked as an error would be none if the types were not found, and so "any". */
const constructs = `
import { App, TerraformStack } from 'cdktf';
import { Expiration, ImportedKey, KeyMaterialSource } from 'cdktf-byok';
import { type Emulator, startEmulator } from 'cdktf-byok/emulator';
import { byokMatchers, type Synthesis, synth, useEmulator } from 'cdktf-byok/testing';

const key = new ImportedKey(new TerraformStack(new App(), 'stack'), 'payments', {
  alias: 'payments',
  source: KeyMaterialSource.fromFile('payments.key'),
  expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
});
const started: Promise<Emulator> = startEmulator({ projectName: 'eu-nl' });
const lent: () => Emulator = useEmulator();
const synthesis: Synthesis = synth((stack) => void new ImportedKey(stack, 'key', { alias: 'key', source: KeyMaterialSource.fromEnvironment('KEY') }));
const alias: string | undefined = synthesis.findImport('key').key?.attributes.alias;
export { alias, lent, started };
// @ts-expect-error
export const wrongType: number = key.keyId;
// @ts-expect-error
export const wrongMatcher = byokMatchers.toImportNothing;
// @ts-expect-error
export const wrongAttribute = synthesis.findImport('key').attributes.colour;
`;

const matchers = `
expect.extend(byokMatchers);
expect(synthesis).toImportKeyMaterial({ alias: 'payments', fingerprint: expect.any(String), expirationTime: new Date() });
expect(synthesis).not.toExpireBefore('2030-01-31T00:00:00Z', { now: () => new Date() });
// @ts-expect-error
expect(synthesis).toImportKeyMaterial({ colour: 'red' });
// @ts-expect-error
expect(synthesis).toExpireBefore();
`;

const awsCdk = `
import { App as AwsApp, Stack } from 'aws-cdk-lib';
import { ImportedKey as AwsImportedKey } from 'cdktf-byok/aws-cdk';
// @ts-expect-error
new AwsImportedKey(new Stack(new AwsApp(), 'stack'), 'payments', { colour: 'red' });
`;

test.each<[string, Project]>([
  [
    'node10, with @types/jest',
    {
      name: 'consumer.ts',
      source: constructs + matchers,
      packages: ['@types/jest', 'expect'],
      options: { module: ModuleKind.CommonJS, moduleResolution: ModuleResolutionKind.Node10 },
    },
  ],
  [
    'node16 from CommonJS, with @jest/globals',
    {
      name: 'consumer.cts',
      source: `import { expect } from '@jest/globals';${constructs}${matchers}`,
      packages: ['@jest/globals', 'expect'],
      options: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
    },
  ],
  [
    'node16 from an ES module, with aws-cdk-lib',
    {
      name: 'consumer.mts',
      source: constructs + awsCdk,
      packages: ['aws-cdk-lib'],
      options: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
    },
  ],
  [
    'bundler, with nothing else',
    {
      name: 'consumer.ts',
      source: constructs,
      packages: [],
      options: { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler },
    },
  ],
])('compiles under %s', (_, project) => {
  expect(diagnosticsOf(project)).toEqual([]);
});
