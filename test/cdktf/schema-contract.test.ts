/**
 * The hand-written constructs against the schema tables: every attribute has its property, and
 * nothing else has.
 */
import { TerraformOutput, type TerraformStack, Testing } from 'cdktf';
import { ByokProvider, type ByokProviderProps } from '../../lib/cdktf/byok-provider';
import { ExternalKey, type ExternalKeyConfig } from '../../lib/cdktf/external-key';
import { KeyMaterial } from '../../lib/cdktf/key-material';
import type { KeyMaterialConfig } from '../../lib/cdktf/key-material-config';
import type { ResourceMetaArguments } from '../../lib/cdktf/resource-arguments';
import { externalKeySchema } from '../../lib/schema/external-key';
import { keyMaterialSchema } from '../../lib/schema/key-material';
import type { BlockSchema } from '../../lib/schema/model';
import { providerSchema } from '../../lib/schema/provider';
import { stackUnderTest, synthesized } from './stack-under-test';

/**
 * The compiler wants each property and no other: so the samples below list what the interfaces
 * have.
 */
type Complete<Config> = Required<Omit<Config, keyof ResourceMetaArguments>>;

const timeouts = { create: '1m', read: '2m', update: '3m', delete: '4m' };

const externalKey: Complete<ExternalKeyConfig> = {
  alias: 'payments',
  keySpec: 'AES_256',
  keyUsage: 'ENCRYPT_DECRYPT',
  description: 'cards',
  enabled: true,
  tags: { team: 'payments' },
  pendingDays: 30,
  cancelPendingDeletion: true,
  onDestroy: 'retain',
  timeouts,
};

const secret = '${var.secret}';

const keyMaterial: Complete<KeyMaterialConfig> = {
  keyId: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
  materialWo: secret,
  materialWoVersion: 3,
  materialFile: 'payments.key',
  materialEnv: 'PAYMENTS_KEY',
  materialCommand: ['pass', 'show', 'payments'],
  wrapCommand: ['wrap', '--slot', '1'],
  importTokenWo: secret,
  encryptedKeyMaterialWo: secret,
  encryptedPrivatekeyWo: secret,
  materialEncoding: 'hex',
  materialPasswordWo: secret,
  materialPasswordEnv: 'PAYMENTS_PASSWORD',
  wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
  expirationTime: 'never',
  validFor: '90d',
  renewBefore: '14d',
  warnBefore: '30d',
  fingerprint: `sha256:${'0'.repeat(64)}`,
  onDestroy: 'refuse',
  allowInterruption: false,
  allowUnverifiedRenewal: true,
  allowWeakMaterial: true,
  timeouts,
};

const provider: Complete<Omit<ByokProviderProps, 'alias'>> = {
  cloud: 'opentelekomcloud',
  region: 'eu-de',
  projectId: '0123456789abcdef0123456789abcdef',
  projectName: 'eu-de_payments',
  enterpriseProjectId: '0',
  kmsEndpoint: 'https://kms.example.com',
  authUrl: 'https://iam.example.com/v3',
  authToken: secret,
  userName: 'deployer',
  password: secret,
  domainName: 'OTC00000000001000000001',
  accessKey: 'QTWAOYTTINDUT2QVKYUC',
  secretKey: secret,
  securityToken: secret,
  caFile: '/etc/ca.pem',
  maxRetries: 1,
  maxRequestsPerSecond: 2,
};

const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const settable = ({ attributes, blocks = {} }: BlockSchema): string[] => [
  ...Object.keys(attributes).filter(
    (name) => attributes[name]?.required || attributes[name]?.optional,
  ),
  ...Object.keys(blocks),
];

const snakeCased = (config: object): object =>
  Object.fromEntries(Object.entries(config).map(([name, value]) => [snakeCase(name), value]));

/**
 * A block of ours as cdktf writes it: a line per value, values as in JSON; blocks, maps and lists
 * with a line of their own at both ends.
 */
const hclBlock = (opening: string, attributes: object): string[] => [
  `${opening} {`,
  ...Object.entries(attributes).flatMap(([name, value]) => hclAttribute(name, value)),
  '}',
];

