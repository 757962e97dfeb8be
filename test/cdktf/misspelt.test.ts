/** Misspelt properties, as an app has them whose types nobody checks. */
import { type TerraformStack, Testing } from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  KeyMaterial,
  KeyMaterialEngine,
  KeyMaterialPolicy,
  KeyMaterialSource,
  RotatedKey,
} from 'cdktf-byok';
import { byokMatchers, synth } from 'cdktf-byok/testing';
import { stackUnderTest, synthesized } from './stack-under-test';

expect.extend(byokMatchers);

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');

type Declare = (stack: TerraformStack, given: object) => unknown;

/**
 * Everything that takes properties: what declares it, and the name that is nearest to a misspelt
 * one.
 */
const takers: readonly [string, Declare, string, string][] = [
  [
    'ByokProvider',
    (stack, given) => new ByokProvider(stack, 'it', given),
    'kmsEndpont',
    'kmsEndpoint',
  ],
  ['ByokProvider', (stack, given) => new ByokProvider(stack, 'it', given), 'cafile', 'caFile'],
  [
    'ExternalKey',
    (stack, given) => new ExternalKey(stack, 'it', { alias: 'a', ...given }),
    'onDestory',
    'onDestroy',
  ],
  [
    'ExternalKey',
    (stack, given) => new ExternalKey(stack, 'it', { alias: 'a', ...given }),
    'foreach',
    'forEach',
  ],
  [
    'timeouts of ExternalKey',
    (stack, given) => new ExternalKey(stack, 'it', { alias: 'a', timeouts: given }),
    'crate',
    'create',
  ],
  [
    'KeyMaterial',
    (stack, given) => new KeyMaterial(stack, 'it', { keyId, ...given }),
    'fingerprnt',
    'fingerprint',
  ],
  [
    'KeyMaterial',
    (stack, given) => new KeyMaterial(stack, 'it', { keyId, ...given }),
    'material_file',
    'materialFile',
  ],
  [
    'timeouts of KeyMaterial',
    (stack, given) => new KeyMaterial(stack, 'it', { keyId, timeouts: given }),
    'Update',
    'update',
  ],
  [
    'ImportedKey',
    (stack, given) => new ImportedKey(stack, 'it', { alias: 'a', source, ...given }),
    'fingerprnt',
    'fingerprint',
  ],
  [
    'ImportedKey',
    (stack, given) => new ImportedKey(stack, 'it', { alias: 'a', source, ...given }),
    'onDestory',
    'onDestroy',
  ],
  [
    'ImportedKey',
    (stack, given) => new ImportedKey(stack, 'it', { alias: 'a', source, ...given }),
    'allowInteruption',
    'allowInterruption',
  ],
  [
    'timeouts of ImportedKey',
    (stack, given) => new ImportedKey(stack, 'it', { alias: 'a', source, timeouts: given }),
    'reed',
    'read',
  ],
  [
    'RotatedKey',
    (stack, given) =>
      new RotatedKey(stack, 'it', { alias: 'a', generations: [{ name: '1', source }], ...given }),
    'curent',
    'current',
  ],
  [
    'a generation of RotatedKey',
    (stack, given) =>
      new RotatedKey(stack, 'it', { alias: 'a', generations: [{ name: '1', source, ...given }] }),
    'fingerPrnt',
    'fingerprint',
  ],
  [
    'KeyMaterialEngine.hooks',
    (_, given) => KeyMaterialEngine.hooks(given),
    'driftTokn',
    'driftToken',
  ],
  [
    'KeyMaterialEngine.hooks',
    (_, given) => KeyMaterialEngine.hooks(given),
    'kmsEndpont',
    'kmsEndpoint',
  ],
  [
    'KeyMaterialPolicy',
    (_, given) => new KeyMaterialPolicy(given),
    'maximumValidty',
    'maximumValidity',
  ],
  [
    'severities of KeyMaterialPolicy',
    (_, given) => new KeyMaterialPolicy({ severities: given }),
    'requirepin',
    'requirePin',
  ],
  [
    'KeyMaterialSource.fromFile',
    (_, given) => KeyMaterialSource.fromFile('a', given),
    'enconding',
    'encoding',
  ],
  [
    'KeyMaterialSource.fromEnvironment',
    (_, given) => KeyMaterialSource.fromEnvironment('A', given),
    'passwordEnviroment',
    'passwordEnvironment',
  ],
  [
    'KeyMaterialSource.fromVariable',
    (_, given) => KeyMaterialSource.fromVariable('a', given),
    'versoin',
    'version',
  ],
  [
    'KeyMaterialSource.fromCommand',
    (_, given) => KeyMaterialSource.fromCommand(['a'], given),
    'encodin',
    'encoding',
  ],
  [
    'KeyMaterialSource.preWrapped',
    (_, given) =>
      KeyMaterialSource.preWrapped({ importToken: 'a', encryptedKeyMaterial: 'b', ...given }),
    'encryptedPrivateKey',
    'encryptedPrivatekey',
  ],
  [
    'Expiration.rolling',
    (_, given) => Expiration.rolling({ validFor: '2d', renewBefore: '1d', ...given }),
    'renew_befor',
    'renewBefore',
  ],
  ['synth', (_, given) => synth(() => undefined, given), 'contxt', 'context'],
  [
    'toExpireBefore',
    (_, given) => expect('{}').toExpireBefore('2030-01-01T00:00:00Z', given),
    'nwo',
    'now',
  ],
  [
    'an import of key material',
    (_, given) => expect('{}').toImportKeyMaterial(given),
    'aliass',
    'alias',
  ],
];

