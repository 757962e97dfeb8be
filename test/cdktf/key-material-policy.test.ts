import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cdktf from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  KeyMaterial,
  type KeyMaterialConfig,
  KeyMaterialPolicy,
  type KeyMaterialPolicyProps,
  KeyMaterialSource,
  RotatedKey,
} from 'cdktf-byok';
import * as cdktn from 'cdktn';
import { Construct } from 'constructs';
import { fakeBundle } from '../mirror/fake-bundle';
import { scratchFolder } from '../support/scratch-folder';
import { annotationsOf, stackUnderTest } from './stack-under-test';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

const reference = '${var.later}';

const pin = `sha256:${'0'.repeat(64)}`;

const preWrapped = { importTokenWo: reference, encryptedKeyMaterialWo: reference };

/** What the policy says of one material. */
function judged(
  policy: KeyMaterialPolicyProps,
  material: Partial<KeyMaterialConfig>,
): [string, string][] {
  const stack = stackUnderTest();
  new KeyMaterial(stack, 'it', { keyId, ...material });
  cdktf.Aspects.of(stack).add(new KeyMaterialPolicy(policy));
  cdktf.Testing.synth(stack);
  return annotationsOf(stack).map(([, level, message]) => [level, message]);
}

const now = new Date('2030-01-01T00:00:00Z');

const days = { maximumValidity: '90d', now } satisfies KeyMaterialPolicyProps;

test.each<[string, KeyMaterialPolicyProps, Partial<KeyMaterialConfig>]>([
  ['a rolling expiry of the very length', days, { validFor: '90d', renewBefore: '14d' }],
  ['the last instant allowed', days, { expirationTime: '2030-04-01T00:00:00Z' }],
  [
    'an expiry that has passed: it is short enough',
    days,
    { expirationTime: '2029-01-01T00:00:00Z' },
  ],
  ['a pin', { requirePin: true }, { fingerprint: pin }],
  ['no pin when none is asked for', { requirePin: false }, {}],
  ['the default algorithm', { allowedWrappingAlgorithms: ['RSAES_OAEP_SHA_256'] }, {}],
  [
    'a source that is not forbidden',
    { forbiddenSources: ['file', 'environment'] },
    { materialCommand: ['pass'] },
  ],
  ['no source', { forbiddenSources: ['file', 'environment'] }, {}],
  ['the default of onDestroy', { requiredOnDestroy: ['retain', 'refuse'] }, {}],
  ['one of several policies', { requiredOnDestroy: ['retain', 'refuse'] }, { onDestroy: 'refuse' }],
  [
    'everything when it has no rules',
    {},
    { materialFile: 'k', onDestroy: 'delete_material', wrappingAlgorithm: 'RSAES_PKCS1_V1_5' },
  ],
  ['what the construct itself refuses', days, { validFor: 'long', renewBefore: '1d' }],
  ['an instant that is none, which the construct refuses', days, { expirationTime: 'tomorrow' }],
])('accepts %s', (_, policy, material) => {
  // Without the warning of the construct itself, which compares with the clock.
  expect(
    judged(policy, material).filter(([, message]) => message.startsWith('KeyMaterialPolicy')),
  ).toEqual([]);
});

