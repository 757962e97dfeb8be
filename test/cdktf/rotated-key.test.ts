import { TerraformStack as CdktfStack, Testing as CdktfTesting, TerraformOutput } from 'cdktf';
import {
  ByokProvider,
  Expiration,
  type KeyGeneration,
  KeyMaterialSource,
  RotatedKey,
  type RotatedKeyProps,
} from 'cdktf-byok';
import { TerraformStack as CdktnStack, Testing as CdktnTesting } from 'cdktn';
import type { Construct } from 'constructs';
import { scratchFolder } from '../support/scratch-folder';
import { madeKey, stackUnderTest, synthesized } from './stack-under-test';

const generation = (name: string, more: Partial<KeyGeneration> = {}): KeyGeneration => ({
  name,
  source: KeyMaterialSource.fromEnvironment(`ORDERS_${name}`),
  ...more,
});

function keysOf(props: Partial<RotatedKeyProps>) {
  const stack = stackUnderTest();
  const rotated = new RotatedKey(stack, 'orders', {
    alias: 'orders',
    generations: [generation('1'), generation('2')],
    ...props,
  });
  const { resource } = synthesized(stack);
  const keys = Object.fromEntries(
    rotated.generations.map((one) => [
      one.node.id,
      resource.byok_external_key?.[madeKey(one).friendlyUniqueId],
    ]),
  );
  const materials = Object.fromEntries(
    rotated.generations.map(({ node, material }) => [
      node.id,
      resource.byok_key_material?.[material.friendlyUniqueId],
    ]),
  );
  const address = (name: string) =>
    `byok_external_key.${madeKey(rotated.generation(name)).friendlyUniqueId}`;
  return { keys, materials, address };
}

test('the last generation carries the alias, and takes it only after the others gave it up', () => {
  const { keys, materials, address } = keysOf({
    generations: [generation('1'), generation('2'), generation('3')],
  });
  expect(keys).toEqual({
    1: { alias: 'orders-1', on_destroy: 'retain' },
    2: { alias: 'orders-2', on_destroy: 'retain' },
    3: { alias: 'orders', on_destroy: 'retain', depends_on: [address('1'), address('2')] },
  });
  expect(materials).toMatchObject({
    1: { material_env: 'ORDERS_1' },
    2: { material_env: 'ORDERS_2' },
    3: { material_env: 'ORDERS_3' },
  });
});

test('another generation can be the current one', () => {
  const { keys, address } = keysOf({ current: '1' });
  expect(keys).toEqual({
    1: { alias: 'orders', on_destroy: 'retain', depends_on: [address('2')] },
    2: { alias: 'orders-2', on_destroy: 'retain' },
  });
});

test('a single generation is a key like any other, except that it is never destroyed unasked', () => {
  expect(keysOf({ generations: [generation('1')] }).keys).toEqual({
    1: { alias: 'orders', on_destroy: 'retain' },
  });
});

test('hands on what the generations share, and what each has of its own', () => {
  const timeouts = { create: '1m' };
  const { keys, materials } = keysOf({
    generations: [
      generation('1', { enabled: false, keyOnDestroy: 'schedule_deletion' }),
      generation('2', {
        expiration: Expiration.at('2035-01-31T00:00:00Z'),
        fingerprint: `sha256:${'0'.repeat(64)}`,
      }),
    ],
    description: 'cards',
    keySpec: 'AES_256',
    tags: { team: 'payments' },
    warnBefore: '30d',
    wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
    pendingDays: 30,
    timeouts,
  });
  const shared = {
    description: 'cards',
    key_spec: 'AES_256',
    tags: { team: 'payments' },
    pending_days: 30,
    timeouts,
  };
  expect(keys).toMatchObject({
    1: { ...shared, enabled: false, on_destroy: 'schedule_deletion' },
    2: { ...shared, on_destroy: 'retain' },
  });
  expect(materials).toMatchObject({
    1: { warn_before: '30d', wrapping_algorithm: 'RSAES_OAEP_SHA_1', timeouts },
    2: {
      expiration_time: '2035-01-31T00:00:00Z',
      fingerprint: `sha256:${'0'.repeat(64)}`,
      warn_before: '30d',
    },
  });
});