test.each(takers)(
  '%s refuses a misspelt property, and says which was meant',
  (owner, declare, misspelt, meant) => {
    const act = () => declare(stackUnderTest(), { [misspelt]: 's3cret' });
    expect(act).toThrow(
      `${owner} has no property "${misspelt}" (did you mean "${meant}"?); allowed are `,
    );
    expect(act).not.toThrow('s3cret');
  },
);

test('the arguments that every resource of cdktf has stay', () => {
  const stack = stackUnderTest();
  const provider = new ByokProvider(stack, 'byok', { alias: 'nl' });
  const other = new ExternalKey(stack, 'other', { alias: 'other', provider });
  const meta = {
    provider,
    dependsOn: [other],
    lifecycle: { preventDestroy: true },
    count: 2,
    provisioners: [{ type: 'local-exec' as const, command: 'true' }],
    connection: { type: 'ssh' as const, host: 'a' },
  };
  new ExternalKey(stack, 'key', { alias: 'key', ...meta });
  new KeyMaterial(stack, 'material', { keyId, ...meta });
  const { resource } = synthesized(stack);
  for (const [type, name] of [
    ['byok_external_key', 'key'],
    ['byok_key_material', 'material'],
  ] as const) {
    expect(resource[type]?.[name]).toMatchObject({
      provider: 'byok.nl',
      count: 2,
      lifecycle: { prevent_destroy: true },
    });
  }
});

test.each<[string, object, string]>([
  [
    'source',
    { source: 's3cret' },
    'source is something else; give where the material comes from, such as KeyMaterialSource.fromFile("payments.key")',
  ],
  ['source', { source: null }, 'source is something else; give where'],
  ['source', { source: { bind: 1 } }, 'source is something else; give where'],
  [
    'source',
    { source: undefined },
    'source is not given; give where the material comes from, such as KeyMaterialSource.fromFile("payments.key")',
  ],
  [
    'key',
    { key: keyId },
    `key is "${keyId}"; give a key that exists, such as ExternalKey.fromKeyId(…)`,
  ],
  [
    'key',
    { key: stackUnderTest() },
    'key is something else; give a key that exists, such as ExternalKey.fromKeyId(…)',
  ],
  [
    'source',
    { source: KeyMaterialSource.fromFile },
    'source is a function that was not called; give where the material comes from',
  ],
  [
    'engine',
    { engine: 'hooks' },
    'engine is "hooks"; give KeyMaterialEngine.provider() or KeyMaterialEngine.hooks(…)',
  ],
  [
    'engine',
    { engine: KeyMaterialEngine.hooks },
    'engine is a function that was not called; give KeyMaterialEngine.provider()',
  ],
  ['provider', { provider: 'byok.nl' }, 'provider is "byok.nl"; give a ByokProvider'],
])('another thing as %s gets a sentence', (_, given, message) => {
  const declare = () => new ImportedKey(stackUnderTest(), 'it', { alias: 'a', source, ...given });
  expect(declare).toThrow(message);
  expect(declare).not.toThrow('s3cret');
});

