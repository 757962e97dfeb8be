/**
 * Keeps material in a key with two null resources, because Terraform ties two things together:
 * it runs destroy provisioners when it replaces a resource,
 * and it replaces a resource to run a create provisioner again.
 * So the import and the deletion have a resource each.
 */
import { type IResolvable, type TerraformResource, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ByokError } from '../errors';
import { keyMaterialSchema } from '../schema/key-material';
import { materialOptions, type Switch, switchDefaults, switches } from '../terms/material-options';
import { isLiteral, propertyOf } from './config-attributes';
import { declareKeyMaterial } from './declared-key-material';
import { type HookFlag, hookCommand, jsonText } from './hook-command';
import type { KeyMaterialConfig } from './key-material-config';
import type { KeyMaterialHooksOptions } from './key-material-engine';
import { faultsOfNullProviders, nullResource } from './null-resources';
import { onlyGiven } from './only-given';
import { caFileFromStackFolder, pathFromStackFolder } from './stack-folder';

/** `byok check --drift-token` reads these names in the state. */
const triggerAttributes = ['fingerprint', 'expiration_time', 'valid_for', 'renew_before'] as const;

const defaultRecordFolder = 'byok-records';

/** A provisioner that runs on destroy may refer to nothing else. */
const ownKeyId = '${self.triggers.key_id}';

/** The default token: `byok check --drift-token` prints it as long as no key was ever due. */
const firstDriftToken = '0';

/** What hooks cannot know, but a `KeyMaterial` does. */
const unknownToHooks = {
  fingerprint: 'the fingerprint is known to hooks only as a pin; give fingerprint',
  expirationTime:
    'the expiry is known to hooks only when it is declared as an instant; give expiration: Expiration.at(…) or Expiration.never()',
  materialStatus:
    'hooks do not look at the key between two applies, so there is no materialStatus; run "byok check --live", or use the provider',
} as const;

/** Keeps material in a key: `Apply` imports it, and `Remove` deletes it if `onDestroy` says so. */
export class MaterialHooks extends Construct {
  readonly #config: KeyMaterialConfig;
  readonly #apply: TerraformResource;

  constructor(
    scope: Construct,
    id: string,
    config: KeyMaterialConfig,
    options: KeyMaterialHooksOptions,
  ) {
    super(scope, id);
    this.#config = config;
    const { keyId, timeouts = {}, onDestroy } = config;
    const key: HookFlag = { name: '--key-id', value: ownKeyId };
    const run = (subcommand: string, flags: readonly HookFlag[], timeout: string | undefined) => ({
      type: 'local-exec' as const,
      ...hookCommand(this, options.command, subcommand, [
        key,
        ...flags,
        ...flag('--timeout', timeout),
        ...connectionFlags(this, options),
      ]),
    });
    const remove =
      onDestroy === 'delete_material'
        ? [
            nullResource(this, 'Remove', {
              ...onlyGiven({ forEach: config.forEach }),
              triggers: { key_id: keyId },
              provisioners: [{ ...run('remove', [], timeouts.delete), when: 'destroy' }],
              // With this, Terraform runs nothing for the resource that it replaces.
              // It also replaces one if the plan does not know the key id yet,
              // even if the id turns out to be the same. Deleting the material then would come
              // before any check that it can be imported again.
              lifecycle: { createBeforeDestroy: true },
            }),
          ]
        : [];
    const recordFolder = pathFromStackFolder(
      this,
      options.recordFolder ?? defaultRecordFolder,
      'recordFolder',
    );
    this.#apply = nullResource(this, 'Apply', {
      ...onlyGiven({ forEach: config.forEach }),
      triggers: {
        key_id: keyId,
        ...declaredTriggers(config),
        drift_token: options.driftToken ?? firstDriftToken,
      },
      provisioners: [
        run(
          'apply',
          [...materialFlags(config), ...flag('--record-dir', recordFolder)],
          timeouts.create,
        ),
      ],
      // On destroy, the users of the key go first, then Apply, then the material.
      ...(remove.length === 0 ? {} : { dependsOn: remove }),
    });
    declareKeyMaterial(this, config);
    this.node.addValidation({ validate: () => faultsOf(this, config, options) });
  }

  /** A resource that refers to it waits for the import. */
  get keyId(): string {
    return this.#apply.getStringAttribute('triggers.key_id');
  }

  /** @throws ByokError ERR_ARGUMENT unless the material is pinned */
  get fingerprint(): string {
    return this.#declared('fingerprint', 'fingerprint');
  }

  /** @throws ByokError ERR_ARGUMENT unless the expiry is declared as an instant */
  get expirationTime(): string {
    return this.#declared('expirationTime', 'expiration_time');
  }

  /** @throws ByokError ERR_ARGUMENT always */
  get materialStatus(): string {
    throw new ByokError('ERR_ARGUMENT', unknownToHooks.materialStatus, {
      attribute: 'material_status',
    });
  }

  #declared(
    name: 'fingerprint' | 'expirationTime',
    trigger: (typeof triggerAttributes)[number],
  ): string {
    if (this.#config[name] === undefined) {
      throw new ByokError('ERR_ARGUMENT', unknownToHooks[name], { attribute: trigger });
    }
    return this.#apply.getStringAttribute(`triggers.${trigger}`);
  }
}

