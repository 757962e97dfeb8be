/**
 * Every kind of key with every source, every expiration and every policy of destruction: what is
 * emitted, or why it is refused.
 */
import {
  Expiration,
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterialSource,
  type KeySpec,
  type MaterialDestroyPolicy,
} from 'cdktf-byok';
import { onlyResource, stackUnderTest, synthesized } from './stack-under-test';

const reference = '${var.secret}';

type Attributes = Readonly<Record<string, unknown>>;

/** What a refusal says, of symmetric keys, of asymmetric ones, or of both. */
interface Refusals {
  readonly symmetric?: string;
  readonly asymmetric?: string;
}

interface SourceCase extends Refusals {
  readonly source: KeyMaterialSource;
  readonly emitted: Attributes;
  /** Material that was wrapped elsewhere cannot be wrapped again. */
  readonly cannotRoll?: true;
}

const preWrapped = { importToken: reference, encryptedKeyMaterial: reference };

const wrapped = { import_token_wo: reference, encrypted_key_material_wo: reference };

const sources: Readonly<Record<string, SourceCase>> = {
  'a file': { source: KeyMaterialSource.fromFile('k'), emitted: { material_file: '../../../k' } },
  'a file of hex': {
    source: KeyMaterialSource.fromFile('/k', { encoding: 'hex' }),
    emitted: { material_file: '/k', material_encoding: 'hex' },
  },
  'a PEM file': {
    source: KeyMaterialSource.fromFile('/k.pem', { encoding: 'pem' }),
    emitted: { material_file: '/k.pem', material_encoding: 'pem' },
    symmetric:
      'the encoding of the source is "pem", which holds a private key, but AES_256 is symmetric; allowed are "base64", "hex" and "raw"',
  },
  'a DER file': {
    source: KeyMaterialSource.fromFile('/k.der', { encoding: 'der' }),
    emitted: { material_file: '/k.der', material_encoding: 'der' },
    symmetric: 'the encoding of the source is "der", which holds a private key',
  },
  'a PKCS#12 file': {
    source: KeyMaterialSource.fromFile('/k.p12', {
      encoding: 'pkcs12',
      passwordEnvironment: 'P12_PASSWORD',
    }),
    emitted: {
      material_file: '/k.p12',
      material_encoding: 'pkcs12',
      material_password_env: 'P12_PASSWORD',
    },
    symmetric:
      'the password of the source is given, as only private keys have one, but AES_256 is symmetric; leave it out',
  },
  'an environment variable': {
    source: KeyMaterialSource.fromEnvironment('K'),
    emitted: { material_env: 'K' },
  },
  'a variable': {
    source: KeyMaterialSource.fromVariable('secret', { version: 2 }),
    emitted: { material_wo: reference, material_wo_version: 2 },
  },
  'a command': {
    source: KeyMaterialSource.fromCommand(['pass', 'k']),
    emitted: { material_command: ['pass', 'k'] },
  },
  'an HSM': {
    source: KeyMaterialSource.fromWrapCommand(['hsm', 'k']),
    emitted: { wrap_command: ['hsm', 'k'] },
  },
  'a wrapped secret': {
    source: KeyMaterialSource.preWrapped(preWrapped),
    emitted: wrapped,
    cannotRoll: true,
    asymmetric:
      'encryptedPrivatekey is not given, but RSA_3072 is asymmetric; give the private key',
  },
  'a wrapped private key': {
    source: KeyMaterialSource.preWrapped({
      ...preWrapped,
      encryptedPrivatekey: reference,
      version: 1,
    }),
    emitted: { ...wrapped, encrypted_privatekey_wo: reference, material_wo_version: 1 },
    cannotRoll: true,
    symmetric: 'encryptedPrivatekey is given, but AES_256 is symmetric; leave it out',
  },
};

interface ExpirationCase extends Refusals {
  readonly expiration?: Expiration;
  readonly emitted: Attributes;
}

