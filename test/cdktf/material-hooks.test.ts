/**
 * What `engine: KeyMaterialEngine.hooks()` emits, in apps of cdktf and of cdktn, and what it
 * refuses.
 */
import { provider as nullProvider } from '@cdktf/provider-null';
import * as cdktf from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterialEngine,
  type KeyMaterialHooksOptions,
  KeyMaterialPolicy,
  KeyMaterialSource,
} from 'cdktf-byok';
import * as cdktn from 'cdktn';
import type { Construct } from 'constructs';
import { scratchFolder } from '../support/scratch-folder';
import { annotationsOf, stackUnderTest, synthesized } from './stack-under-test';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const pin = `sha256:${'0'.repeat(64)}`;

function hooked(
  stack: Construct,
  props: Partial<ImportedKeyProps> = {},
  options: KeyMaterialHooksOptions = {},
): ImportedKey {
  return new ImportedKey(stack, 'payments', {
    key: ExternalKey.fromKeyId(stack, 'Key', keyId),
    source: KeyMaterialSource.fromFile('keys/payments.key'),
    engine: KeyMaterialEngine.hooks(options),
    ...props,
  });
}

interface NullResource {
  readonly triggers: Record<string, string>;
  readonly depends_on?: string[];
  readonly lifecycle?: { create_before_destroy?: boolean };
  readonly provisioner: {
    'local-exec': { command: string; environment: Record<string, string>; when?: string };
  }[];
}

/** The null resources of a key by the ends of their names, and everything else of the stack. */
function emitted(props?: Partial<ImportedKeyProps>, options?: KeyMaterialHooksOptions) {
  const stack = stackUnderTest();
  hooked(stack, props, options);
  const configuration = synthesized(stack);
  const resources = Object.entries(configuration.resource.null_resource ?? {}) as [
    string,
    unknown,
  ][] as [string, NullResource][];
  const named = (part: string) => resources.find(([name]) => name.includes(part))?.[1];
  return {
    configuration,
    apply: named('_Apply_'),
    remove: named('_Remove_'),
    names: resources.map(([name]) => name),
  };
}

const commandOf = (resource: NullResource | undefined) =>
  resource?.provisioner[0]?.['local-exec'].command ?? '';
const environmentOf = (resource: NullResource | undefined) =>
  resource?.provisioner[0]?.['local-exec'].environment;

test('two null resources: one that applies on create, and one that removes on destroy, which goes last', () => {
  const expiration = Expiration.at('2035-01-31T00:00:00Z');
  const { apply, remove, names, configuration } = emitted(
    { onDestroy: 'delete_material', fingerprint: pin, expiration },
    { region: 'eu-de', driftToken: '7' },
  );
  expect(apply?.triggers).toEqual({
    key_id: keyId,
    fingerprint: pin,
    expiration_time: '2035-01-31T00:00:00Z',
    drift_token: '7',
  });
  expect(commandOf(apply)).toBe(
    `PATH="$BYOK_BIN:$PATH" byok apply --key-id "$BYOK_KEY_ID" --material-file "$BYOK_MATERIAL_FILE" --expiration-time 2035-01-31T00:00:00Z --fingerprint ${pin} --record-dir "$BYOK_RECORD_DIR" --region eu-de; exit $?`,
  );
  expect(environmentOf(apply)).toEqual({
    BYOK_BIN: '../../../node_modules/.bin',
    BYOK_KEY_ID: '${self.triggers.key_id}',
    BYOK_MATERIAL_FILE: '../../../keys/payments.key',
    BYOK_RECORD_DIR: '../../../byok-records',
  });
  expect(apply?.provisioner[0]?.['local-exec'].when).toBeUndefined();
  expect(apply?.depends_on).toEqual([
    `null_resource.${names.find((name) => name.includes('_Remove_'))}`,
  ]);
  expect(remove?.triggers).toEqual({ key_id: keyId });
  expect(remove?.provisioner).toHaveLength(1);
  expect(remove?.provisioner[0]?.['local-exec'].when).toBe('destroy');
  expect(commandOf(remove)).toBe(
    'PATH="$BYOK_BIN:$PATH" byok remove --key-id "$BYOK_KEY_ID" --region eu-de; exit $?',
  );
  expect(remove?.depends_on).toBeUndefined();
  expect([remove?.lifecycle, apply?.lifecycle]).toEqual([
    { create_before_destroy: true },
    undefined,
  ]);
  expect(Object.keys(configuration.provider)).toEqual(['null']);
  expect(configuration.terraform.required_providers).toEqual({
    null: { source: 'null', version: expect.any(String) },
  });
});

