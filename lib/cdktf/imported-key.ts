/**
 * A key with your own material: the external key, and the import that fills it and keeps it filled.
 */
import { type ITerraformIterator, ref, TerraformResource, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ByokError } from '../errors';
import { rulesOfBoth } from '../lifecycle/declaration';
import { boundExpiration } from '../terms/expiration';
import { keyOptions } from '../terms/key-options';
import { refuseUnknownNames } from '../terms/known-names';
import { materialOptions } from '../terms/material-options';
import { keySettings, materialSettings, plainSpelling } from '../terms/setting';
import { annotate } from './annotate';
import { ByokProvider } from './byok-provider';
import { isLiteral } from './config-attributes';
import {
  declaredIn,
  faultsOf as faultsOfDeclared,
  importedKeySpelling,
  materialSpelling,
} from './declaration';
import { isCountedExpiration } from './expiry-at-synthesis';
import { ExternalKey } from './external-key';
import type { IExternalKey } from './external-key-reference';
import type { ImportedKeyProps } from './imported-key-props';
import { KeyMaterial } from './key-material';
import type { KeyMaterialConfig } from './key-material-config';
import { MaterialHooks } from './material-hooks';
import { onlyGiven } from './only-given';
import { propertyNames } from './property-names';
import { synthesisTime } from './synthesis-time';

/**
 * An external key and the material in it. If the material was deleted or expired,
 * the next deployment imports the same material again, under the same key id.
 * A configuration that can never work fails the synthesis, with the path of the construct.
 * @see https://support.huaweicloud.com/intl/en-us/api-dew/ImportKeyMaterial.html
 */
export class ImportedKey extends Construct {
  /** The key itself: an `ExternalKey`, child `Key`, unless `key` was given. */
  readonly key: IExternalKey;
  readonly #held: KeyMaterial | MaterialHooks;
  readonly #forEach: ITerraformIterator | undefined;

  /**
   * @throws ByokError ERR_ARGUMENT when a property is misspelled, `source` is missing, `alias` and
   * `key` are both missing, a secret of the source is a literal, its variable is not a valid one,
   * or hooks have no key; ERR_CONFIGURATION when the package that hooks need is not installed
   */
  constructor(scope: Construct, id: string, props: ImportedKeyProps) {
    super(scope, id);
    refuseUnknownNames(props, propertyNames.ImportedKeyProps, 'ImportedKey');
    refuseUnknownNames(
      props.timeouts ?? {},
      propertyNames.ResourceTimeouts,
      'timeouts of ImportedKey',
    );
    refuseOtherObjects(props);
    const { provider, timeouts, forEach } = props;
    const hooks = props.engine?.hooks;
    if (hooks !== undefined && props.key === undefined) {
      throw new ByokError(
        'ERR_ARGUMENT',
        'hooks make no key, they fill one that exists; give key: ExternalKey.fromKeyId(…) instead of alias',
      );
    }
    if (provider === undefined && hooks === undefined) {
      ByokProvider.of(this);
    }
    this.key = props.key ?? this.#makeKey(props);
    const config: KeyMaterialConfig = {
      ...props.source.bind(this),
      keyId: keyIdFor(this.key, forEach),
      ...boundExpiration(props.expiration),
      ...chosen(props, materialOptions),
      ...onlyGiven({ timeouts, provider, forEach }),
    };
    if (isCountedExpiration(config.expirationTime, synthesisTime())) {
      annotate(
        this,
        'warning',
        `expiration is ${config.expirationTime}, a whole number of hours from now: an instant ` +
          'computed from the current time changes at each synthesis, and each change interrupts ' +
          'the key; give a fixed instant in full minutes, or Expiration.rolling({ validFor, ' +
          'renewBefore })',
      );
    }
    this.#forEach = forEach;
    this.#held =
      hooks === undefined
        ? new KeyMaterial(this, 'Resource', config)
        : new MaterialHooks(this, 'Hooks', config, hooks);
    this.node.addValidation({
      validate: () => [...faultsOf(props), ...faultsOfBoth(props, config)],
    });
  }

