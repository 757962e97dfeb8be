import { keyMaterialSchema } from '../../lib/schema/key-material';
import {
  faultsOfCombinations,
  type MaterialAttribute,
} from '../../lib/schema/material-combinations';
import { materialSourceAttributes } from '../../lib/terms/material';

const faultsOf = (...given: MaterialAttribute[]) =>
  faultsOfCombinations((attribute) => given.includes(attribute));

test.each<MaterialAttribute[]>([
  [],
  ['material_file', 'material_encoding', 'material_password_env', 'fingerprint', 'expiration_time'],
  ['material_wo', 'material_wo_version', 'material_password_wo', 'valid_for', 'renew_before'],
  ['import_token_wo', 'encrypted_key_material_wo', 'material_wo_version', 'expiration_time'],
  ['import_token_wo', 'encrypted_key_material_wo', 'encrypted_privatekey_wo'],
])('lets pass what goes together, as number %#', (...given) => {
  expect(faultsOf(...given)).toEqual([]);
});

test.each<[MaterialAttribute[], MaterialAttribute, string]>([
  [
    ['material_file', 'material_env', 'material_command'],
    'material_env',
    'material_file and material_env and material_command are given together; allowed is one source of the material',
  ],
  [
    ['encrypted_privatekey_wo'],
    'encrypted_privatekey_wo',
    'is given without import_token_wo or encrypted_key_material_wo',
  ],
  [
    ['encrypted_privatekey_wo', 'import_token_wo'],
    'import_token_wo',
    'is given without encrypted_key_material_wo',
  ],
  [
    ['encrypted_privatekey_wo', 'encrypted_key_material_wo'],
    'encrypted_key_material_wo',
    'is given without import_token_wo',
  ],
  [
    ['material_file', 'material_wo_version'],
    'material_wo_version',
    'is given without material_wo or import_token_wo',
  ],
  [['valid_for'], 'valid_for', 'is given without renew_before'],
  [['renew_before'], 'renew_before', 'is given without valid_for'],
  [
    ['expiration_time', 'valid_for', 'renew_before'],
    'expiration_time',
    'expiration_time and valid_for are given together',
  ],
  [
    ['material_password_env', 'material_password_wo'],
    'material_password_env',
    'are given together; allowed is one',
  ],
  [
    ['import_token_wo', 'encrypted_key_material_wo', 'fingerprint'],
    'fingerprint',
    'cannot be compared with a pin before the import',
  ],
  [
    ['import_token_wo', 'encrypted_key_material_wo', 'valid_for', 'renew_before'],
    'valid_for',
    'cannot be renewed here',
  ],
])('refuses %j by one fault, of %s', (given, attribute, message) => {
  expect(faultsOf(...given)).toEqual([{ attribute, message: expect.stringContaining(message) }]);
});

test('any two sources are one too many', () => {
  for (const [index, one] of materialSourceAttributes.entries()) {
    for (const other of materialSourceAttributes.slice(index + 1)) {
      expect(faultsOf(one, other)).toContainEqual({
        attribute: other,
        message: expect.stringContaining(`${one} and ${other} are given`),
      });
    }
  }
});

test('calls every attribute as it is told to', () => {
  const everything = faultsOfCombinations(
    () => true,
    (attribute) => `<${attribute}>`,
  );
  const nothingBeside = Object.keys(keyMaterialSchema.attributes).flatMap((only) =>
    faultsOfCombinations(
      (attribute) => attribute === only,
      (attribute) => `<${attribute}>`,
    ),
  );
  for (const { message } of [...everything, ...nothingBeside]) {
    expect(message).not.toMatch(/(?<!<)\b[a-z]+_[a-z_]+\b/);
  }
});
