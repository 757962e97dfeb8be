// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of Terraform
/**
 * Relative paths, which count from the folder of cdktf.json: from whichever folder a stack is
 * written to, and with expressions in them.
 */
import { mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  App,
  TerraformIterator,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Testing,
  Token,
} from 'cdktf';
import {
  ByokProvider,
  ExternalKey,
  ImportedKey,
  KeyMaterialEngine,
  type KeyMaterialHooksOptions,
  KeyMaterialSource,
} from 'cdktf-byok';
import * as cdktn from 'cdktn';
import { fakeBundle } from '../mirror/fake-bundle';
import { scratchFolder, toBeRemoved } from '../support/scratch-folder';
import { annotationsOf, stackUnderTest } from './stack-under-test';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

type Environment = Record<string, string>;

interface Machine {
  readonly folder: string;
  readonly outdir: string;
  readonly AppOf?: typeof App;
  readonly StackOf?: typeof TerraformStack;
}

/** A key with hooks, and nothing of ours beside it. */
function hooked(stack: TerraformStack, path: string, options: KeyMaterialHooksOptions): void {
  new ImportedKey(stack, 'payments', {
    key: ExternalKey.fromKeyId(stack, 'Key', keyId),
    source: KeyMaterialSource.fromFile(path),
    engine: KeyMaterialEngine.hooks(options),
  });
}

function synthesize({ folder, outdir, AppOf = App, StackOf = TerraformStack }: Machine): void {
  mkdirSync(outdir, { recursive: true });
  const app = new AppOf({ outdir, context: { cdktfJsonPath: join(folder, 'cdktf.json') } });
  hooked(new StackOf(app, 'keys'), 'payments.key', { caFile: 'ca.pem', command: 'bin/byok' });
  app.synth();
}

test('certificates in the place of their path stay as they are', () => {
  const caFile = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
  const stack = stackUnderTest();
  new ByokProvider(stack, 'byok', { caFile });
  expect(JSON.parse(Testing.synth(stack)).provider.byok[0].ca_file).toBe(caFile);
  const app = new App({ outdir: scratchFolder() });
  const other = new TerraformStack(app, 'keys');
  hooked(other, 'payments.key', { caFile });
  app.synth();
  const written = readFileSync(join(app.outdir, 'stacks', 'keys', 'cdk.tf.json'), 'utf8');
  expect(written).toContain(`--ca-file '${JSON.stringify(caFile).slice(1, -1)}'`);
});

/** What the provisioner of the only null resource in a folder is given. */
function environmentIn(stackFolder: string): Environment {
  const { resource } = JSON.parse(readFileSync(join(stackFolder, 'cdk.tf.json'), 'utf8'));
  const [only] = Object.values<{ provisioner: { 'local-exec': { environment: Environment } }[] }>(
    resource.null_resource,
  );
  return only?.provisioner[0]?.['local-exec'].environment ?? {};
}

/** As the shell of the provisioner opens them. */
function opened(stackFolder: string): Environment {
  const from = realpathSync(stackFolder);
  return Object.fromEntries(
    Object.entries(environmentIn(stackFolder))
      .filter(([name]) => name !== 'BYOK_KEY_ID')
      .map(([name, path]) => [name, resolve(from, path)]),
  );
}

const outdirs: readonly [string, (folder: string) => string][] = [
  ['the default folder', (folder) => join(folder, 'cdktf.out')],
  ['a deeper folder', (folder) => join(folder, 'build', 'deep', 'out')],
  ['a folder outside of the app', () => scratchFolder()],
  [
    'a folder behind a symbolic link',
    (folder) => {
      mkdirSync(join(folder, 'real', 'a', 'b'), { recursive: true });
      symlinkSync(join('real', 'a', 'b'), join(folder, 'link'));
      return join(folder, 'link', 'out');
    },
  ],
];