  #makeKey({ alias, keyOnDestroy, ...props }: ImportedKeyProps): ExternalKey {
    if (alias === undefined) {
      throw new ByokError(
        'ERR_ARGUMENT',
        'neither alias nor key is given; give the alias of a new key, or key: ExternalKey.fromKeyId(…)',
      );
    }
    return new ExternalKey(this, 'Key', {
      alias,
      ...chosen(props, keyOptions),
      ...onlyGiven({
        onDestroy: keyOnDestroy,
        timeouts: props.timeouts,
        provider: props.provider,
        forEach: props.forEach,
      }),
    });
  }

  /**
   * The import, child `Resource`. With `forEach` it stands for all imports;
   * use it with `TerraformIterator.fromResources`.
   * @throws ByokError ERR_ARGUMENT when hooks do the import
   */
  get material(): KeyMaterial {
    if (this.#held instanceof KeyMaterial) {
      return this.#held;
    }
    throw new ByokError(
      'ERR_ARGUMENT',
      'material is a resource of the provider, and this key is filled by hooks; use its other properties',
    );
  }

  /**
   * Id of the key in the KMS. A resource that refers to it waits until the material is imported.
   * @throws ByokError ERR_ARGUMENT under `forEach`
   */
  get keyId(): string {
    return this.#only('keyId').keyId;
  }

  /**
   * Identifies the material without revealing it.
   * @throws ByokError ERR_ARGUMENT under `forEach`
   */
  get fingerprint(): string {
    return this.#only('fingerprint').fingerprint;
  }

  /**
   * When the KMS deletes the material: RFC 3339, or "never".
   * @throws ByokError ERR_ARGUMENT under `forEach`
   */
  get expirationTime(): string {
    return this.#only('expirationTime').expirationTime;
  }

  /**
   * "present", or what is wrong with the material.
   * @throws ByokError ERR_ARGUMENT under `forEach`
   */
  get materialStatus(): string {
    return this.#only('materialStatus').materialStatus;
  }

  #only(property: string): KeyMaterial | MaterialHooks {
    if (this.#forEach === undefined) {
      return this.#held;
    }
    throw new ByokError(
      'ERR_ARGUMENT',
      `${property} differs for each element of forEach; iterate over the material of all: TerraformIterator.fromResources(key.material)`,
    );
  }
}

/** Properties that take objects of ours: a member of such an object, and how to make one. */
const objects = {
  source: [
    'bind',
    'where the material comes from, such as KeyMaterialSource.fromFile("payments.key")',
  ],
  key: ['keyId', 'a key that exists, such as ExternalKey.fromKeyId(…)'],
  engine: ['hooks', 'KeyMaterialEngine.provider() or KeyMaterialEngine.hooks(…)'],
  provider: ['fqn', 'a ByokProvider'],
} as const satisfies Partial<Record<keyof ImportedKeyProps, readonly [string, string]>>;

/** Runners such as tsx check no types. */
function refuseOtherObjects(props: ImportedKeyProps): void {
  for (const [name, [member, what]] of Object.entries(objects)) {
    const value: unknown = props[name as keyof typeof objects];
    if (value === undefined && name === 'source') {
      throw new ByokError('ERR_ARGUMENT', `source is not given; give ${what}`);
    }
    if (
      value !== undefined &&
      (typeof value !== 'object' || value === null || !has(value, member))
    ) {
      throw new ByokError('ERR_ARGUMENT', `${name} is ${shown(name, value)}; give ${what}`);
    }
  }
}

/** What the source is asked for is a method; of the others, we read properties. */
function has(value: object, member: string): boolean {
  return (
    member in value &&
    (member !== 'bind' || typeof (value as { readonly bind?: unknown }).bind === 'function')
  );
}

/** The value may be the material itself, so the message does not show the source. */
function shown(name: string, value: unknown): string {
  if (typeof value === 'function') {
    return 'a function that was not called';
  }
  return name === 'source' || (typeof value === 'object' && value !== null)
    ? 'something else'
    : JSON.stringify(value);
}

/** If there are several keys, the id of the key for the element of the material. */
function keyIdFor(key: IExternalKey, forEach: ITerraformIterator | undefined): string {
  return forEach !== undefined &&
    TerraformResource.isTerraformResource(key) &&
    key.forEach !== undefined
    ? Token.asString(
        ref(
          `${key.terraformResourceType}.${key.friendlyUniqueId}[each.key].key_id`,
          key.cdktfStack,
        ),
      )
    : key.keyId;
}

/** Some of the properties. */
function chosen<Name extends keyof ImportedKeyProps>(
  props: Partial<ImportedKeyProps>,
  names: readonly Name[],
): Pick<Partial<ImportedKeyProps>, Name> {
  return Object.fromEntries(names.map((name) => [name, props[name]])) as Pick<
    Partial<ImportedKeyProps>,
    Name
  >;
}

/** What only both together can be judged by. The key and the material report all else themselves. */
function faultsOfBoth(props: ImportedKeyProps, config: KeyMaterialConfig): string[] {
  const declared = {
    ...declaredIn(config, materialSettings, materialSpelling),
    ...declaredIn(props, keySettings, plainSpelling),
    keyId: props.key,
  };
  return faultsOfDeclared(declared, importedKeySpelling, rulesOfBoth);
}

function faultsOf({ alias, key, engine, provider, forEach }: ImportedKeyProps): string[] {
  return [
    ...(key !== undefined || forEach === undefined || !isLiteral(alias)
      ? []
      : [
          `alias is "${alias}" for every element of forEach, and no two keys have the same; make one of the element, such as iterator.key`,
        ]),
    ...(engine?.hooks === undefined || provider === undefined
      ? []
      : [
          'provider is given for a key with hooks, which do not use it; tell KeyMaterialEngine.hooks how to reach the KMS instead',
        ]),
  ];
}
