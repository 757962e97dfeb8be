/**
 * Where key material comes from. A source only names a place:
 * the provider reads it, or the command that hooks run, but never synthesis.
 */
import { TerraformStack, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { ByokError } from '../errors';
import { refuseUnknownNames } from '../terms/known-names';
import type { MaterialEncoding } from '../terms/material';
import type { KeyMaterialSourceConfig } from './key-material-config';
import { onlyGiven } from './only-given';
import { propertyNames } from './property-names';
import { pathFromStackFolder } from './stack-folder';

/** How a source encodes the material. */
export interface KeyMaterialSourceOptions {
  /**
   * How the source encodes the material. White space around base64 and hex is allowed.
   * "raw" means the bytes unchanged; "pem", "der" and "pkcs12" hold a private key.
   * @default "base64"
   */
  readonly encoding?: MaterialEncoding;
  /**
   * Name of the environment variable that holds the password of an encrypted private key;
   * never the password itself.
   * @default - not encrypted
   */
  readonly passwordEnvironment?: string;
}

/** The fields of the import API, for material that was wrapped elsewhere. */
export interface PreWrappedOptions {
  /** Import token that the material was wrapped for: a reference to an ephemeral value. */
  readonly importToken: string;
  /**
   * Base64: the wrapped symmetric key, or the wrapped intermediate key of an asymmetric one.
   * A reference to an ephemeral value.
   */
  readonly encryptedKeyMaterial: string;
  /**
   * Base64: the private key, wrapped with the intermediate key. A reference to an ephemeral value.
   * @default - none: the key is symmetric
   */
  readonly encryptedPrivatekey?: string;
  /**
   * Increase it if there is a new token to import with.
   * @default - none
   */
  readonly version?: number;
}

/** Options for material in a Terraform variable. */
export interface VariableSourceOptions extends KeyMaterialSourceOptions {
  /**
   * Counter that shows a change of the material in the plan, which never contains the value itself.
   * @default - none; the fingerprint decides
   */
  readonly version?: number;
}

/**
 * What a source needs of a variable. The TerraformVariable of cdktf and that of cdktn both have it.
 */
export interface IKeyMaterialVariable {
  /** A reference to the value of the variable. */
  readonly stringValue: string;
  /** Sets an argument of the variable, such as "ephemeral". */
  addOverride(path: string, value: boolean): void;
}

/**
 * A place that holds key material. The app only names it: the provider reads it,
 * or the command that hooks run, so no synthesized file contains the material.
 * Misspelled options are refused.
 */
export abstract class KeyMaterialSource {
  /**
   * A file, which Terraform reads at plan and apply.
   * @param path absolute, or relative to the folder of `cdktf.json`;
   * then the synthesized configuration is the same on every machine.
   * It may contain references, such as the key of an iterator,
   * after a literal beginning (`keys/` or `./`).
   * A path that begins with a reference stays unchanged and gives a warning:
   * if it is relative, it counts from the folder of the stack
   */
  static fromFile(path: string, options: KeyMaterialSourceOptions = {}): KeyMaterialSource {
    refuseUnknownNames(
      options,
      propertyNames.KeyMaterialSourceOptions,
      'KeyMaterialSource.fromFile',
    );
    return new BoundSource((scope) => ({
      materialFile: path === '' ? path : pathFromStackFolder(scope, path, 'the path of fromFile'),
      ...spelling(options),
    }));
  }

  /**
   * An environment variable of the process that runs Terraform.
   * @param name name of the variable, never its value
   */
  static fromEnvironment(name: string, options: KeyMaterialSourceOptions = {}): KeyMaterialSource {
    refuseUnknownNames(
      options,
      propertyNames.KeyMaterialSourceOptions,
      'KeyMaterialSource.fromEnvironment',
    );
    return new BoundSource(() => ({
      materialEnv: given(name, 'fromEnvironment', 'the name of a variable'),
      ...spelling(options),
    }));
  }

  /**
   * A Terraform variable, made ephemeral and sensitive, so no state and no plan contains its value.
   * Needs Terraform 1.11 or OpenTofu 1.11.
   * @param variable the variable, or its name. If the stack has no variable with the name,
   * this declares one, and you can set its value with `TF_VAR_<name>`.
   * A name that Terraform does not allow, or that belongs to something else,
   * is refused when the source is used
   */
  static fromVariable(
    variable: IKeyMaterialVariable | string,
    options: VariableSourceOptions = {},
  ): KeyMaterialSource {
    refuseUnknownNames(
      options,
      propertyNames.VariableSourceOptions,
      'KeyMaterialSource.fromVariable',
    );
    return new BoundSource((scope) => {
      const declared =
        typeof variable === 'string' ? variableOf(scope, variable) : requireVariable(variable);
      declared.addOverride('ephemeral', true);
      declared.addOverride('sensitive', true);
      return {
        materialWo: declared.stringValue,
        ...onlyGiven({ materialWoVersion: options.version }),
        ...spelling(options),
      };
    });
  }

  /**
   * A program that writes the material to standard output,
   * for example the client of a secret store.
   * It runs only in apply, without a shell, for at most 60 seconds.
   * @param argv program and arguments; never a secret,
   * because every user of a machine sees the arguments of a process
   */
  static fromCommand(argv: string[], options: KeyMaterialSourceOptions = {}): KeyMaterialSource {
    refuseUnknownNames(
      options,
      propertyNames.KeyMaterialSourceOptions,
      'KeyMaterialSource.fromCommand',
    );
    return new BoundSource(() => ({
      materialCommand: given(argv, 'fromCommand', program),
      ...spelling(options),
    }));
  }

  /**
   * A program that wraps the material inside an HSM, so the material never leaves it.
   * It runs only in apply, without a shell.
   * @param argv program and arguments
   */
  static fromWrapCommand(argv: string[]): KeyMaterialSource {
    return new BoundSource(() => ({ wrapCommand: given(argv, 'fromWrapCommand', program) }));
  }

  /**
   * Material that was wrapped elsewhere, with the token that it was wrapped for:
   * the request of the import API itself. A literal is refused.
   * @see https://support.huaweicloud.com/intl/en-us/api-dew/ImportKeyMaterial.html
   */
  static preWrapped(options: PreWrappedOptions): KeyMaterialSource {
    refuseUnknownNames(options, propertyNames.PreWrappedOptions, 'KeyMaterialSource.preWrapped');
    const { importToken, encryptedKeyMaterial, encryptedPrivatekey, version } = options;
    return new BoundSource(() => {
      given(
        importToken ?? encryptedKeyMaterial ?? encryptedPrivatekey,
        'preWrapped',
        'importToken and encryptedKeyMaterial',
      );
      return {
        importTokenWo: importToken,
        encryptedKeyMaterialWo: encryptedKeyMaterial,
        ...onlyGiven({ encryptedPrivatekeyWo: encryptedPrivatekey, materialWoVersion: version }),
      };
    });
  }

  /** Attributes of a `KeyMaterial` in this scope. */
  abstract bind(scope: Construct): KeyMaterialSourceConfig;
}

function spelling({
  encoding,
  passwordEnvironment,
}: KeyMaterialSourceOptions): KeyMaterialSourceConfig {
  return onlyGiven({ materialEncoding: encoding, materialPasswordEnv: passwordEnvironment });
}

const program = 'a program and its arguments, such as ["vault", "kv", "get", …]';

/** An attribute without a value would silently leave the configuration, and with it the source. */
function given<Value>(value: Value, method: string, what: string): Value {
  if (value === undefined || value === null) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `KeyMaterialSource.${method} is given nothing; give ${what}`,
      { attribute: 'source' },
    );
  }
  return value;
}

