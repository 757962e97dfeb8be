import { openPreWrapped } from '../../lib/material/pre-wrapped';
import { wording } from '../../lib/provider/wording';

const good = {
  importToken: 'A'.repeat(200),
  encryptedKeyMaterial: 'B'.repeat(344),
  encryptedPrivatekey: undefined,
};

test('takes the fields of the API page', () => {
  const { importToken, wrapped } = openPreWrapped({
    ...good,
    encryptedPrivatekey: 'C'.repeat(200),
  });
  expect(importToken.revealText()).toBe(good.importToken);
  expect([wrapped.encryptedKeyMaterial.length, wrapped.encryptedPrivatekey?.length]).toEqual([
    258, 150,
  ]);
});

test.each([
  ['importToken', 'A'.repeat(199)],
  ['importToken', 'A'.repeat(6145)],
  ['importToken', `${'A'.repeat(200)}\n`],
  ['encryptedKeyMaterial', 'B'.repeat(343)],
  ['encryptedKeyMaterial', 'B'.repeat(361)],
  ['encryptedKeyMaterial', `${'B'.repeat(343)}-`],
  ['encryptedPrivatekey', 'C'.repeat(199)],
  ['encryptedPrivatekey', 'C'.repeat(6145)],
] as const)('refuses %s outside the documented form, without showing it', (field, value) => {
  const open = () => openPreWrapped({ ...good, [field]: value }, wording);
  expect(open).toThrow(`${wording.name(field)} has ${value.length} characters; allowed are`);
  expect(open).not.toThrow(value);
});