test.each<[string, (nothing: never) => object, string]>([
  [
    'Expiration.at',
    (nothing) => ({ expiration: Expiration.at(nothing) }),
    'Expiration.at is given nothing; give an instant such as',
  ],
  [
    'Expiration.rolling',
    () => ({ expiration: Expiration.rolling({} as never) }),
    'Expiration.rolling is given nothing; give validFor and',
  ],
  [
    'Expiration.rolling',
    (nothing) => ({ expiration: Expiration.rolling({ validFor: nothing, renewBefore: nothing }) }),
    'Expiration.rolling is given nothing; give validFor and renewBefore, for example "90d" and "14d", or Expiration.never()',
  ],
  [
    'Expiration.never',
    () => ({ expiration: Expiration.never }),
    'expiration is a function that was not called; give Expiration.at(…)',
  ],
  [
    'fromEnvironment',
    (nothing) => ({ source: KeyMaterialSource.fromEnvironment(nothing) }),
    'KeyMaterialSource.fromEnvironment is given nothing',
  ],
  [
    'fromCommand',
    (nothing) => ({ source: KeyMaterialSource.fromCommand(nothing) }),
    'KeyMaterialSource.fromCommand is given nothing; give a program',
  ],
  [
    'fromWrapCommand',
    (nothing) => ({ source: KeyMaterialSource.fromWrapCommand(nothing) }),
    'KeyMaterialSource.fromWrapCommand is given nothing',
  ],
  [
    'preWrapped',
    () => ({ source: KeyMaterialSource.preWrapped({} as never) }),
    'KeyMaterialSource.preWrapped is given nothing; give importToken',
  ],
  [
    'fromVariable',
    (nothing) => ({ source: KeyMaterialSource.fromVariable(nothing) }),
    'fromVariable was given something that is not a variable; give a TerraformVariable',
  ],
])(
  '%s of nothing, as of a variable that is not set, does not vanish in silence',
  (_, given, message) => {
    expect(
      () =>
        new ImportedKey(stackUnderTest(), 'it', {
          alias: 'a',
          source,
          ...given(undefined as never),
        }),
    ).toThrow(message);
  },
);

test.each(['vault read s3cret', ['vault', undefined, 's3cret'], 5])(
  'a program that is no list of texts gets a sentence: %j',
  (argv) => {
    const stack = stackUnderTest();
    new ImportedKey(stack, 'it', {
      alias: 'a',
      source: KeyMaterialSource.fromCommand(argv as never),
    });
    new ImportedKey(stack, 'hooked', {
      key: ExternalKey.fromKeyId(stack, 'theirs', keyId),
      source: KeyMaterialSource.fromCommand(argv as never),
      engine: KeyMaterialEngine.hooks(),
    });
    expect(() => Testing.synth(stack, true)).toThrow(
      'materialCommand is no list of texts; give a program and its arguments',
    );
    expect(() => Testing.synth(stack, true)).not.toThrow('s3cret');
  },
);

test.each([undefined, {}])('a key without generations gets a sentence: %j', (generations) => {
  expect(
    () => new RotatedKey(stackUnderTest(), 'it', { alias: 'a', generations: generations as never }),
  ).toThrow('generations is no list; give the generations of the key, oldest first');
});

test('tags may have any name', () => {
  const stack = stackUnderTest();
  new ImportedKey(stack, 'it', { alias: 'a', source, tags: { owners: 'x', ailas: 'y' } });
  expect(Testing.synth(stack, true)).toContain('"ailas": "y"');
});