class BoundSource extends KeyMaterialSource {
  readonly #bind: (scope: Construct) => KeyMaterialSourceConfig;

  constructor(bind: (scope: Construct) => KeyMaterialSourceConfig) {
    super();
    this.#bind = bind;
  }

  override bind(scope: Construct): KeyMaterialSourceConfig {
    return this.#bind(scope);
  }
}

class MaterialVariable extends TerraformVariable {
  /** @internal the stacks of cdktn call it */
  _resetResolveDiscoveredProviderFeatureUsage(): void {}
}

/** If a variable is a direct child of the stack, its id is its Terraform name, unchanged. */
function variableOf(scope: Construct, name: string): IKeyMaterialVariable {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'fromVariable was given a name that Terraform does not allow; give the name of the variable, such as "payments_key", not the value',
      {
        attribute: 'material_wo',
      },
    );
  }
  const stack = TerraformStack.of(scope);
  const existing = stack.node.tryFindChild(name);
  if (existing === undefined) {
    return new MaterialVariable(stack, name, {
      type: 'string',
      description: 'Key material, given to each plan and apply; never stored',
    });
  }
  if (!isVariable(existing)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the stack "${stack.node.id}" has a child "${name}" that is not a variable; choose another name, or pass the variable itself`,
      {
        attribute: 'material_wo',
      },
    );
  }
  return existing;
}

/** The message does not show the value, because it may be the material itself. */
function requireVariable(value: IKeyMaterialVariable): IKeyMaterialVariable {
  if (!isVariable(value)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'fromVariable was given something that is not a variable; give a TerraformVariable, or the name of one, such as "payments_key"',
      { attribute: 'material_wo' },
    );
  }
  return value;
}

function isVariable(value: unknown): value is IKeyMaterialVariable {
  return (
    typeof value === 'object' && value !== null && 'stringValue' in value && 'addOverride' in value
  );
}
