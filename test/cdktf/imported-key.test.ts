import { TerraformOutput } from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterialSource,
} from 'cdktf-byok';
import {
  annotationsOf,
  madeKey,
  onlyResource,
  stackUnderTest,
  synthesized,
} from './stack-under-test';

const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');

function resourcesOf(props: Partial<ImportedKeyProps>) {
  const stack = stackUnderTest();
  const key = new ImportedKey(stack, 'payments', { alias: 'payments', source, ...props });
  const { resource } = synthesized(stack);
  return {
    key: resource.byok_external_key?.[madeKey(key).friendlyUniqueId],
    material: resource.byok_key_material?.[key.material.friendlyUniqueId],
    keyReference: `\${byok_external_key.${madeKey(key).friendlyUniqueId}.key_id}`,
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
  const payments = new ImportedKey(stack, 'payments', { alias: 'payments', source });
  const { material } = payments;
  expect([madeKey(payments).friendlyUniqueId, material.friendlyUniqueId]).toEqual([
    'payments_Key_24D6DFD2',
    'payments_5AA7C358',
  ]);
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
  const payments = new ImportedKey(stack, 'payments', { alias: 'payments', source, provider });
  const { resource, provider: blocks } = synthesized(stack);
  expect(blocks.byok).toHaveLength(1);
  expect(resource.byok_external_key?.[madeKey(payments).friendlyUniqueId]).toMatchObject({
    provider: 'byok.nl',
  });
  expect(resource.byok_key_material?.[payments.material.friendlyUniqueId]).toMatchObject({
    provider: 'byok.nl',
  });
});

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

test('fills a key that exists, of which it emits nothing', () => {
  const stack = stackUnderTest();
  const key = ExternalKey.fromKeyId(stack, 'key', keyId);
  const imported = new ImportedKey(stack, 'payments', { key, source });
  expect(imported.key).toBe(key);
  expect(onlyResource(stack, 'byok_key_material')).toEqual({
    key_id: keyId,
    material_env: 'PAYMENTS_KEY',
  });
  expect(Object.keys(synthesized(stack).resource)).toEqual(['byok_key_material']);
});

test('fills a key of another construct', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  const key = new ExternalKey(stack, 'key', { alias: 'payments' });
  new ImportedKey(stack, 'payments', { key, source });
  expect(onlyResource(stack, 'byok_key_material')).toEqual({
    key_id: '${byok_external_key.key.key_id}',
    material_env: 'PAYMENTS_KEY',
  });
});

function refusalOf(
  props: (stack: ReturnType<typeof stackUnderTest>) => Partial<ImportedKeyProps>,
): () => unknown {
  const stack = stackUnderTest();
  new ImportedKey(stack, 'payments', { source, ...props(stack) });
  return () => synthesized(stack);
}

test('refuses a key of which neither an alias nor an id is known', () => {
  expect(() => new ImportedKey(stackUnderTest(), 'payments', { source })).toThrow(
    /^neither alias nor key is given; give the alias of a/,
  );
});

test('refuses, where no compiler did, a source that is not given', () => {
  const props = { alias: 'payments' } as ImportedKeyProps;
  expect(() => new ImportedKey(stackUnderTest(), 'payments', props)).toThrow(
    /^source is not given; give where the material comes from/,
  );
});

test('refuses an alias for a key that exists', () => {
  expect(
    refusalOf((stack) => ({ alias: 'payments', key: ExternalKey.fromKeyId(stack, 'key', keyId) })),
  ).toThrow('[stack/payments] alias and key are given together; give alias to have a key made');
});

test('refuses, in one sentence, whatever describes a key that is managed elsewhere', () => {
  const refusal = refusalOf((stack) => ({
    key: ExternalKey.fromKeyId(stack, 'key', keyId),
    description: 'cards',
    keySpec: 'AES_256',
    keyUsage: 'ENCRYPT_DECRYPT',
    enabled: false,
    tags: {},
    pendingDays: 7,
    cancelPendingDeletion: false,
    keyOnDestroy: 'retain',
  }));
  expect(refusal).toThrow(
    '[stack/payments] key names an existing key, which is not changed here; leave out description, keySpec, keyUsage, enabled, tags, pendingDays, cancelPendingDeletion, keyOnDestroy',
  );
});

test('names all that is wrong at once, each with the path of its construct', () => {
  const refusal = refusalOf(() => ({
    alias: 'my key',
    warnBefore: 'soon',
    expiration: Expiration.rolling({ validFor: '1d', renewBefore: '2d' }),
  }));
  expect(refusal).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /\[stack\/payments\/Key\] alias is "my key"(?:.|\n)*\[stack\/payments\/Resource\] warnBefore is "soon"(?:.|\n)*renewBefore is "2d"/,
      ),
    }),
  );
});

describe('an expiry that is counted from the time of synthesis', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2030, 5, 1, 12, 30, 15, 250) });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const inDays = (count: number) => Date.now() + count * 86_400_000;
  const declared = (expiration: Expiration) => {
    const stack = stackUnderTest();
    new ImportedKey(stack, 'payments', { alias: 'payments', source, expiration });
    return stack;
  };

  test('is refused where its milliseconds show it, and the way out is named', () => {
    expect(() => synthesized(declared(Expiration.at(new Date(inDays(90)))))).toThrow(
      /computed from the current time.*Expiration\.rolling/,
    );
  });

  test('is a warning in whole seconds', () => {
    const instant = new Date(Math.floor(inDays(90) / 1000) * 1000);
    for (const given of [
      instant,
      instant.toISOString().replace('.000', ''),
      String(instant.getTime() / 1000),
    ]) {
      expect(annotationsOf(declared(Expiration.at(given)))).toEqual([
        [
          'stack/payments',
          '@cdktf/warn',
          expect.stringContaining('Expiration.rolling({ validFor, renewBefore })'),
        ],
      ]);
    }
  });

  test('is nothing that people write down', () => {
    for (const written of [
      '2031-01-01T00:00:00Z',
      '2030-09-01T23:59:59Z',
      '2030-08-30T12:30:00Z',
      'never',
    ]) {
      expect(annotationsOf(declared(Expiration.at(written)))).toEqual([]);
    }
  });
});