describe.each([
  ['cdktf', App, TerraformStack],
  [
    'cdktn',
    cdktn.App as unknown as typeof App,
    cdktn.TerraformStack as unknown as typeof TerraformStack,
  ],
])('hooks alone in an app of %s', (_, AppOf, StackOf) => {
  test.each(outdirs)('find the files of the app from %s', (_folder, outdirOf) => {
    const folder = realpathSync(scratchFolder());
    const outdir = outdirOf(folder);
    synthesize({ folder, outdir, AppOf, StackOf });
    expect(opened(join(outdir, 'stacks', 'keys'))).toEqual({
      BYOK_MATERIAL_FILE: join(folder, 'payments.key'),
      BYOK_CA_FILE: join(folder, 'ca.pem'),
      BYOK_RECORD_DIR: join(folder, 'byok-records'),
      BYOK_COMMAND: join(folder, 'bin', 'byok'),
    });
  });
});

test('a stack that is synthesized again, to another folder, gets paths from that one', () => {
  const folder = realpathSync(scratchFolder());
  const app = new App({
    outdir: join(folder, 'cdktf.out'),
    context: { cdktfJsonPath: join(folder, 'cdktf.json') },
  });
  const stack = new TerraformStack(app, 'keys');
  hooked(stack, 'payments.key', {});
  app.synth();
  const elsewhere = join(toBeRemoved(Testing.fullSynth(stack)), 'stacks', 'keys');
  expect(opened(elsewhere).BYOK_MATERIAL_FILE).toBe(join(folder, 'payments.key'));
  expect(opened(join(folder, 'cdktf.out', 'stacks', 'keys')).BYOK_MATERIAL_FILE).toBe(
    join(folder, 'payments.key'),
  );
});

test('a provider of ours and another synthesis of the same construct go together', () => {
  const folder = realpathSync(scratchFolder());
  const context = {
    cdktfJsonPath: join(folder, 'cdktf.json'),
    'cdktf-byok:bundle': fakeBundle(scratchFolder()).folder,
  };
  mkdirSync(join(folder, 'out'));
  const app = new App({ outdir: join(folder, 'out', 'there'), context });
  const stack = new TerraformStack(app, 'keys');
  const called: string[] = [];
  Object.defineProperty(stack, Symbol.for('cdktf/customSynthesis'), {
    value: { onSynthesize: () => called.push('theirs') },
    configurable: true,
  });
  new ByokProvider(stack, 'byok', { caFile: 'ca.pem' });
  app.synth();
  const { provider } = JSON.parse(
    readFileSync(join(folder, 'out', 'there', 'stacks', 'keys', 'cdk.tf.json'), 'utf8'),
  );
  expect(provider.byok[0].ca_file).toBe('../../../../ca.pem');
  expect(called).toEqual(['theirs']);
});

/** Each property that takes a path, and where it stands then. */
const places: readonly [string, (stack: TerraformStack, path: string) => unknown][] = [
  [
    'fromFile',
    (stack, path) => {
      new TerraformOutput(stack, 'path', {
        value: KeyMaterialSource.fromFile(path).bind(stack).materialFile,
      });
      return JSON.parse(Testing.synth(stack)).output.path.value;
    },
  ],
  [
    'caFile of the provider',
    (stack, path) => {
      new ByokProvider(stack, 'byok', { caFile: path });
      return JSON.parse(Testing.synth(stack)).provider.byok[0].ca_file;
    },
  ],
  ...(
    [
      ['recordFolder', 'BYOK_RECORD_DIR'],
      ['command', 'BYOK_COMMAND'],
      ['caFile', 'BYOK_CA_FILE'],
    ] as const
  ).map(([option, variable]): [string, (stack: TerraformStack, path: string) => unknown] => [
    `${option} of hooks`,
    (stack, path) => {
      hooked(stack, '/k', { [option]: path });
      const { resource } = JSON.parse(Testing.synth(stack));
      return Object.values<{ provisioner: { 'local-exec': { environment: Environment } }[] }>(
        resource.null_resource,
      )[0]?.provisioner[0]?.['local-exec'].environment[variable];
    },
  ]),
];

const each = TerraformIterator.fromMap({ orders: 'a', cards: 'b' });