const forGood =
  'but the material of an asymmetric key (RSA_3072) never expires; leave it out, or give Expiration.never()';

const expirations: Readonly<Record<string, ExpirationCase>> = {
  'no word of expiry': { emitted: {} },
  'no expiry': { expiration: Expiration.never(), emitted: { expiration_time: 'never' } },
  'an expiry': {
    expiration: Expiration.at('2100-01-31T00:00:00Z'),
    emitted: { expiration_time: '2100-01-31T00:00:00Z' },
    asymmetric: `expiration is "2100-01-31T00:00:00Z", ${forGood}`,
  },
  'a rolling expiry': {
    expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
    emitted: { valid_for: '90d', renew_before: '14d' },
    asymmetric: `expiration is "90d", ${forGood}`,
  },
  'an expiry that only Terraform knows': {
    expiration: Expiration.at(reference),
    emitted: { expiration_time: reference },
  },
};

const policies: readonly (MaterialDestroyPolicy | undefined)[] = [
  undefined,
  'retain',
  'delete_material',
  'refuse',
];

const kinds = { symmetric: 'AES_256', asymmetric: 'RSA_3072' } as const satisfies Record<
  string,
  KeySpec
>;

const cases = Object.entries(kinds).flatMap(([kind, keySpec]) =>
  Object.entries(sources).flatMap(([from, source]) =>
    Object.entries(expirations).map(([until, expiration]) => {
      const refusals = [source, expiration].flatMap((one) => one[kind as keyof Refusals] ?? []);
      const rolls =
        'valid_for' in expiration.emitted && source.cannotRoll === true
          ? ['cannot be renewed here']
          : [];
      return { kind, keySpec, from, source, until, expiration, refusals: [...refusals, ...rolls] };
    }),
  ),
);

function declared(props: ImportedKeyProps) {
  const stack = stackUnderTest();
  new ImportedKey(stack, 'it', props);
  return stack;
}

test.each(cases.filter(({ refusals }) => refusals.length === 0))(
  'a key that is $kind takes material from $from, with $until',
  ({ keySpec, source, expiration }) => {
    for (const onDestroy of policies) {
      const stack = declared({
        alias: 'it',
        keySpec,
        source: source.source,
        expiration: expiration.expiration,
        onDestroy,
      });
      const { key_id, ...material } = onlyResource(stack, 'byok_key_material');
      expect(key_id).toMatch(/^\$\{byok_external_key\.it_Key_\w+\.key_id\}$/);
      expect(material).toEqual({
        ...source.emitted,
        ...expiration.emitted,
        ...(onDestroy === undefined ? {} : { on_destroy: onDestroy }),
      });
      expect(onlyResource(stack, 'byok_external_key')).toEqual({ alias: 'it', key_spec: keySpec });
    }
  },
);

test.each(cases.filter(({ refusals }) => refusals.length > 0))(
  'refuses, for a key that is $kind, material from $from with $until',
  ({ keySpec, source, expiration, refusals }) => {
    for (const onDestroy of policies) {
      const stack = declared({
        alias: 'it',
        keySpec,
        source: source.source,
        expiration: expiration.expiration,
        onDestroy,
      });
      for (const refusal of refusals) {
        expect(() => synthesized(stack)).toThrow(refusal);
      }
    }
  },
);

test('takes the spec for AES_256 when none is given', () => {
  const stack = declared({
    alias: 'it',
    source: KeyMaterialSource.fromFile('/k.pem', { encoding: 'pem' }),
  });
  expect(() => synthesized(stack)).toThrow('AES_256 is symmetric');
});

test('compares nothing with a spec that only Terraform knows', () => {
  const stack = declared({
    alias: 'it',
    keySpec: reference as KeySpec,
    source: KeyMaterialSource.fromFile('/k.pem', { encoding: 'pem' }),
    expiration: Expiration.at('2100-01-31T00:00:00Z'),
  });
  expect(() => synthesized(stack)).not.toThrow();
});
