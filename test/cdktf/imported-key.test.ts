import { TerraformOutput } from 'cdktf';
import { ByokProvider, Expiration, ImportedKey, type ImportedKeyProps, KeyMaterialSource } from 'cdktf-byok';
import { stackUnderTest, synthesized } from './stack-under-test';

const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');

function resourcesOf(props: Partial<ImportedKeyProps>) {
  const stack = stackUnderTest();
  const key = new ImportedKey(stack, 'payments', { alias: 'payments', source, ...props });
  const { resource } = synthesized(stack);
  return {
    key: resource.byok_external_key?.[key.key.friendlyUniqueId],
    material: resource.byok_key_material?.[key.material.friendlyUniqueId],
    keyReference: `\${byok_external_key.${key.key.friendlyUniqueId}.key_id}`,
  };
}

test('composes a key and its material, with the defaults of the provider', () => {
  const { key, material, keyReference } = resourcesOf({});
  expect(key).toEqual({ alias: 'payments' });
  expect(material).toEqual({ key_id: keyReference, material_env: 'PAYMENTS_KEY' });
});

test('hands every property to the resource that it is about', () => {
  const timeouts = { create: '1m' };
  const { key, material } = resourcesOf({
    description: 'cards',
    keySpec: 'AES_256',
    enabled: true,
    keyOnDestroy: 'retain',
    pendingDays: 30,
    cancelPendingDeletion: true,
    expiration: Expiration.at('2030-01-31T00:00:00Z'),
    fingerprint: `sha256:${'0'.repeat(64)}`,
    wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
    onDestroy: 'delete_material',
    allowInterruption: false,
    allowUnverifiedRenewal: true,
    allowWeakMaterial: true,
    timeouts,
  });
  expect(key).toEqual({
    alias: 'payments',
    description: 'cards',
    key_spec: 'AES_256',
    enabled: true,
    on_destroy: 'retain',
    pending_days: 30,
    cancel_pending_deletion: true,
    timeouts,
  });
  expect(material).toEqual({
    key_id: expect.any(String),
    material_env: 'PAYMENTS_KEY',
    expiration_time: '2030-01-31T00:00:00Z',
    fingerprint: `sha256:${'0'.repeat(64)}`,
    wrapping_algorithm: 'RSAES_OAEP_SHA_1',
    on_destroy: 'delete_material',
    allow_interruption: false,
    allow_unverified_renewal: true,
    allow_weak_material: true,
    timeouts,
  });
});

test('keeps the addresses in Terraform from release to release', () => {
  const stack = stackUnderTest();
  const { key, material } = new ImportedKey(stack, 'payments', { alias: 'payments', source });
  expect([key.friendlyUniqueId, material.friendlyUniqueId]).toEqual(['payments_Key_24D6DFD2', 'payments_5AA7C358']);
  expect(stack.node.findChild('payments').node.defaultChild).toBe(material);
});

test('its outputs refer to the material, so that whoever uses them waits for the import', () => {
  const stack = stackUnderTest();
  const key = new ImportedKey(stack, 'payments', { alias: 'payments', source });
  for (const name of ['keyId', 'fingerprint', 'expirationTime', 'materialStatus'] as const) {
    new TerraformOutput(stack, name, { value: key[name] });
  }
  const address = `byok_key_material.${key.material.friendlyUniqueId}`;
  expect(synthesized(stack).output).toEqual({
    keyId: { value: `\${${address}.key_id}` },
    fingerprint: { value: `\${${address}.fingerprint}` },
    expirationTime: { value: `\${${address}.expiration_time}` },
    materialStatus: { value: `\${${address}.material_status}` },
  });
});

test('brings a provider along, which gives way to one declared later', () => {
  const stack = stackUnderTest();
  new ImportedKey(stack, 'payments', { alias: 'payments', source });
  expect(synthesized(stack).provider).toEqual({ byok: [{}] });
  new ByokProvider(stack, 'byok', { region: 'eu-de' });
  expect(synthesized(stack).provider).toEqual({ byok: [{ region: 'eu-de' }] });
});

test('uses the provider it is given, for both resources', () => {
  const stack = stackUnderTest();
  const provider = new ByokProvider(stack, 'byok', { alias: 'nl' });
  const { key, material } = new ImportedKey(stack, 'payments', { alias: 'payments', source, provider });
  const { resource, provider: blocks } = synthesized(stack);
  expect(blocks.byok).toHaveLength(1);
  expect(resource.byok_external_key?.[key.friendlyUniqueId]).toMatchObject({ provider: 'byok.nl' });
  expect(resource.byok_key_material?.[material.friendlyUniqueId]).toMatchObject({ provider: 'byok.nl' });
});
