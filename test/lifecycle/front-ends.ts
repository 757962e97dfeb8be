/**
 * Every way to declare a key or its material, in this process: what it says to a declaration, which
 * is given by setting, and which settings it does not offer.
 */
import { Token } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { TerraformStack } from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  KeyMaterial,
  KeyMaterialEngine,
  KeyMaterialSource,
} from 'cdktf-byok';
import { ImportedKey as AwsImportedKey, KeyMaterialSource as AwsSource } from 'cdktf-byok/aws-cdk';
import { type Command, CommanderError } from 'commander';
import type { IConstruct } from 'constructs';
import { wording as ofHandler } from '../../lib/aws-cdk/handler/wording';
import { spelling as ofAwsConstruct } from '../../lib/aws-cdk/key-properties';
import { propertyNames as awsPropertyNames } from '../../lib/aws-cdk/property-names';
import { importedKeySpelling, keySpelling, materialSpelling } from '../../lib/cdktf/declaration';
import { propertyNames } from '../../lib/cdktf/property-names';
import { byokCommand } from '../../lib/cli/command';
import type { Surroundings } from '../../lib/cli/surroundings';
import { flagOf as ownFlagOf, wordingOf } from '../../lib/cli/wording';
import { isByokError } from '../../lib/errors';
import type { Declared } from '../../lib/lifecycle/declaration';
import { externalKeyResource } from '../../lib/provider/key/resource';
import { malformedIn, validateMaterial } from '../../lib/provider/material/validate';
import { wording as ofProvider } from '../../lib/provider/wording';
import { externalKeySchema } from '../../lib/schema/external-key';
import { keyMaterialSchema } from '../../lib/schema/key-material';
import type { ResourceSchema } from '../../lib/schema/model';
import {
  keySettings,
  materialSettings,
  type Setting,
  type Spelling,
} from '../../lib/terms/setting';
import { Diagnostics } from '../../lib/tfplugin/calls/diagnostics';
import type { Context } from '../../lib/tfplugin/provider';
import { unknown, type Value } from '../../lib/tfplugin/values/value';
import { createdAlone } from '../aws-cdk/created-alone';
import { newStack, propsIn, secretArn } from '../aws-cdk/stack-under-test';
import { stackUnderTest } from '../cdktf/stack-under-test';
import { later } from './declarations';

export type FrontEndName =
  | 'byok_external_key'
  | 'byok_key_material'
  | 'ExternalKey'
  | 'KeyMaterial'
  | 'ImportedKey'
  | 'hooks'
  | 'byok apply'
  | 'byok import'
  | 'byok create-key'
  | 'construct of AWS'
  | 'function of AWS';

type Absent = { readonly [Name in Setting]?: string };

export interface FrontEnd {
  /** What it may call a setting in what it says. */
  readonly words: readonly Spelling[];
  /** The settings of a key and its material that it offers, as it tells itself. */
  readonly offered: readonly Setting[];
  /** Why it does not offer the others. */
  readonly absent: Absent;
  /** @returns nothing when it lets the declaration pass */
  readonly judge: (declared: Declared) => Promise<readonly string[]>;
}

type Properties = Record<string, unknown>;

/** The same with what a front-end has in place of a value that is known later. */
function withLater(value: unknown, standIn: unknown): unknown {
  if (value === later) {
    return standIn;
  }
  if (Array.isArray(value)) {
    return value.map((one) => withLater(one, standIn));
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, withLater(one, standIn)]),
      )
    : value;
}

/** By the names of a front-end; without what is not given. */
function named(declared: Declared, name: Spelling['name'], standIn: unknown): Properties {
  return Object.fromEntries(
    Object.entries(declared)
      .filter(([, value]) => value !== undefined)
      .map(([setting, value]) => [name(setting as Setting), withLater(value, standIn)]),
  );
}

const allSettings: readonly Setting[] = [...keySettings, ...materialSettings];

