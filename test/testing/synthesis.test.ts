import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as cdktf from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  isByokError,
  KeyMaterial,
  KeyMaterialSource,
} from 'cdktf-byok';
import { readSynthesis, synth } from 'cdktf-byok/testing';
import * as cdktn from 'cdktn';
import type { Construct, IConstruct } from 'constructs';
import { scratchFolder } from '../support/scratch-folder';

const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');
const foreignKey = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function declare(stack: Construct): void {
  new ByokProvider(stack, 'byok', { region: 'eu-de' });
  new ImportedKey(stack, 'payments', {
    alias: 'payments',
    source,
    expiration: Expiration.at('2030-01-31T00:00:00Z'),
    pendingDays: 30,
  });
  new ImportedKey(stack, 'cards', { alias: 'cards', source });
  new KeyMaterial(stack, 'adopted', { keyId: foreignKey, materialEnv: 'ADOPTED_KEY' });
}

test('synth gives every key and every import, each with its attributes and the key that it goes into', () => {
  const { keys, imports, json, warnings } = synth(declare);
  const [payments, cards] = keys;
  expect(keys.map(({ attributes }) => attributes)).toEqual(
    expect.arrayContaining([{ alias: 'payments', pending_days: 30 }, { alias: 'cards' }]),
  );
  expect(imports.map(({ address, key }) => [address, key?.attributes.alias]).sort()).toEqual([
    ['byok_key_material.adopted', undefined],
    [expect.stringMatching(/^byok_key_material\.cards_/), 'cards'],
    [expect.stringMatching(/^byok_key_material\.payments_/), 'payments'],
  ]);
  expect([payments, cards].map((key) => key?.address.split('.')[0])).toEqual([
    'byok_external_key',
    'byok_external_key',
  ]);
  expect(json.provider).toEqual({ byok: [{ region: 'eu-de' }] });
  expect(warnings).toEqual([]);
});

test('findImport finds by the alias of the key', () => {
  const { attributes, key } = synth(declare).findImport('payments');
  expect(attributes).toMatchObject({
    expiration_time: '2030-01-31T00:00:00Z',
    material_env: 'PAYMENTS_KEY',
  });
  expect(key?.attributes.pending_days).toBe(30);
});

test.each([
  [
    'of no import',
    'payment',
    'no import goes into a key of the alias "payment"; there are imports into',
  ],
  [
    'of two imports',
    'twice',
    'more than one import goes into a key of the alias "twice"; there are imports into "twice", "twice"',
  ],
])('findImport refuses an alias %s, and tells which there are', (_, alias, message) => {
  const { findImport } = synth((stack) => {
    for (const id of ['one', 'two']) {
      new ImportedKey(stack, id, { alias: 'twice', source });
    }
  });
  expect(thrownBy(() => findImport(alias))).toContain(message);
});

test.each([
  [
    'cdktf',
    () => new cdktf.TerraformStack(cdktf.Testing.app({ outdir: scratchFolder() }), 'stack'),
  ],
  [
    'cdktn',
    () => new cdktn.TerraformStack(cdktn.Testing.app({ outdir: scratchFolder() }), 'stack'),
  ],
])('takes the stack of a %s app', (_, makeStack: () => IConstruct & Construct) => {
  const stack = makeStack();
  declare(stack);
  expect(synth(stack)).toEqual({ ...synth(declare), findImport: expect.any(Function) });
});

test('reads what another synthesis wrote, as text and parsed', () => {
  const stack = new cdktn.TerraformStack(cdktn.Testing.app({ outdir: scratchFolder() }), 'stack');
  declare(stack);
  const text = cdktn.Testing.synth(stack);
  const expected = { ...synth(declare), findImport: expect.any(Function) };
  expect(readSynthesis(text)).toEqual(expected);
  expect(readSynthesis(JSON.parse(text))).toEqual(expected);
});

test('an import by reference to one key of several has that key', () => {
  const { imports } = synth((stack) => {
    new ByokProvider(stack, 'byok');
    const keys = new ExternalKey(stack, 'keys', { alias: 'keys', count: 2 });
    new KeyMaterial(stack, 'material', {
      keyId: `\${${keys.terraformResourceType}.${keys.friendlyUniqueId}[0].key_id}`,
      materialEnv: 'A',
    });
  });
  expect(imports.map(({ key }) => key?.attributes.alias)).toEqual(['keys']);
});

test('hands the context to the app', () => {
  let seen: unknown;
  synth(
    (stack) => {
      seen = stack.node.tryGetContext('stage');
    },
    { context: { stage: 'test' } },
  );
  expect(seen).toBe('test');
});

test('leaves no folder behind', () => {
  const folders: string[] = [];
  const act = (fail: boolean) =>
    synth((stack) => {
      folders.push(cdktf.App.of(stack).outdir);
      declare(stack);
      if (fail) {
        throw new Error('no stack');
      }
    });
  act(false);
  expect(() => act(true)).toThrow('no stack');
  expect(folders).toHaveLength(2);
  expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  expect(folders).not.toContain(tmpdir());
});

test('tells what aspects warn of', () => {
  const { warnings } = synth((stack) => {
    declare(stack);
    cdktf.Aspects.of(stack).add({
      visit: (node) =>
        node instanceof ImportedKey &&
        node.node.id === 'cards' &&
        cdktf.Annotations.of(node).addWarning('never expires'),
    });
  });
  expect(warnings).toEqual(['[stack/cards] never expires']);
});

test('fails when an aspect finds an error, as cdktf synth does', () => {
  const forbid = () =>
    synth((stack) => {
      declare(stack);
      cdktf.Aspects.of(stack).add({
        visit: (node) =>
          node.node.id === 'cards' && cdktf.Annotations.of(node).addError('must expire'),
      });
    });
  expect(forbid).toThrow('the stack has errors:\n  [stack/cards] must expire');
});

test('fails when a construct is not valid', () => {
  expect(() =>
    synth((stack) => void new ImportedKey(stack, 'bad', { alias: 'not allowed', source })),
  ).toThrow(/\[stack\/bad\/Key\] alias is "not allowed"; allowed are/);
});

test.each([
  [
    'a construct that is no stack',
    () => synth(synthesizedKey()),
    'the construct "stack/payments"; allowed is a stack',
  ],
  [
    'text that is no JSON',
    () => readSynthesis('resource "byok_external_key" {}'),
    'text that is no JSON; allowed is the content of cdk.tf.json',
  ],
  ['JSON that is no object', () => readSynthesis('[]'), 'JSON that is no object'],
])('refuses %s', (_, act, message) => {
  expect(thrownBy(act)).toContain(message);
});

function synthesizedKey(): ImportedKey {
  const stack = new cdktf.TerraformStack(cdktf.Testing.app({ outdir: scratchFolder() }), 'stack');
  return new ImportedKey(stack, 'payments', { alias: 'payments', source });
}

/** Message of the ByokError that is thrown. */
function thrownBy(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isByokError(error)) {
      return error.message;
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}