const hclAttribute = (name: string, value: unknown): string[] => {
  if (Array.isArray(value)) {
    return [
      `${name} = [`,
      ...value.map(
        (item, index) => `${JSON.stringify(item)}${index < value.length - 1 ? ',' : ''}`,
      ),
      ']',
    ];
  }
  return typeof value === 'object' && value !== null
    ? hclBlock(name === 'timeouts' ? name : `${name} =`, value)
    : [`${name} = ${JSON.stringify(value)}`];
};

const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

describe.each([
  [
    'byok_external_key',
    externalKeySchema,
    externalKey,
    (stack: TerraformStack) => new ExternalKey(stack, 'it', externalKey),
  ],
  [
    'byok_key_material',
    keyMaterialSchema,
    keyMaterial,
    (stack: TerraformStack) => new KeyMaterial(stack, 'it', keyMaterial),
  ],
])('%s', (type: string, schema: BlockSchema, config: object, build) => {
  test('has a property for every attribute that can be set, and no other', () => {
    expect(Object.keys(config).map(snakeCase).sort()).toEqual(settable(schema).sort());
  });

  test('writes every property to JSON', () => {
    const stack = stackUnderTest();
    build(stack);
    // Without validations, which refuse several sources at once.
    expect(JSON.parse(Testing.synth(stack)).resource[type].it).toEqual(snakeCased(config));
  });

  test('writes every property to HCL', () => {
    const stack = stackUnderTest();
    build(stack);
    const written = lines(Testing.synthHcl(stack));
    const start = written.indexOf(`resource "${type}" "it" {`);
    const expected = hclBlock(`resource "${type}" "it"`, snakeCased(config));
    expect(written.slice(start, start + expected.length).sort()).toEqual(expected.sort());
  });

  test('offers every computed attribute as a reference', () => {
    const stack = stackUnderTest();
    const element = build(stack) as unknown as Record<string, string>;
    const computed = Object.keys(schema.attributes).filter(
      (name) => schema.attributes[name]?.computed,
    );
    for (const name of computed) {
      new TerraformOutput(stack, name, { value: element[camelCase(name)] });
    }
    expect(JSON.parse(Testing.synth(stack)).output).toEqual(
      Object.fromEntries(computed.map((name) => [name, { value: `\${${type}.it.${name}}` }])),
    );
  });

  test('offers no write-only attribute, which could never be read', () => {
    const element = build(stackUnderTest());
    const writeOnly = Object.keys(schema.attributes).filter(
      (name) => schema.attributes[name]?.writeOnly,
    );
    expect(writeOnly.filter((name) => camelCase(name) in element)).toEqual([]);
  });

  test('imports an existing object into generated configuration', () => {
    const stack = stackUnderTest();
    const Resource = build(stackUnderTest()).constructor as typeof ExternalKey | typeof KeyMaterial;
    Resource.generateConfigForImport(
      stack,
      'existing',
      '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
      new ByokProvider(stack, 'byok', { alias: 'b' }),
    );
    expect(synthesized(stack).import).toEqual([
      { id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f', provider: 'byok.b', to: `${type}.existing` },
    ]);
  });
});

describe('provider block', () => {
  test('has a property for every attribute, and no other', () => {
    expect(Object.keys(provider).map(snakeCase).sort()).toEqual(settable(providerSchema).sort());
  });

  test('writes every property to JSON', () => {
    const stack = stackUnderTest();
    new ByokProvider(stack, 'byok', { ...provider, alias: 'first' });
    expect(synthesized(stack).provider).toEqual({
      byok: [{ ...snakeCased(provider), alias: 'first' }],
    });
  });

  test('writes every property to HCL', () => {
    const stack = stackUnderTest();
    new ByokProvider(stack, 'byok', provider);
    const written = lines(Testing.synthHcl(stack));
    const start = written.indexOf('provider "byok" {');
    const expected = hclBlock('provider "byok"', snakeCased(provider));
    expect(written.slice(start, start + expected.length).sort()).toEqual(expected.sort());
  });
});
