/**
 * The names that constructs, policies and matchers take, against the interfaces that declare them,
 * as the compiler reads those.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { propertyNames as ofAwsCdk } from '../../lib/aws-cdk/property-names';
import { propertyNames as ofCdktf } from '../../lib/cdktf/property-names';
import { rollingExpirationNames } from '../../lib/terms/expiration';
import { expectedNames } from '../../lib/testing/import-expectation';
import { propertyNames as ofTesting } from '../../lib/testing/property-names';

type Names = Readonly<Record<string, readonly string[]>>;

/**
 * What an app is told, by the module that it comes from, and what is no options of ours: what
 * constructs give, ask of others, or are parts of.
 */
const modules: readonly {
  readonly index: string;
  readonly names: Names;
  readonly others: readonly string[];
}[] = [
  {
    index: 'index.ts',
    names: { ...ofCdktf, RollingExpirationOptions: rollingExpirationNames },
    others: [
      'ByokConnectionProps',
      'ByokErrorOptions',
      'ExpirationConfig',
      'IExternalKey',
      'IKeyMaterialVariable',
      'IResourceCount',
      'IResourceProvider',
      'KeyOptions',
      'KeyMaterialRules',
      'KeyMaterialSourceConfig',
      'MaterialOptions',
      'ResourceMetaArguments',
    ],
  },
  {
    index: 'aws-cdk/index.ts',
    names: { ...ofAwsCdk, RollingExpirationOptions: rollingExpirationNames },
    others: [
      'ExpirationConfig',
      'KeyMaterialSourceConfig',
      'KeyOptions',
      'KmsConnectionProps',
      'KmsCredentialsConfig',
      'MaterialOptions',
    ],
  },
  {
    index: 'testing/index.ts',
    names: { ...ofTesting, ImportExpectation: expectedNames },
    others: [
      'ByokMatchers',
      'Emulator',
      'EmulatorConnection',
      'EmulatorOptions',
      'SynthesizedImport',
      'SynthesizedKey',
      'Synthesis',
      'TerraformJson',
      'TestHooks',
    ],
  },
];

const lib = join(__dirname, '..', '..', 'lib');

const program = programOf(modules.map(({ index }) => join(lib, index)));

/** Of our own files alone: no property of ours comes from another package. */
function programOf(rootNames: string[]): ts.Program {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, file) =>
    literals.map(({ text }) => {
      const resolvedFileName = `${join(file, '..', text)}.ts`;
      const found = text.startsWith('.') && host.fileExists(resolvedFileName);
      return {
        resolvedModule: found ? { resolvedFileName, extension: ts.Extension.Ts } : undefined,
      };
    });
  return ts.createProgram({ rootNames, options, host });
}

function exportsOf(index: string): ReadonlyMap<string, ts.Type> {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(lib, index));
  const symbol = file && checker.getSymbolAtLocation(file);
  const exported = symbol === undefined ? [] : checker.getExportsOfModule(symbol);
  return new Map(
    exported.map((each) => {
      const own = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
      return [each.name, checker.getDeclaredTypeOfSymbol(own)];
    }),
  );
}

function interfacesOf(index: string): string[] {
  return [...exportsOf(index)]
    .filter(([, type]) => type.isClassOrInterface() && !type.isClass())
    .map(([name]) => name);
}

describe.each(modules)('$index', ({ index, names, others }) => {
  test.each(Object.entries(names))(
    '%s has the properties that the compiler knows of, and no other',
    (name, listed) => {
      const properties = exportsOf(index)
        .get(name)
        ?.getProperties()
        .map((property) => property.name);
      expect([...listed].sort()).toEqual([...(properties ?? ['no such interface'])].sort());
      expect(new Set(listed).size).toBe(listed.length);
    },
  );

  test('every interface that is exported is listed', () => {
    const missing = interfacesOf(index).filter(
      (name) => !(name in names) && !others.includes(name),
    );
    expect(missing).toEqual([]);
  });

  test('nothing is excepted that is not there', () => {
    expect(others.filter((name) => !exportsOf(index).has(name))).toEqual([]);
  });
});
