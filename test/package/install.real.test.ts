/**
 * What a newcomer does: installs the package into an empty project, declares a key, deploys.
 * Without the checkout.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, transpileModule } from 'typescript';
import { root } from '../support/checkout';
import { describeKey, holdsMaterial } from '../support/emulated-key';
import { InstalledProject } from './installed-project';
import { type PackedPackage, packPackage, subpaths } from './packed-package';

let packed: PackedPackage;

beforeAll(() => {
  packed = packPackage();
});

/** Names that `import` sees and those that `require` gives, by subpath. */
const nameExports = `
  import { createRequire } from 'node:module';
  const require = createRequire(process.cwd() + '/main.js');
  const [, ...subpaths] = process.argv;
  const own = (module) => Object.keys(module).filter((name) => !['default', 'module.exports', '__esModule'].includes(name)).sort();
  const names = {};
  for (const subpath of subpaths) {
    names[subpath] = { imported: own(await import(subpath)), required: own(require(subpath)) };
  }
  process.stdout.write(JSON.stringify(names));`;

type Names = Readonly<
  Record<string, { readonly imported: readonly string[]; readonly required: readonly string[] }>
>;

const example = readFileSync(join(root, 'examples', 'quickstart', 'main.ts'), 'utf8');

describe.each([
  // No type stands in the example: as it is, it is JavaScript too.
  ['"type": "module"', 'module', example],
  [
    'no "type"',
    undefined,
    transpileModule(example, { compilerOptions: { module: ModuleKind.CommonJS } }).outputText,
  ],
] as const)('in a project with %s', (_, type, main) => {
  const project = new InstalledProject(type);

  beforeAll(() => project.install(packed.tarball));

  test('byok runs', async () => {
    const { version } = JSON.parse(readFileSync(join(packed.folder, 'package.json'), 'utf8'));
    expect(
      (await project.run('npx', ['--offline', 'byok', '--version'])).output
        .trim()
        .split('\n')
        .at(-1),
    ).toBe(version);
  });

  test('the example is deployed with the material that was declared, found as planned, and destroyed', async () => {
    const material = randomBytes(32);
    project.write('.quickstart/payments.key', material.toString('base64'));
    project.write('main.js', main);
    const emulator = await project.startEmulator();
    try {
      await project.run(process.execPath, ['main.js'], {
        BYOK_EXAMPLE_ENDPOINT: emulator.url,
        BYOK_EXAMPLE_PROJECT_ID: emulator.projectId,
      });
      const terraform = (...args: string[]) =>
        project.terraform('quickstart', args, { HW_AUTH_TOKEN: emulator.authToken });
      await terraform('init', '-input=false');
      await terraform('apply', '-auto-approve');
      const { key_id } = JSON.parse((await terraform('output', '-json')).output);
      expect(await holdsMaterial(emulator, key_id.value, material)).toBe(true);
      expect((await terraform('plan', '-detailed-exitcode')).output).toContain('No changes.');
      await terraform('destroy', '-auto-approve');
      expect((await describeKey(emulator, key_id.value)).key_state).toBe('4');
    } finally {
      await emulator.stop();
    }
  });

  test('every name that require gives can be imported by name, and the root needs no aws-cdk-lib', async () => {
    const namesOf = async (...names: string[]): Promise<Names> =>
      JSON.parse(
        (
          await project.run(process.execPath, [
            '--input-type=module',
            '--eval',
            nameExports,
            ...names,
          ])
        ).output,
      );
    const modules = join(project.folder, 'node_modules');
    expect(existsSync(join(modules, 'aws-cdk-lib'))).toBe(false);
    const without = await namesOf('cdktf-byok', 'cdktf-byok/emulator', 'cdktf-byok/testing');
    symlinkSync(join(root, 'node_modules', 'aws-cdk-lib'), join(modules, 'aws-cdk-lib'));
    const all = { ...without, ...(await namesOf('cdktf-byok/aws-cdk')) };
    expect(Object.keys(all).sort()).toEqual([...subpaths].sort());
    for (const { imported, required } of Object.values(all)) {
      expect(imported).toEqual(required);
      expect(imported.length).toBeGreaterThan(0);
    }
    expect(all['cdktf-byok']?.imported).toEqual(
      expect.arrayContaining(['ImportedKey', 'KeyMaterialSource', 'Expiration', 'ByokProvider']),
    );
  });

  if (type === 'module') {
    test('the app of the README synthesizes as it stands there', async () => {
      const [, app = ''] =
        /```ts\n([\s\S]*?)```/.exec(readFileSync(join(packed.folder, 'README.md'), 'utf8')) ?? [];
      project.write('readme.js', app);
      await project.run(process.execPath, ['readme.js']);
      const { resource } = JSON.parse(
        readFileSync(
          join(project.folder, 'cdktf.out', 'stacks', 'payments', 'cdk.tf.json'),
          'utf8',
        ),
      );
      expect(Object.keys(resource)).toEqual(['byok_external_key', 'byok_key_material']);
    });
  }
});