function declaredTriggers(config: KeyMaterialConfig): Record<string, string> {
  const given = triggerAttributes.map((attribute) => [attribute, propertyOf(config, attribute)]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** What of the material is a flag of the command, under the same name. */
const asFlags = [
  'materialFile',
  'materialEnv',
  'materialCommand',
  'wrapCommand',
  'materialEncoding',
  'materialPasswordEnv',
  'expirationTime',
  'validFor',
  'renewBefore',
  ...materialOptions,
] as const;

function materialFlags(config: KeyMaterialConfig): HookFlag[] {
  return asFlags
    .filter((name) => name !== 'onDestroy')
    .flatMap((name) => {
      const value: unknown = config[name];
      if (isSwitch(name)) {
        const off = switchDefaults[name] ? 'no-' : '';
        return value === !switchDefaults[name] ? [{ name: `--${off}${spelled(name)}` }] : [];
      }
      const isList = name === 'materialCommand' || name === 'wrapCommand';
      return value === undefined
        ? []
        : flag(`--${spelled(name)}`, isList ? jsonText(value as string[]) : (value as string));
    });
}

const isSwitch = (name: string): name is Switch => switches.some((one) => one === name);

function spelled(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function connectionFlags(scope: Construct, options: KeyMaterialHooksOptions): HookFlag[] {
  return [
    ...flag('--cloud', options.cloud),
    ...flag('--region', options.region),
    ...flag('--project-id', options.projectId),
    ...flag('--project-name', options.projectName),
    ...flag('--enterprise-project-id', options.enterpriseProjectId),
    ...flag('--kms-endpoint', options.kmsEndpoint),
    ...flag('--auth-url', options.authUrl),
    ...flag('--user-name', options.userName),
    ...flag('--domain-name', options.domainName),
    ...flag('--access-key', options.accessKey),
    ...flag(
      '--ca-file',
      options.caFile === undefined ? undefined : caFileFromStackFolder(scope, options.caFile),
    ),
  ];
}

function flag(name: string, value: string | IResolvable | undefined): HookFlag[] {
  return value === undefined
    ? []
    : [{ name, value: typeof value === 'string' ? value : Token.asString(value) }];
}

/**
 * Attributes that only a provider can receive: Terraform gives write-only values to nothing else.
 */
const writeOnlyAttributes = Object.entries(keyMaterialSchema.attributes)
  .filter(([, attribute]) => 'writeOnly' in attribute)
  .map(([name]) => name);

function faultsOf(
  scope: Construct,
  config: KeyMaterialConfig,
  options: KeyMaterialHooksOptions,
): string[] {
  const faults = faultsOfNullProviders(scope);
  if (writeOnlyAttributes.some((attribute) => propertyOf(config, attribute) !== undefined)) {
    faults.push(
      'the source needs a write-only value of Terraform, which provisioners do not receive; ' +
        'with hooks use KeyMaterialSource.fromFile, fromEnvironment, fromCommand or ' +
        'fromWrapCommand',
    );
  }
  if (config.onDestroy === 'refuse') {
    faults.push(
      'onDestroy is "refuse", which hooks cannot enforce; allowed are "retain" and "delete_material"',
    );
  }
  for (const name of switches) {
    if (config[name] !== undefined && typeof config[name] !== 'boolean') {
      faults.push(
        `${name} is known only to Terraform, and hooks need it in their command line; give true or false`,
      );
    }
  }
  if (options.driftToken === '') {
    faults.push(
      'driftToken is empty; give what "byok check --drift-token" printed (did it fail?), or leave it out',
    );
  }
  const {
    driftToken: _token,
    recordFolder: _folder,
    command: _command,
    caFile: _file,
    ...connection
  } = options;
  const references = Object.entries(connection).filter(
    ([, value]) => value !== undefined && !isLiteral(value),
  );
  if (config.onDestroy === 'delete_material' && references.length > 0) {
    faults.push(
      `${references.map(([name]) => name).join(', ')} of the hooks is a reference, which ` +
        'Terraform does not allow in a destroy provisioner; give the value itself, or leave it ' +
        'out and set the environment variable',
    );
  }
  return faults;
}
