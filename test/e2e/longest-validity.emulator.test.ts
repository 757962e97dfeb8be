/**
 * The longest validity, and the latest expiry, on every way in. On this KMS a change of expiry
 * deletes the material first: what it would not take must be refused before that, whoever asks.
 */
import { randomBytes } from 'node:crypto';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  KeyMaterial,
  KeyMaterialEngine,
  KeyMaterialSource,
  RotatedKey,
} from 'cdktf-byok';
import { ImportedKey as AwsImportedKey } from 'cdktf-byok/aws-cdk';
import { validateMaterial } from '../../lib/provider/material/validate';
import { keyMaterialSchema } from '../../lib/schema/key-material';
import { Diagnostics } from '../../lib/tfplugin/calls/diagnostics';
import type { Context } from '../../lib/tfplugin/provider';
import { Lambda } from '../aws-cdk/lambda';
import { newStack, propsIn } from '../aws-cdk/stack-under-test';
import { stackUnderTest, synthesized } from '../cdktf/stack-under-test';
import { type ByokAndEmulator, startByokAndEmulator } from '../cli/byok-and-emulator';
import { holdsMaterial, writesOf } from '../support/emulated-key';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

/** As each way spells it. */
type Wish =
  | { readonly validFor: string; readonly renewBefore: string }
  | { readonly expirationTime: string };

let bench: ByokAndEmulator;
let lambda: Lambda;

beforeAll(async () => {
  [bench, lambda] = await Promise.all([startByokAndEmulator(), Lambda.start()]);
});

afterAll(() => Promise.all([bench.close(), lambda.close()]));

const expirationOf = (wish: Wish) =>
  'validFor' in wish ? Expiration.rolling(wish) : Expiration.at(wish.expirationTime);