test('nothing is removed on destroy unless that is wished, and without a token the triggers say 0', () => {
  for (const onDestroy of [undefined, 'retain'] as const) {
    const { names, apply } = emitted({ onDestroy });
    expect(names).toEqual([expect.stringContaining('_Apply_')]);
    expect(apply?.triggers).toEqual({ key_id: keyId, drift_token: '0' });
    expect(apply?.depends_on).toBeUndefined();
  }
});

test('keeps the addresses in Terraform from release to release', () => {
  expect(emitted({ onDestroy: 'delete_material' }).names.sort()).toEqual([
    'payments_Hooks_Apply_8F5B85CC',
    'payments_Hooks_Remove_5A5DB578',
  ]);
});

test('a rolling expiry is triggered by its two durations', () => {
  const { apply } = emitted({
    expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
  });
  expect(apply?.triggers).toEqual({
    key_id: keyId,
    valid_for: '90d',
    renew_before: '14d',
    drift_token: '0',
  });
  expect(commandOf(apply)).toContain('--valid-for 90d --renew-before 14d');
});

test('hands on everything that a KeyMaterial is told, and how to reach the KMS', () => {
  const { apply, remove } = emitted(
    {
      source: KeyMaterialSource.fromEnvironment('PAYMENTS_KEY', {
        encoding: 'pem',
        passwordEnvironment: 'PASSWORD',
      }),
      warnBefore: '30d',
      wrappingAlgorithm: 'RSAES_OAEP_SHA_1',
      onDestroy: 'delete_material',
      allowInterruption: false,
      allowUnverifiedRenewal: true,
      allowWeakMaterial: true,
      timeouts: { create: '2m', delete: '3m' },
    },
    {
      cloud: 'opentelekomcloud',
      projectId: '0123456789abcdef0123456789abcdef',
      projectName: 'eu-de_payments and more',
      enterpriseProjectId: '0',
      kmsEndpoint: 'https://kms.example.com',
      authUrl: 'https://iam.example.com/v3',
      userName: "o'neill",
      domainName: 'OTC1',
      accessKey: 'AK',
      caFile: 'ca.pem',
      recordFolder: '/var/records',
      command: 'tools/byok',
    },
  );
  const connection =
    "--cloud opentelekomcloud --project-id 0123456789abcdef0123456789abcdef --project-name 'eu-de_payments and more' --enterprise-project-id 0 --kms-endpoint https://kms.example.com --auth-url https://iam.example.com/v3 --user-name 'o'\\''neill' --domain-name OTC1 --access-key AK --ca-file \"$BYOK_CA_FILE\"";
  expect(commandOf(apply)).toBe(
    `"$BYOK_COMMAND" apply --key-id "$BYOK_KEY_ID" --material-env PAYMENTS_KEY --material-encoding pem --material-password-env PASSWORD --wrapping-algorithm RSAES_OAEP_SHA_1 --warn-before 30d --no-allow-interruption --allow-unverified-renewal --allow-weak-material --record-dir /var/records --timeout 2m ${connection}; exit $?`,
  );
  expect(commandOf(remove)).toBe(
    `"$BYOK_COMMAND" remove --key-id "$BYOK_KEY_ID" --timeout 3m ${connection}; exit $?`,
  );
  expect(environmentOf(remove)).toMatchObject({
    BYOK_COMMAND: '../../../tools/byok',
    BYOK_CA_FILE: '../../../ca.pem',
  });
});