test.each<[string, KeyMaterialPolicyProps, Partial<KeyMaterialConfig>, string]>([
  [
    'a rolling expiry that is too long',
    days,
    { validFor: '91d', renewBefore: '14d' },
    'maximumValidity: validFor is "91d"; allowed is a validity of at most "90d": give a shorter one',
  ],
  [
    'an expiry a second too late',
    days,
    { expirationTime: '2030-04-01T00:00:01Z' },
    'maximumValidity: expirationTime is "2030-04-01T00:00:01Z"; allowed is a validity of at most "90d": give an earlier instant, or Expiration.rolling(…)',
  ],
  [
    'epoch seconds too late',
    days,
    { expirationTime: '9999999999' },
    'maximumValidity: expirationTime is "9999999999"; allowed is a validity',
  ],
  [
    'material that stays for good',
    days,
    { expirationTime: 'never' },
    'maximumValidity: the material never expires; allowed is a validity of at most',
  ],
  [
    'material without an expiry',
    days,
    {},
    'maximumValidity: the material never expires; allowed is a validity of at most "90d": give expiration',
  ],
  [
    'material without a pin',
    { requirePin: true },
    {},
    'requirePin: fingerprint is not given; required is the pin of the material that was reviewed',
  ],
  [
    'wrapped material, which has no pin',
    { requirePin: true },
    preWrapped,
    'requirePin: fingerprint is not given, and material that was wrapped',
  ],
  [
    'a legacy algorithm',
    { allowedWrappingAlgorithms: ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'] },
    { wrappingAlgorithm: 'RSAES_PKCS1_V1_5' },
    'allowedWrappingAlgorithms: wrappingAlgorithm is "RSAES_PKCS1_V1_5"; allowed are "RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1": give one of them',
  ],
  [
    'the default algorithm when another is asked for',
    { allowedWrappingAlgorithms: ['RSAES_OAEP_SHA_1'] },
    {},
    'allowedWrappingAlgorithms: wrappingAlgorithm is "RSAES_OAEP_SHA_256"',
  ],
  [
    'a policy of destruction',
    { requiredOnDestroy: ['retain', 'refuse'] },
    { onDestroy: 'delete_material' },
    'requiredOnDestroy: onDestroy is "delete_material"; allowed are "retain", "refuse": give one of them',
  ],
  [
    'the default of onDestroy when another is asked for',
    { requiredOnDestroy: ['refuse'] },
    {},
    'requiredOnDestroy: onDestroy is "retain"; allowed are',
  ],
  ...(
    [
      ['file', KeyMaterialSource.fromFile('k')],
      ['environment', KeyMaterialSource.fromEnvironment('K')],
      ['variable', KeyMaterialSource.fromVariable('k')],
      ['command', KeyMaterialSource.fromCommand(['pass'])],
      ['wrap-command', KeyMaterialSource.fromWrapCommand(['hsm'])],
      [
        'pre-wrapped',
        KeyMaterialSource.preWrapped({ importToken: reference, encryptedKeyMaterial: reference }),
      ],
    ] as const
  ).map(([name, source]): [string, KeyMaterialPolicyProps, Partial<KeyMaterialConfig>, string] => [
    `the source "${name}"`,
    { forbiddenSources: [name] },
    source.bind(stackUnderTest()),
    `forbiddenSources: the source of the material is "${name}"; allowed are "`,
  ]),
])('reports %s', (_, policy, material, message) => {
  expect(judged(policy, material)).toEqual([
    ['@cdktf/error', expect.stringContaining(`KeyMaterialPolicy, ${message}`)],
  ]);
});

test.each<[string, KeyMaterialPolicyProps, Partial<KeyMaterialConfig>]>([
  ['a fixed expiry', days, { expirationTime: reference }],
  ['a rolling expiry', days, { validFor: reference, renewBefore: '1d' }],
  ['a pin', { requirePin: true }, { fingerprint: reference }],
  [
    'an algorithm',
    { allowedWrappingAlgorithms: ['RSAES_OAEP_SHA_256'] },
    { wrappingAlgorithm: cdktf.Token.asAny(reference) },
  ],
  [
    'an algorithm used elsewhere',
    { allowedWrappingAlgorithms: ['RSAES_OAEP_SHA_256'] },
    preWrapped,
  ],
  [
    'onDestroy',
    { requiredOnDestroy: ['refuse'] },
    { onDestroy: cdktf.Token.asAny({ resolve: () => reference }) },
  ],
])(
  'warns that it cannot check %s that is known to Terraform only, however severe it is',
  (_, policy, material) => {
    expect(judged({ ...policy, severity: 'error' }, material)).toEqual([
      ['@cdktf/warn', expect.stringMatching(/cannot be (?:checked at synthesis|told here)/)],
    ]);
  },
);

test('each rule can have a severity of its own', () => {
  const policy: KeyMaterialPolicyProps = {
    ...days,
    requirePin: true,
    severity: 'warning',
    severities: { requirePin: 'error' },
  };
  expect(judged(policy, {}).map(([level]) => level)).toEqual(['@cdktf/warn', '@cdktf/error']);
});

test('compares a fixed expiry with the clock when it is told no instant', () => {
  const inDays = (count: number) =>
    new Date(Math.floor(Date.now() / 1000) * 1000 + count * 86_400_000);
  const left = (count: number) =>
    judged({ maximumValidity: '90d' }, Expiration.at(inDays(count)).bind());
  expect([left(80), left(100)]).toEqual([
    [],
    [['@cdktf/error', expect.stringContaining('maximumValidity: expirationTime is')]],
  ]);
});

test('says nothing twice when a stack is synthesized again', () => {
  const stack = stackUnderTest();
  new KeyMaterial(stack, 'it', { keyId });
  cdktf.Aspects.of(stack).add(new KeyMaterialPolicy({ requirePin: true }));
  cdktf.Testing.synth(stack);
  cdktf.Testing.synth(stack);
  expect(annotationsOf(stack)).toHaveLength(1);
});

/** One violation of each kind of construct, beside what no policy is about. */
function declare(stack: Construct): void {
  new ByokProvider(stack, 'byok');
  const source = KeyMaterialSource.fromEnvironment('K');
  new ImportedKey(new Construct(stack, 'group'), 'imported', { alias: 'a', source });
  new RotatedKey(stack, 'rotated', {
    alias: 'b',
    generations: [
      { name: '1', source, fingerprint: pin },
      { name: '2', source },
    ],
  });
  new KeyMaterial(stack, 'raw', { keyId: new ExternalKey(stack, 'key', { alias: 'c' }).keyId });
}

const frameworks = [
  ['cdktf', cdktf],
  ['cdktn', cdktn],
] as const;

function appOf({ App, TerraformStack }: typeof cdktf | typeof cdktn) {
  const outdir = scratchFolder();
  mkdirSync(join(outdir, 'stacks'), { recursive: true });
  const app = new App({
    outdir,
    context: { 'cdktf-byok:bundle': fakeBundle(scratchFolder()).folder },
  });
  return { app, stack: new TerraformStack(app, 'stack'), manifest: join(outdir, 'manifest.json') };
}

const violators = ['stack/group/imported/Resource', 'stack/raw', 'stack/rotated/2/Resource'];

test.each(frameworks)(
  'fails the synthesis of a %s app, with the path of every violation',
  (_, framework) => {
    const { app, stack } = appOf(framework);
    declare(stack);
    framework.Aspects.of(stack).add(new KeyMaterialPolicy({ requirePin: true }));
    expect(() => app.synth()).toThrow();
    expect(
      annotationsOf(stack)
        .map(([path]) => path)
        .sort(),
    ).toEqual(violators);
  },
);

test.each(frameworks)(
  'leaves warnings to the command line of a %s app, naming no folder of this machine',
  (_, framework) => {
    const { app, stack, manifest } = appOf(framework);
    declare(stack);
    framework.Aspects.of(stack).add(
      new KeyMaterialPolicy({ requirePin: true, severity: 'warning' }),
    );
    app.synth();
    const { annotations } = JSON.parse(readFileSync(manifest, 'utf8')).stacks.stack;
    expect(
      annotations.map(({ constructPath }: { constructPath: string }) => constructPath).sort(),
    ).toEqual(violators);
    expect(annotations).toEqual(
      Array(3).fill({
        level: '@cdktf/warn',
        constructPath: expect.any(String),
        message: expect.stringContaining('KeyMaterialPolicy, requirePin'),
      }),
    );
  },
);

test.each(frameworks)(
  'holds for its scope only, which in %s is never the app itself',
  (_, framework) => {
    const { app, stack } = appOf(framework);
    declare(stack);
    const policy = new KeyMaterialPolicy({ requirePin: true, severity: 'warning' });
    framework.Aspects.of(app).add(policy);
    framework.Aspects.of(stack.node.findChild('group')).add(policy);
    app.synth();
    expect(annotationsOf(stack).map(([path]) => path)).toEqual(['stack/group/imported/Resource']);
  },
);

test.each<[KeyMaterialPolicyProps, string]>([
  [
    { maximumValidity: 'a year' },
    'maximumValidity is "a year"; allowed is a whole number above 0 and a unit (s, m, h or d), for example "10m"',
  ],
  [
    { forbiddenSources: ['env' as never] },
    'forbiddenSources holds "env"; allowed are "variable", "file", "environment", "command", ',
  ],
  [
    { allowedWrappingAlgorithms: ['OAEP' as never] },
    'allowedWrappingAlgorithms holds "OAEP"; allowed are "RSAES_OAEP_SHA_256", ',
  ],
  [
    { requiredOnDestroy: ['keep' as never] },
    'requiredOnDestroy holds "keep"; allowed are "retain", "delete_material", "refuse"',
  ],
  [{ severity: 'warn' as never }, 'severity is "warn"; allowed are "error" and "warning"'],
  [
    { severities: { requirePin: 'off' as never } },
    'severities.requirePin is "off"; allowed are "error" and "warning"',
  ],
])('refuses a misspelt rule, which would allow what it was to forbid', (policy, message) => {
  expect(() => new KeyMaterialPolicy(policy)).toThrow(
    expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringContaining(message) }),
  );
});