/** What a program says when it fails, undefined when it does not. */
function thrownBy(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function synthesisOf(
  declare: (stack: ReturnType<typeof stackUnderTest>) => unknown,
): string | undefined {
  const stack = stackUnderTest();
  declare(stack);
  return thrownBy(() => synthesized(stack));
}

function flagsOf(wish: Wish): string[] {
  return 'validFor' in wish
    ? ['--valid-for', wish.validFor, '--renew-before', wish.renewBefore]
    : ['--expiration-time', wish.expirationTime];
}

/** What a command says to this expiry of a key. */
async function runOn(
  key: string,
  command: 'apply' | 'import',
  material: Buffer,
  flags: readonly string[],
): Promise<string | undefined> {
  const args = [command, '--key-id', key, '--material-env', 'KEY', ...flags];
  const { status, stderr } = await bench.run(args, { env: { KEY: material.toString('base64') } });
  return status === 0 ? undefined : stderr;
}

async function applyOf(wish: Wish): Promise<string | undefined> {
  const [key, material] = [await bench.createKey(), randomBytes(32)];
  expect(
    await runOn(key, 'apply', material, ['--expiration-time', '2035-01-31T00:00:00Z']),
  ).toBeUndefined();
  bench.emulator.clearCalls();
  const said = await runOn(key, 'apply', material, [
    '--allow-unverified-renewal',
    ...flagsOf(wish),
  ]);
  if (said !== undefined) {
    expect(writesOf(bench.emulator)).toEqual([]);
    expect(await holdsMaterial(bench.emulator, key, material)).toBe(true);
  }
  return said;
}

const importOf = async (wish: Wish) =>
  runOn(await bench.createKey(), 'import', randomBytes(32), flagsOf(wish));

/** The same by an update of CloudFormation, whose values may be known to the function only. */
async function updateOf(wish: Wish): Promise<string | undefined> {
  const {
    keyId: made,
    material,
    properties,
  } = await lambda.create({ expirationTime: '2035-01-31T00:00:00Z' });
  const { expirationTime: _, ...others } = properties;
  lambda.kms.clearCalls();
  const { Status, Reason } = await lambda.request(
    'Update',
    { ...others, ...wish },
    { physicalId: made, old: properties },
  );
  if (Status === 'FAILED') {
    expect(writesOf(lambda.kms)).toEqual([]);
    expect(await holdsMaterial(lambda.kms, made, material)).toBe(true);
  }
  return Status === 'FAILED' ? Reason : undefined;
}

function validationOf(wish: Wish): string | undefined {
  const nothing = Object.fromEntries(
    Object.keys(keyMaterialSchema.attributes).map((name) => [name, null]),
  );
  const given: Record<string, string> =
    'validFor' in wish
      ? { valid_for: wish.validFor, renew_before: wish.renewBefore }
      : { expiration_time: wish.expirationTime };
  const diagnostics = new Diagnostics();
  validateMaterial(
    { config: { ...nothing, key_id: keyId, ...given }, writeOnlyAttributesAllowed: true },
    {
      diagnostics,
    } as unknown as Context,
  );
  return diagnostics.hasError ? diagnostics.all.map(({ detail }) => detail).join('\n') : undefined;
}

const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');

type Ask = (wish: Wish) => string | undefined | Promise<string | undefined>;

const waysIn: Readonly<Record<string, Ask>> = {
  'the provider': validationOf,
  KeyMaterial: (wish) =>
    synthesisOf(
      (stack) =>
        new KeyMaterial(stack, 'it', { keyId, ...wish, provider: new ByokProvider(stack, 'byok') }),
    ),
  ImportedKey: (wish) =>
    synthesisOf(
      (stack) =>
        new ImportedKey(stack, 'it', { alias: 'it', source, expiration: expirationOf(wish) }),
    ),
  RotatedKey: (wish) =>
    synthesisOf(
      (stack) =>
        new RotatedKey(stack, 'it', {
          alias: 'it',
          generations: [{ name: '1', source, expiration: expirationOf(wish) }],
        }),
    ),
  hooks: (wish) =>
    synthesisOf(
      (stack) =>
        new ImportedKey(stack, 'it', {
          key: ExternalKey.fromKeyId(stack, 'Key', keyId),
          source,
          expiration: expirationOf(wish),
          engine: KeyMaterialEngine.hooks(),
        }),
    ),
  'byok apply': applyOf,
  'the construct of AWS CDK': (wish) => {
    const stack = newStack();
    new AwsImportedKey(stack, 'it', propsIn(stack, { expiration: expirationOf(wish) }));
    return (
      stack.node
        .findAll()
        .flatMap(({ node }) => node.validate())
        .join('\n') || undefined
    );
  },
  'the function of AWS CDK': updateOf,
};

const tooLong: readonly [string, Wish, RegExp][] = [
  ['a day', { validFor: '36501d', renewBefore: '1d' }, /"36501d"; allowed are up to 36500d/],
  ['an hour', { validFor: '876001h', renewBefore: '1d' }, /"876001h"; allowed are up to 36500d/],
  ['centuries', { validFor: '100000d', renewBefore: '14d' }, /"100000d"; allowed are up to 36500d/],
  [
    'more than a Date holds',
    { validFor: '999999999d', renewBefore: '999999998d' },
    /"999999999d"; allowed are up to 36500d/,
  ],
];

const tooLate: readonly [string, Wish, RegExp][] = [
  [
    'an instant',
    { expirationTime: '2300-01-01T00:00:00Z' },
    /"2300-01-01T00:00:00Z"; allowed are an instant/,
  ],
  ['epoch seconds', { expirationTime: '10000000001' }, /"10000000001"; allowed are an instant/],
];

const endless = { validFor: '9d', renewBefore: '9d' };

const refused: readonly [string, Wish, RegExp][] = [
  ...tooLong.map(([how, wish, message]): [string, Wish, RegExp] => [
    `a validity that is too long by ${how}`,
    wish,
    message,
  ]),
  ...tooLate.map(([how, wish, message]): [string, Wish, RegExp] => [
    `an expiry that is too late, as ${how}`,
    wish,
    message,
  ]),
  ['a window that is always open', endless, /"9d", which is not shorter than \S+ "9d"/],
];

describe.each(Object.entries(waysIn))('%s', (_, ask) => {
  test.each(refused)('refuses %s, and the key keeps its material', async (_how, wish, message) => {
    expect(await ask(wish)).toMatch(message);
  });

  test.each<Wish>([
    { validFor: '36500d', renewBefore: '1d' },
    { validFor: '876000h', renewBefore: '36499d' },
    { expirationTime: '2286-11-20T17:46:40Z' },
  ])('takes the longest: %j', async (wish) => {
    expect(await ask(wish)).toBeUndefined();
  });
});

describe('byok import', () => {
  test.each(tooLate)('refuses an expiry that is too late, as %s', async (_, wish, message) => {
    expect(await importOf(wish)).toMatch(message);
  });

  test('takes the latest', async () => {
    expect(await importOf({ expirationTime: '2286-11-20T17:46:40Z' })).toBeUndefined();
  });

  test('imports once, and so knows no rolling expiry', async () => {
    expect(await importOf({ validFor: '36501d', renewBefore: '1d' })).toContain(
      "unknown option '--valid-for'",
    );
  });
});
