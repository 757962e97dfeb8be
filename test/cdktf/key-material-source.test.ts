import { TerraformVariable } from 'cdktf';
import * as cdktn from 'cdktn';
import { ByokProvider } from '../../lib/cdktf/byok-provider';
import { KeyMaterial } from '../../lib/cdktf/key-material';
import { KeyMaterialSource } from '../../lib/cdktf/key-material-source';
import { onlyResource, stackUnderTest, synthesized } from './stack-under-test';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function materialFrom(
  source: KeyMaterialSource,
  stack = stackUnderTest(),
): Record<string, unknown> {
  ByokProvider.of(stack);
  new KeyMaterial(stack, 'it', { ...source.bind(stack), keyId });
  const { key_id, ...attributes } = onlyResource(stack, 'byok_key_material');
  expect(key_id).toBe(keyId);
  return attributes;
}

test('a relative file is found from the folder in which Terraform runs', () => {
  expect(materialFrom(KeyMaterialSource.fromFile('keys/payments.b64'))).toEqual({
    material_file: '../../../keys/payments.b64',
  });
});

test('a relative file is relative to the folder of cdktf.json', () => {
  const stack = stackUnderTest({ cdktfJsonPath: '/srv/app/cdktf.json' });
  expect(materialFrom(KeyMaterialSource.fromFile('../keys/payments.b64'), stack)).toEqual({
    material_file: '../../../../keys/payments.b64',
  });
});

test('an absolute file stays where it is', () => {
  expect(materialFrom(KeyMaterialSource.fromFile('/run/secrets/payments'))).toEqual({
    material_file: '/run/secrets/payments',
  });
});

test.each([
  ['begins with an expression', '${path.root}/keys/a', '${path.root}/keys/a'],
  ['holds an expression', 'keys/${terraform.workspace}', '../../../keys/${terraform.workspace}'],
])('a path may be one that %s', (_, path, emitted) => {
  expect(materialFrom(KeyMaterialSource.fromFile(path))).toEqual({ material_file: emitted });
});

test('a file is emitted with its encoding', () => {
  expect(materialFrom(KeyMaterialSource.fromFile('/k', { encoding: 'raw' }))).toEqual({
    material_file: '/k',
    material_encoding: 'raw',
  });
});

test('an environment variable is emitted by name', () => {
  expect(
    materialFrom(KeyMaterialSource.fromEnvironment('PAYMENTS_KEY', { encoding: 'hex' })),
  ).toEqual({
    material_env: 'PAYMENTS_KEY',
    material_encoding: 'hex',
  });
});

test('a variable becomes ephemeral and sensitive and feeds the write-only attribute', () => {
  const stack = stackUnderTest();
  const variable = new TerraformVariable(stack, 'payments_key', { type: 'string' });
  const source = KeyMaterialSource.fromVariable(variable, { encoding: 'hex', version: 3 });
  expect(materialFrom(source, stack)).toEqual({
    material_wo: '${var.payments_key}',
    material_wo_version: 3,
    material_encoding: 'hex',
  });
  expect(synthesized(stack).variable).toEqual({
    payments_key: { type: 'string', ephemeral: true, sensitive: true },
  });
});

test('a variable of cdktn will do', () => {
  const stack = stackUnderTest();
  const variable = new cdktn.TerraformVariable(stack, 'payments_key', { type: 'string' });
  expect(materialFrom(KeyMaterialSource.fromVariable(variable), stack)).toEqual({
    material_wo: '${var.payments_key}',
  });
});

test('a variable given by name is declared once, under that very name', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  for (const id of ['a', 'b']) {
    new KeyMaterial(stack, id, {
      ...KeyMaterialSource.fromVariable('payments_key').bind(stack),
      keyId,
    });
  }
  expect(synthesized(stack).variable).toEqual({
    payments_key: {
      type: 'string',
      description: expect.any(String),
      ephemeral: true,
      sensitive: true,
    },
  });
});

test('a variable given by name may be declared already', () => {
  const stack = stackUnderTest();
  new TerraformVariable(stack, 'payments_key', { type: 'string', description: 'mine' });
  materialFrom(KeyMaterialSource.fromVariable('payments_key'), stack);
  expect(synthesized(stack).variable).toEqual({
    payments_key: { type: 'string', description: 'mine', ephemeral: true, sensitive: true },
  });
});

test('refuses a variable name that belongs to something else', () => {
  const stack = stackUnderTest();
  new ByokProvider(stack, 'byok');
  expect(() => KeyMaterialSource.fromVariable('byok').bind(stack)).toThrow(
    /has a child "byok" that is not a variable/,
  );
});

test('refuses a variable name that looks like the value, without showing it', () => {
  const bind = () => KeyMaterialSource.fromVariable('c2VjcmV0IHNlY3JldA==').bind(stackUnderTest());
  expect(bind).toThrow(/give the name of the variable, such as "payments_key", not the value/);
  expect(bind).not.toThrow(/c2VjcmV0/);
});

test('refuses an environment variable that looks like the value, without showing it', () => {
  const synth = () => materialFrom(KeyMaterialSource.fromEnvironment('c2VjcmV0IHNlY3JldA=='));
  expect(synth).toThrow(/materialEnv is no name of an environment variable/);
  expect(synth).not.toThrow(/c2VjcmV0/);
});

test('refuses an empty path', () => {
  expect(() => materialFrom(KeyMaterialSource.fromFile(''))).toThrow(
    '[stack/it] materialFile is empty; give the path of the file',
  );
});
