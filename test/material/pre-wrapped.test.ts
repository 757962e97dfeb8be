import { openPreWrapped } from '../../lib/material/pre-wrapped';

const good = { import_token_wo: 'A'.repeat(200), encrypted_key_material_wo: 'B'.repeat(344), encrypted_privatekey_wo: undefined };

test('takes the fields of the API page', () => {
  const { importToken, wrapped } = openPreWrapped({ ...good, encrypted_privatekey_wo: 'C'.repeat(200) });
  expect(importToken.revealText()).toBe(good.import_token_wo);
  expect([wrapped.encryptedKeyMaterial.length, wrapped.encryptedPrivatekey?.length]).toEqual([258, 150]);
});

test.each([
  ['import_token_wo', 'A'.repeat(199)],
  ['import_token_wo', 'A'.repeat(6145)],
  ['import_token_wo', `${'A'.repeat(200)}\n`],
  ['encrypted_key_material_wo', 'B'.repeat(343)],
  ['encrypted_key_material_wo', 'B'.repeat(361)],
  ['encrypted_key_material_wo', `${'B'.repeat(343)}-`],
  ['encrypted_privatekey_wo', 'C'.repeat(199)],
  ['encrypted_privatekey_wo', 'C'.repeat(6145)],
])('refuses %s outside the documented form, without showing it', (field, value) => {
  const open = () => openPreWrapped({ ...good, [field]: value });
  expect(open).toThrow(`${field} has ${value.length} characters; allowed are`);
  expect(open).not.toThrow(value);
});