test('programs go as JSON, and a name of a command is looked up on PATH', () => {
  const { apply } = emitted(
    { source: KeyMaterialSource.fromCommand(['pass', "it's"]) },
    { command: 'byok-1.0' },
  );
  expect(commandOf(apply)).toContain(`--material-command '["pass","it'\\''s"]'`);
  expect(environmentOf(apply)).toMatchObject({ BYOK_COMMAND: 'byok-1.0' });
  expect(
    commandOf(emitted({ source: KeyMaterialSource.fromWrapCommand(['wrap', '1']) }).apply),
  ).toContain(`--wrap-command '["wrap","1"]'`);
});

test('references go through the environment, where no shell reads them', () => {
  const stack = stackUnderTest();
  const region = new cdktf.TerraformVariable(stack, 'region', { type: 'string' });
  hooked(
    stack,
    { source: KeyMaterialSource.fromCommand(['pass', region.stringValue]) },
    { region: region.stringValue },
  );
  const [apply] = Object.values(
    synthesized(stack).resource.null_resource ?? {},
  ) as unknown as NullResource[];
  expect(commandOf(apply)).toContain('--material-command "$BYOK_MATERIAL_COMMAND"');
  const expression = (text: string) => `\${${text}}`;
  expect(environmentOf(apply)).toMatchObject({
    BYOK_REGION: expression('var.region'),
    BYOK_MATERIAL_COMMAND: expression('jsonencode(["pass", var.region])'),
  });
});

test('its outputs refer to the import, and what hooks cannot know is refused in a sentence', () => {
  const stack = stackUnderTest();
  const key = hooked(stack, { fingerprint: pin, expiration: Expiration.never() });
  for (const name of ['keyId', 'fingerprint', 'expirationTime'] as const) {
    new cdktf.TerraformOutput(stack, name, { value: key[name] });
  }
  const address = 'null_resource.payments_Hooks_Apply_8F5B85CC.triggers';
  expect(synthesized(stack).output).toEqual({
    keyId: { value: `\${${address}.key_id}` },
    fingerprint: { value: `\${${address}.fingerprint}` },
    expirationTime: { value: `\${${address}.expiration_time}` },
  });
  const bare = hooked(stackUnderTest());
  expect(() => bare.fingerprint).toThrow('known to hooks only as a pin; give fingerprint');
  expect(() => bare.expirationTime).toThrow(
    'known to hooks only when it is declared as an instant',
  );
  expect(() => bare.materialStatus).toThrow('run "byok check --live"');
  expect(() => bare.material).toThrow('this key is filled by hooks');
});

test('several keys share one provider block, also one that was declared before', () => {
  for (const declared of [false, true]) {
    const stack = stackUnderTest();
    if (declared) {
      new nullProvider.NullProvider(stack, 'null');
    }
    hooked(stack);
    const engine = KeyMaterialEngine.hooks();
    const key = ExternalKey.fromKeyId(stack, 'Other', keyId);
    new ImportedKey(stack, 'orders', {
      key,
      engine,
      source: KeyMaterialSource.fromEnvironment('ORDERS_KEY'),
    });
    expect(synthesized(stack).provider).toEqual({ null: [{}] });
  }
});

test('an app of cdktn makes of hooks what an app of cdktf makes of them', () => {
  const options = { outdir: scratchFolder() };
  const ofCdktn = new cdktn.TerraformStack(cdktn.Testing.app(options), 'stack');
  const ofCdktf = new cdktf.TerraformStack(cdktf.Testing.app(options), 'stack');
  for (const stack of [ofCdktn, ofCdktf]) {
    hooked(
      stack,
      { onDestroy: 'delete_material', fingerprint: pin },
      { region: 'eu-de', driftToken: '1' },
    );
  }
  expect(JSON.parse(cdktn.Testing.synth(ofCdktn, true))).toEqual(
    JSON.parse(cdktf.Testing.synth(ofCdktf, true)),
  );
});