const offeredBy = (has: (setting: Setting) => boolean) => allSettings.filter(has);

const because = (reason: string, settings: readonly Setting[]): Absent =>
  Object.fromEntries(settings.map((setting) => [setting, reason]));

const theKey = because('the key is declared elsewhere', keySettings);
const theMaterial = because(
  'the material is declared elsewhere',
  materialSettings.filter((setting) => setting !== 'timeouts'),
);
const oneOfTwo = { materialPassword: 'it comes in two forms, each with a name of its own' };
const noValues = because('a secret in an argument could be seen by others', [
  'material',
  'materialPasswordValue',
]);

// --- the provider

function resource(
  schema: ResourceSchema,
  settings: readonly Setting[],
  absent: Absent,
  validate: (config: Record<string, Value>, context: Context) => void,
): FrontEnd {
  const attributes = [...Object.keys(schema.attributes), 'timeouts'];
  const nothing = Object.fromEntries(attributes.map((name) => [name, null]));
  return {
    words: [ofProvider],
    offered: settings.filter((setting) => attributes.includes(ofProvider.name(setting))),
    absent,
    judge: async (declared) => {
      const diagnostics = new Diagnostics();
      const given = named(declared, ofProvider.name, unknown) as Record<string, Value>;
      // As Terraform asks again in a plan, where ephemeral values are known.
      for (const name of Object.keys(given)) {
        const isEphemeral = schema.attributes[name]?.writeOnly === true && given[name] === unknown;
        given[name] = isEphemeral ? 'd3JhcHBlZA==' : (given[name] ?? null);
      }
      validate({ ...nothing, ...given }, { diagnostics } as unknown as Context);
      return diagnostics.all
        .filter(({ severity }) => severity === 'error')
        .map(({ detail, summary }) => detail ?? summary);
    },
  };
}

// --- constructs of cdktf

// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
const reference = '${var.later}';

function construct(
  words: readonly [Spelling, ...Spelling[]],
  offered: readonly Setting[],
  absent: Absent,
  declare: (stack: TerraformStack, declared: Declared, properties: Properties) => unknown,
): FrontEnd {
  return {
    words,
    offered,
    absent,
    judge: async (declared) => {
      const stack = stackUnderTest();
      ByokProvider.of(stack);
      declare(stack, declared, named(declared, words[0].name, reference));
      return faultsIn(stack);
    },
  };
}

function faultsIn(stack: IConstruct): readonly string[] {
  return stack.node.findAll().flatMap(({ node }) => node.validate());
}

/** Those of a source, by the method that makes it. */
function sourceOf(declared: Declared): KeyMaterialSource {
  const given = named(declared, (setting) => setting, reference) as Record<string, string>;
  const options = {
    encoding: given.materialEncoding as 'raw' | undefined,
    passwordEnvironment: given.materialPasswordEnv,
  };
  if (declared.importToken ?? declared.encryptedKeyMaterial ?? declared.encryptedPrivatekey) {
    return KeyMaterialSource.preWrapped({
      importToken: given.importToken as string,
      encryptedKeyMaterial: given.encryptedKeyMaterial as string,
      encryptedPrivatekey: given.encryptedPrivatekey,
      version: given.materialVersion as unknown as number,
    });
  }
  if (declared.materialCommand !== undefined) {
    return KeyMaterialSource.fromCommand(given.materialCommand as unknown as string[], options);
  }
  if (declared.wrapCommand !== undefined) {
    return KeyMaterialSource.fromWrapCommand(given.wrapCommand as unknown as string[]);
  }
  return declared.materialFile === undefined
    ? KeyMaterialSource.fromEnvironment(given.materialEnv ?? 'K', options)
    : KeyMaterialSource.fromFile(given.materialFile as string, options);
}

function expirationOf({ expirationTime, validFor, renewBefore }: Declared, standIn: string) {
  const text = (value: unknown) => withLater(value, standIn) as string;
  if (expirationTime !== undefined) {
    return Expiration.at(text(expirationTime));
  }
  return validFor === undefined && renewBefore === undefined
    ? undefined
    : Expiration.rolling({ validFor: text(validFor), renewBefore: text(renewBefore) });
}

