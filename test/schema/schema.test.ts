/** The schema tables hold what Terraform and the seed API page demand. */
import {
  keyDataSourceSchema,
  keysDataSourceSchema,
  observedKeyAttributes,
} from '../../lib/schema/data-sources';
import { externalKeySchema } from '../../lib/schema/external-key';
import { fingerprintFunctionSchema } from '../../lib/schema/fingerprint-function';
import { importParametersSchema } from '../../lib/schema/import-parameters';
import { keyMaterialSchema } from '../../lib/schema/key-material';
import type { AttributeSchema, BlockSchema } from '../../lib/schema/model';
import { providerSchema } from '../../lib/schema/provider';
import { kmsErrorCodes } from '../../lib/terms/kms-errors';
import { materialSourceAttributes } from '../../lib/terms/material';

const schemas: readonly [string, BlockSchema][] = [
  ['provider', providerSchema],
  ['byok_external_key', externalKeySchema],
  ['byok_key_material', keyMaterialSchema],
  ['data byok_key', keyDataSourceSchema],
  ['data byok_keys', keysDataSourceSchema],
  ['ephemeral byok_import_parameters', importParametersSchema],
];

const attributes = schemas.flatMap(([owner, schema]) =>
  Object.entries<AttributeSchema>(schema.attributes).map(
    ([name, attribute]) => [`${owner}.${name}`, attribute] as const,
  ),
);

test.each(attributes)('%s is well formed', (name, attribute) => {
  expect(
    attribute.required === true || attribute.optional === true || attribute.computed === true,
  ).toBe(true);
  expect(
    attribute.required === true && (attribute.optional === true || attribute.computed === true),
  ).toBe(false);
  expect(attribute.description).toMatch(/\.$/);
  if (/(?:token|secret|password|secret_key)$/.test(name)) {
    expect(attribute.sensitive).toBe(true);
  }
  // DESIGN.md says what was measured: it redacts nothing, and makes Terraform 1.11 write the state
  // anew at each refresh.
  expect(name.endsWith('_wo')).toBe(attribute.writeOnly === true);
  expect(attribute.writeOnly === true && attribute.sensitive === true).toBe(false);
  if (attribute.writeOnly === true) {
    expect(attribute.computed).toBeUndefined();
  }
  if (attribute.default !== undefined && attribute.allowed !== undefined) {
    expect(attribute.allowed).toContain(attribute.default);
  }
});

test('every source of material is an optional attribute', () => {
  expect(
    materialSourceAttributes.filter((name) => !keyMaterialSchema.attributes[name].optional),
  ).toEqual([]);
});

test.each(Object.entries(kmsErrorCodes))('%s has a status of its kind', (code, { status }) => {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(code).toMatch(/^(KMS|APIGW)\.\d{4}$/);
});

test('the list of byok_keys shows a key by the attributes of byok_key', () => {
  expect(keysDataSourceSchema.attributes.keys.type).toEqual([
    'list',
    [
      'object',
      Object.fromEntries(
        Object.entries(observedKeyAttributes).map(([name, { type }]) => [name, type]),
      ),
    ],
  ]);
  expect(Object.keys(keyDataSourceSchema.attributes)).toEqual(Object.keys(observedKeyAttributes));
});

test('the fingerprint function describes itself and each parameter', () => {
  const { summary, description, parameters } = fingerprintFunctionSchema;
  expect(summary).toMatch(/^[^.]+$/);
  for (const text of [description, ...parameters.map((parameter) => parameter.description)]) {
    expect(text).toMatch(/\.$/);
  }
});
