/** The schema tables hold what Terraform and the seed API page demand. */
import { externalKeySchema } from '../../lib/schema/external-key';
import { keyMaterialSchema, materialSourceAttributes } from '../../lib/schema/key-material';
import { kmsErrorCodes } from '../../lib/schema/kms-errors';
import type { AttributeSchema, BlockSchema } from '../../lib/schema/model';
import { providerSchema } from '../../lib/schema/provider';

const schemas: readonly [string, BlockSchema][] = [
  ['provider', providerSchema],
  ['byok_external_key', externalKeySchema],
  ['byok_key_material', keyMaterialSchema],
];

const attributes = schemas.flatMap(([owner, schema]) =>
  Object.entries<AttributeSchema>(schema.attributes).map(([name, attribute]) => [`${owner}.${name}`, attribute] as const),
);

test.each(attributes)('%s is well formed', (name, attribute) => {
  expect(attribute.required === true || attribute.optional === true || attribute.computed === true).toBe(true);
  expect(attribute.required === true && (attribute.optional === true || attribute.computed === true)).toBe(false);
  expect(attribute.description).toMatch(/\.$/);
  if (name.endsWith('_wo') || /token|secret|password/.test(name)) {
    expect(attribute.sensitive).toBe(true);
  }
  if (attribute.writeOnly === true) {
    expect(attribute.computed).toBeUndefined();
  }
  if (attribute.default !== undefined && attribute.allowed !== undefined) {
    expect(attribute.allowed).toContain(attribute.default);
  }
});

test('every source of material is an optional attribute', () => {
  expect(materialSourceAttributes.map((name) => keyMaterialSchema.attributes[name].optional)).toEqual([true, true, true]);
});

test.each(Object.entries(kmsErrorCodes))('%s has a status of its kind', (code, { status }) => {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(code).toMatch(/^(KMS|APIGW)\.\d{4}$/);
});