const ofSources = [
  'materialFile',
  'materialEnv',
  'materialCommand',
  'wrapCommand',
  'importToken',
  'encryptedKeyMaterial',
  'encryptedPrivatekey',
  'materialEncoding',
  'materialPasswordEnv',
  'materialVersion',
] as const;
const inObjects: readonly Setting[] = ['expirationTime', 'validFor', 'renewBefore', ...ofSources];

/** Properties of the construct beside those that make its source and its expiry. */
function ownProperties(declared: Declared): Properties {
  const rest = Object.entries(declared).filter(
    ([setting]) => setting !== 'keyId' && !inObjects.includes(setting as Setting),
  );
  return named(Object.fromEntries(rest), (setting) => setting, reference);
}

/** Its parts report their own faults. */
const ofBoth = [importedKeySpelling, keySpelling, materialSpelling] as const;

const ofImportedKey = offeredBy(
  (setting) =>
    setting === 'keyId' ||
    inObjects.includes(setting) ||
    propertyNames.ImportedKeyProps.some((name) => name === setting),
);

/** Parts of a source that need a write-only value. */
const wantWriteOnly: readonly Setting[] = [
  'importToken',
  'encryptedKeyMaterial',
  'encryptedPrivatekey',
  'materialVersion',
];

const byVariable = {
  material: 'it comes by a variable, which the construct makes itself',
  materialPasswordValue: 'a source names a variable of the environment',
  ...oneOfTwo,
};

// --- commands

const idle: Surroundings = {
  env: { KEY: 'x' },
  homeFolder: '/',
  now: () => new Date(),
  print: () => undefined,
  remark: () => undefined,
  readInput: async () => undefined,
  exitWith: () => undefined,
  untilStopped: () => new Promise(() => undefined),
};