const textIn = (stack: TerraformStack): string =>
  new TerraformVariable(stack, 'v', { type: 'string' }).stringValue;

/** The path, and what it is in the stack's folder. */
const paths: readonly [string, (stack: TerraformStack) => string, string][] = [
  ['the key of an iterator', () => `keys/${each.key}.key`, 'keys/${each.key}.key'],
  ['its value', () => `keys/${each.value}`, 'keys/${each.value}'],
  ['a variable', (stack) => `keys/${textIn(stack)}.key`, 'keys/${var.v}.key'],
  ['a variable in the first name', (stack) => `key-${textIn(stack)}/x.key`, 'key-${var.v}/x.key'],
  ['two of them', (stack) => `a/${textIn(stack)}/${each.key}.key`, 'a/${var.v}/${each.key}.key'],
  [
    'a local value',
    (stack) => `keys/${new TerraformLocal(stack, 'l', 'a').asString}.key`,
    'keys/${local.l}.key',
  ],
  ['an expression by hand', () => 'keys/${local.l}.key', 'keys/${local.l}.key'],
  [
    'a directive by hand',
    () => 'keys/%{ if true }a%{ endif }.key',
    'keys/%{ if true }a%{ endif }.key',
  ],
  ['the folder of cdktf.json itself', () => `./${each.value}/x`, '${each.value}/x'],
  ['a dollar sign that is none', () => 'keys/$${a}.key', 'keys/$${a}.key'],
];

describe.each(places)('%s', (_, write) => {
  test.each(paths)('counts from the folder of cdktf.json with %s in it', (_how, path, expected) => {
    const stack = stackUnderTest({ cdktfJsonPath: '/app/cdktf.json' });
    expect(write(stack, path(stack))).toBe(`../../../${expected}`);
    expect(annotationsOf(stack)).toEqual([]);
  });

  test('goes up from there, too', () => {
    expect(
      write(stackUnderTest({ cdktfJsonPath: '/team/app/cdktf.json' }), `../keys/${each.key}`),
    ).toBe('../../../../keys/${each.key}');
  });

  test.each(['/etc/keys/', '/'])('stays as it is when it is absolute', (folder) => {
    const stack = stackUnderTest();
    expect(write(stack, `${folder}${each.key}`)).toBe(`${folder}\${each.key}`);
    expect(annotationsOf(stack)).toEqual([]);
  });

  test.each(['${path.module}/a.key', '${path.root}/a.key'])(
    'stays as it is when it says itself where it counts from: %s',
    (path) => {
      const stack = stackUnderTest();
      expect(write(stack, path)).toBe(path);
      expect(annotationsOf(stack)).toEqual([]);
    },
  );

  test.each(['/x.key', '-keys/x.key'])(
    'stays as it is when it begins with a reference, and warns',
    (rest) => {
      const stack = stackUnderTest();
      const path = `${textIn(stack)}${rest}`;
      expect(write(stack, path)).toBe(`\${var.v}${rest}`);
      expect(annotationsOf(stack)).toEqual([
        [
          expect.any(String),
          '@cdktf/warn',
          expect.stringContaining('begins with a value that only Terraform knows'),
        ],
      ]);
    },
  );
});

test('a value of an iterator, whatever its type, is a path that begins with a reference', () => {
  const stack = stackUnderTest();
  for (const [id, value] of Object.entries({
    any: Token.asAny({ resolve: () => '${each.value}' }),
    text: each.value,
  })) {
    new TerraformOutput(stack, id, {
      value: KeyMaterialSource.fromFile(value).bind(stack).materialFile,
    });
  }
  expect(JSON.parse(Testing.synth(stack)).output).toEqual({
    any: { value: '${each.value}' },
    text: { value: '${each.value}' },
  });
  expect(annotationsOf(stack)).toHaveLength(1);
});

test('a path that is none is refused', () => {
  const nothing = undefined as unknown as string;
  expect(() => KeyMaterialSource.fromFile(nothing).bind(stackUnderTest())).toThrow(
    'the path of fromFile is undefined; give a path',
  );
});