test('the address of a generation stays the same from release to release, whichever is current', () => {
  for (const current of ['1', '2']) {
    const stack = stackUnderTest();
    const rotated = new RotatedKey(stack, 'orders', {
      alias: 'orders',
      generations: [generation('1'), generation('2')],
      current,
    });
    expect(
      rotated.generations.map((one) => [
        madeKey(one).friendlyUniqueId,
        one.material.friendlyUniqueId,
      ]),
    ).toEqual([
      ['orders_1_Key_199990A4', 'orders_1_398259F8'],
      ['orders_2_Key_434A7FF1', 'orders_2_4104B477'],
    ]);
  }
});

test('its outputs are those of the current generation', () => {
  const stack = stackUnderTest();
  const rotated = new RotatedKey(stack, 'orders', {
    alias: 'orders',
    generations: [generation('1'), generation('2')],
  });
  new TerraformOutput(stack, 'key_id', { value: rotated.keyId });
  new TerraformOutput(stack, 'fingerprint', { value: rotated.fingerprint });
  const address = `byok_key_material.${rotated.generation('2').material.friendlyUniqueId}`;
  expect(synthesized(stack).output).toEqual({
    key_id: { value: `\${${address}.key_id}` },
    fingerprint: { value: `\${${address}.fingerprint}` },
  });
});

test('a cdktn app makes of it what a cdktf app makes of it', () => {
  const declare = (stack: Construct) => {
    new ByokProvider(stack, 'byok', { region: 'eu-de' });
    new RotatedKey(stack, 'orders', {
      alias: 'orders',
      generations: [generation('1'), generation('2')],
    });
  };
  const options = { outdir: scratchFolder() };
  const ofCdktn = new CdktnStack(CdktnTesting.app(options), 'stack');
  const ofCdktf = new CdktfStack(CdktfTesting.app(options), 'stack');
  declare(ofCdktn);
  declare(ofCdktf);
  expect(JSON.parse(CdktnTesting.synth(ofCdktn, true))).toEqual(
    JSON.parse(CdktfTesting.synth(ofCdktf, true)),
  );
});

const pin = `sha256:${'a'.repeat(64)}`;

test.each([
  [
    'no generation at all',
    { generations: [] },
    'generations is empty, which would give up every key; give at least the current one',
  ],
  [
    'two of one name',
    { generations: [generation('1'), generation('1')] },
    'two generations are named "1"; give each a name of its own',
  ],
  [
    'a name that no alias can have',
    { generations: [generation('a b')] },
    'a generation is named "a b"; allowed are 1 to 64 of the characters a-z A-Z 0-9 _ -',
  ],
  [
    'a current one that is not listed',
    { current: '3' },
    'current is "3"; allowed are the names of the generations: "1", "2"',
  ],
])('refuses %s', (_name, props, message) => {
  expect(() => keysOf(props)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT', message }));
});

test('refuses the same material twice', () => {
  expect(() =>
    keysOf({
      generations: [generation('1', { fingerprint: pin }), generation('2', { fingerprint: pin })],
    }),
  ).toThrow(
    `[stack/orders] two generations have the fingerprint ${pin}, so nothing was rotated; give the new generation new material`,
  );
});

test('refuses an alias that is too long only with the name of a generation', () => {
  expect(() => keysOf({ alias: 'a'.repeat(254) })).toThrow(
    /alias is a text of \d+ characters, .*; allowed are 1 to 255 of the characters/,
  );
});

test('refuses to find a generation that is not there', () => {
  const rotated = new RotatedKey(stackUnderTest(), 'orders', {
    alias: 'orders',
    generations: [generation('1')],
  });
  expect(() => rotated.generation('2')).toThrow('there is no generation "2"; there are "1"');
});