function throwing(command: Command): Command {
  for (const one of [command, ...command.commands.map(throwing)]) {
    one.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  return command;
}

/** Each is read from a file or a variable, with a flag for either. */
const fields: readonly Setting[] = ['importToken', 'encryptedKeyMaterial', 'encryptedPrivatekey'];

/** Without a region, a command ends once its flags have passed. */
function commandOf(subcommand: string, absent: Absent): FrontEnd {
  const options = byokCommand(idle).commands.find((one) => one.name() === subcommand)?.options;
  const flags = (options ?? []).map(({ long }) => long);
  const words = wordingOf({ options: options ?? [] });
  const isField = (setting: Setting) =>
    fields.includes(setting) && flags.includes(`${flagOf(setting)}-file`);
  return {
    words: [
      {
        ...words,
        name: (setting) => (isField(setting) ? `${flagOf(setting)}-file` : words.name(setting)),
      },
    ],
    offered: offeredBy((setting) => flags.includes(ownFlagOf(setting)) || isField(setting)).filter(
      (setting) => setting !== 'materialPassword',
    ),
    absent,
    judge: async (declared) => {
      const args = Object.entries(declared).flatMap(([setting, value]) =>
        value === undefined ? [] : argumentsOf(setting as Setting, value, isField),
      );
      try {
        await throwing(byokCommand(idle)).parseAsync(['node', 'byok', subcommand, ...args]);
      } catch (error) {
        return saidBy(error);
      }
      throw new Error(`byok ${subcommand} came to its end without a KMS`);
    },
  };
}

const flagOf = (setting: Setting) =>
  `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function argumentsOf(
  setting: Setting,
  value: unknown,
  isField: (setting: Setting) => boolean,
): readonly string[] {
  if (isField(setting)) {
    return [`${flagOf(setting)}-env`, 'KEY'];
  }
  if (typeof value === 'boolean') {
    const isDefault = value === (setting === 'allowInterruption');
    return isDefault ? [] : [ownFlagOf(setting)];
  }
  if (setting === 'tags') {
    return Object.entries(value as object).flatMap(([name, text]) => ['--tag', `${name}=${text}`]);
  }
  if (setting === 'timeouts') {
    return ['--timeout', String((value as { create: string }).create)];
  }
  const isText = setting !== 'materialCommand' && setting !== 'wrapCommand';
  return [ownFlagOf(setting), isText ? String(value) : JSON.stringify(value)];
}

/** Beyond its flags, a command misses a connection, or what a flag names. */
function saidBy(error: unknown): readonly string[] {
  if (error instanceof CommanderError && error.code === 'commander.invalidArgument') {
    return [error.message];
  }
  if (!isByokError(error)) {
    throw error;
  }
  return ['ERR_CONFIGURATION', 'ERR_MATERIAL_NOT_AT_HAND', 'ERR_MATERIAL_INVALID'].includes(
    error.code,
  )
    ? []
    : [error.message];
}

const ofCommandAlone = {
  ...noValues,
  ...oneOfTwo,
  materialVersion: 'it counts what only Terraform cannot see',
  onDestroy: 'removal is a command of its own',
};
const ofTheKey = because('the command changes nothing of the key', keySettings);

// --- AWS CDK

const inOneObject = because('a place in the account is one object', [
  'material',
  'materialFile',
  'materialEnv',
  'materialCommand',
  'wrapCommand',
  'importToken',
  'encryptedKeyMaterial',
  'encryptedPrivatekey',
  'materialPasswordEnv',
  'materialPasswordValue',
  'materialVersion',
]);
const ofAws = {
  ...inOneObject,
  timeouts: 'the time of a function is what Lambda gives it',
};
const awsObjects: readonly Setting[] = [
  'expirationTime',
  'validFor',
  'renewBefore',
  'materialEncoding',
  'materialPassword',
];
const ofAwsProperties = offeredBy(
  (setting) =>
    awsObjects.includes(setting) ||
    awsPropertyNames.ImportedKeyProps.some((name) => name === setting),
);

async function judgeByAwsConstruct(declared: Declared): Promise<readonly string[]> {
  const token = Token.asString({ Ref: 'Later' });
  const { materialEncoding, materialPassword } = declared;
  const own = Object.entries(declared).filter(
    ([setting]) => !awsObjects.includes(setting as Setting),
  );
  const stack = newStack();
  const secret = Secret.fromSecretCompleteArn(stack, 'other', secretArn('other'));
  new AwsImportedKey(
    stack,
    'it',
    propsIn(stack, {
      alias: undefined,
      ...named(Object.fromEntries(own), (setting) => setting, token),
      expiration: expirationOf(declared, token),
      source: AwsSource.fromSecret(secret, {
        encoding: materialEncoding as 'raw' | undefined,
        passwordField: materialPassword as string | undefined,
      }),
    }),
  );
  return faultsIn(stack);
}

/** CloudFormation makes a text of every value. */
function texts(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, texts(one)]))
    : String(value);
}

/** Without a login, the function ends once the properties have passed. */
async function judgeByFunction(declared: Declared): Promise<readonly string[]> {
  const { materialEncoding, materialPassword, ...settings } = declared;
  const properties = texts({
    ...named(settings, (setting) => setting, undefined),
    ...(materialEncoding === undefined ? {} : { encoding: materialEncoding }),
    source: {
      secret: 'material',
      ...(materialPassword === undefined ? {} : { passwordField: materialPassword }),
    },
    credentials: 'login',
    memory: '/cdktf-byok/stack/key',
    metricKey: 'key',
  });
  const [answer] = await createdAlone(properties as object, {
    remainingMs: 600_000,
    sleep: () => new Promise(() => undefined),
    readSecret: async () => {
      throw new Error('there is no login');
    },
  });
  const Reason = answer?.Reason ?? '';
  return /there is no login \(ERR_CONFIGURATION\)$/.test(Reason.replaceAll('Error: ', ''))
    ? []
    : [Reason];
}

export const frontEnds: Readonly<Record<FrontEndName, FrontEnd>> = {
  byok_external_key: resource(
    externalKeySchema,
    [...keySettings, 'timeouts'],
    theMaterial,
    (config, context) =>
      externalKeyResource.validate({ config, writeOnlyAttributesAllowed: true }, context),
  ),
  byok_key_material: resource(
    keyMaterialSchema,
    materialSettings,
    { ...theKey, ...oneOfTwo },
    (config, context) => {
      validateMaterial({ config, writeOnlyAttributesAllowed: true }, context);
      // What a test may have mocked is left to the plan.
      const malformed = malformedIn(config);
      if (malformed !== undefined) {
        context.diagnostics.thrown('Invalid configuration', malformed);
      }
    },
  ),
  ExternalKey: construct(
    [keySpelling],
    [...keySettings, 'timeouts' as const].filter((setting) =>
      propertyNames.ExternalKeyConfig.includes(keySpelling.name(setting)),
    ),
    theMaterial,
    (stack, _, properties) => new ExternalKey(stack, 'it', properties as never),
  ),
  KeyMaterial: construct(
    [materialSpelling],
    offeredBy((setting) =>
      propertyNames.KeyMaterialConfig.includes(materialSpelling.name(setting)),
    ).filter((setting) => setting !== 'keyOnDestroy'),
    { ...theKey, ...oneOfTwo },
    (stack, _, properties) => new KeyMaterial(stack, 'it', properties as never),
  ),
  ImportedKey: construct(ofBoth, ofImportedKey, byVariable, (stack, declared) => {
    const { keyId: id } = declared;
    return new ImportedKey(stack, 'it', {
      ...ownProperties(declared),
      ...(id === undefined ? {} : { key: ExternalKey.fromKeyId(stack, 'Key', String(id)) }),
      source: sourceOf(declared),
      expiration: expirationOf(declared, reference),
    });
  }),
  hooks: construct(
    ofBoth,
    ofImportedKey.filter(
      (setting) => !keySettings.some((one) => one === setting) && !wantWriteOnly.includes(setting),
    ),
    {
      ...byVariable,
      ...theKey,
      ...because('a provisioner is given no write-only value', wantWriteOnly),
    },
    (stack, declared) => {
      const { keyId: id } = declared;
      return new ImportedKey(stack, 'it', {
        ...ownProperties(declared),
        key: ExternalKey.fromKeyId(stack, 'Key', String(id)),
        source: sourceOf(declared),
        expiration: expirationOf(declared, reference),
        engine: KeyMaterialEngine.hooks(),
      });
    },
  ),
  'byok apply': commandOf('apply', {
    ...ofCommandAlone,
    ...ofTheKey,
    ...because('"byok import" takes what was wrapped elsewhere', wantWriteOnly),
  }),
  'byok import': commandOf('import', {
    ...ofCommandAlone,
    ...ofTheKey,
    ...because('it imports once', [
      'validFor',
      'renewBefore',
      'warnBefore',
      'fingerprint',
      'allowInterruption',
      'allowUnverifiedRenewal',
      'timeouts',
      'materialCommand',
      'wrapCommand',
    ]),
  }),
  'byok create-key': commandOf('create-key', {
    ...theMaterial,
    ...because('it makes keys, and does no more', [
      'enabled',
      'pendingDays',
      'cancelPendingDeletion',
      'keyOnDestroy',
    ]),
  }),
  'construct of AWS': {
    words: [ofAwsConstruct],
    offered: ofAwsProperties,
    absent: ofAws,
    judge: judgeByAwsConstruct,
  },
  'function of AWS': {
    words: [ofHandler],
    offered: ofAwsProperties.filter((setting) => setting !== 'warnBefore'),
    absent: { ...ofAws, warnBefore: 'the alarm warns, which the construct makes' },
    judge: judgeByFunction,
  },
};