test.each<[string, Partial<ImportedKeyProps>, KeyMaterialHooksOptions, string]>([
  [
    'a variable as the source',
    { source: KeyMaterialSource.fromVariable('payments_key') },
    {},
    'the source needs a write-only value of Terraform',
  ],
  [
    'material that was wrapped elsewhere',
    {
      source: KeyMaterialSource.preWrapped({
        importToken: '${var.token}',
        encryptedKeyMaterial: '${var.key}',
      }),
    },
    {},
    'the source needs a write-only value of Terraform',
  ],
  [
    'onDestroy "refuse"',
    { onDestroy: 'refuse' },
    {},
    'onDestroy is "refuse", which hooks cannot enforce',
  ],
  [
    'a switch that only Terraform knows',
    { allowWeakMaterial: cdktf.Token.asAny({ resolve: () => true }) },
    {},
    'allowWeakMaterial is known only',
  ],
  [
    'an empty drift token',
    {},
    { driftToken: '' },
    'driftToken is empty; give what "byok check --drift-token" printed',
  ],
  [
    'a reference in what runs on destroy',
    { onDestroy: 'delete_material' },
    { region: '${var.region}' },
    'region of the hooks is a reference, which Terraform does not allow in a destroy provisioner',
  ],
  ['a pin of another form', { fingerprint: 'md5:0' }, {}, 'fingerprint is "md5:0"'],
  ['a policy that is none', { onDestroy: 'shred' as never }, {}, 'onDestroy is "shred"'],
])('refuses %s', (_what, props, options, message) => {
  const stack = stackUnderTest();
  hooked(stack, props, options);
  expect(() => synthesized(stack)).toThrow(message);
});

test('refuses hooks without a key', () => {
  const stack = stackUnderTest();
  const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');
  const engine = KeyMaterialEngine.hooks();
  expect(() => new ImportedKey(stack, 'made', { alias: 'payments', source, engine })).toThrow(
    'give key: ExternalKey.fromKeyId(…) instead of alias',
  );
});

test('refuses a provider of byok beside hooks', () => {
  const stack = stackUnderTest();
  hooked(stack, { provider: new ByokProvider(stack, 'byok') });
  expect(() => synthesized(stack)).toThrow(
    'provider is given for a key with hooks, which do not use it',
  );
});

test('refuses a NullProvider that is declared after the first key', () => {
  const stack = stackUnderTest();
  hooked(stack);
  new nullProvider.NullProvider(stack, 'null');
  expect(() => synthesized(stack)).toThrow('declares its NullProvider after a key with hooks');
});

test('the provider is the default engine', () => {
  const stack = stackUnderTest();
  hooked(stack, { engine: KeyMaterialEngine.provider() });
  expect(Object.keys(synthesized(stack).resource)).toEqual(['byok_key_material']);
});

test('a policy sees the material of hooks as that of a provider', () => {
  const stack = stackUnderTest();
  hooked(stack);
  cdktf.Aspects.of(stack).add(new KeyMaterialPolicy({ requirePin: true, severity: 'warning' }));
  synthesized(stack);
  expect(annotationsOf(stack)).toEqual([
    ['stack/payments/Hooks', '@cdktf/warn', expect.stringContaining('fingerprint')],
  ]);
});

describe('without @cdktf/provider-null', () => {
  afterEach(() => {
    jest.dontMock('@cdktf/provider-null');
  });

  test('only hooks fail, and say what to install', () => {
    jest.isolateModules(() => {
      jest.doMock('@cdktf/provider-null', () => {
        throw Object.assign(new Error("Cannot find module '@cdktf/provider-null'"), {
          code: 'MODULE_NOT_FOUND',
        });
      });
      const alone = require('cdktf-byok') as typeof import('cdktf-byok');
      const own = require('cdktf') as typeof cdktf;
      const stack = new own.TerraformStack(own.Testing.app({ outdir: scratchFolder() }), 'stack');
      const source = alone.KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');
      const key = alone.ExternalKey.fromKeyId(stack, 'Key', keyId);
      new alone.ImportedKey(stack, 'provider', { key, source });
      expect(
        () =>
          new alone.ImportedKey(stack, 'hooks', {
            key,
            source,
            engine: alone.KeyMaterialEngine.hooks(),
          }),
      ).toThrow(
        'hooks need the package @cdktf/provider-null; install it: npm install @cdktf/provider-null',
      );
    });
  });
});
