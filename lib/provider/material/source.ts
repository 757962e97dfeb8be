/**
 * The source of the material as the configuration names it: opened, or asked whether it could be.
 */
import { ByokError } from '../../errors';
import { openPreWrapped, type PreWrapped } from '../../material/pre-wrapped';
import {
  type MaterialAtHand,
  type MaterialSource,
  type OpenOptions,
  openMaterial,
} from '../../material/source';
import { Secret } from '../../secret';
import {
  defaultMaterialEncoding,
  type MaterialEncoding,
  type MaterialSourceAttribute,
  materialSourceAttributes,
  preWrappedAttributes,
} from '../../terms/material';
import type { Values } from '../../tfplugin/values/value';
import { isUnknown, text, texts } from '../attributes';
import { wording } from '../wording';

/**
 * The attribute that names the source of the material; undefined, too, if that is write-only and
 * has no value.
 */
export function sourceAttributeOf(config: Values): MaterialSourceAttribute | undefined {
  const named = materialSourceAttributes.find((name) => config[name] !== null);
  return (
    named ??
    (preWrappedAttributes.some((name) => config[name] !== null) ? 'import_token_wo' : undefined)
  );
}

/**
 * Undefined unless the material was wrapped elsewhere.
 * @param prior null on create
 */
export function preWrappedOf(config: Values, prior: Values | null): 'fresh' | 'used' | undefined {
  const source =
    sourceAttributeOf(config) ?? (wasPreWrapped(prior) ? 'import_token_wo' : undefined);
  if (source !== 'import_token_wo') {
    return undefined;
  }
  return prior === null || config.material_wo_version !== prior.material_wo_version
    ? 'fresh'
    : 'used';
}

/**
 * Of all imported material, only material that was wrapped elsewhere leaves no fingerprint. Private
 * keys leave one, and neither expire nor can be deleted.
 */
function wasPreWrapped(prior: Values | null): boolean {
  return (
    prior !== null &&
    text(prior, 'imported_at') !== undefined &&
    text(prior, 'fingerprint') === undefined
  );
}

/** What an import of material that was wrapped elsewhere needs and does not have. */
export function missingOfPreWrapped(config: Values): readonly string[] {
  return preWrappedAttributes.slice(0, 2).filter((name) => config[name] === null);
}

/** Surroundings of one opening of the material. */
export interface Opening {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly mayRunCommands: OpenOptions['mayRunCommands'];
}

/** Opens the source that the configuration names. @throws ByokError */
export async function materialOf(config: Values, opening: Opening): Promise<MaterialAtHand> {
  const attribute = sourceAttributeOf(config);
  if (attribute === undefined && config.material_wo_version !== null) {
    return { missing: 'neither material_wo nor import_token_wo has a value', attribute };
  }
  const source = attribute === undefined ? undefined : sourceOf(attribute, config);
  if (attribute !== undefined && (source === undefined || isUnknown(config, 'material_encoding'))) {
    return {
      missing:
        attribute === 'import_token_wo'
          ? 'it was wrapped elsewhere'
          : `${attribute} is only known after apply`,
      attribute,
    };
  }
  const password = passwordOf(config, opening.env);
  if (password === 'missing') {
    return { missing: 'the password of the key material is not set', attribute };
  }
  const encoding = (text(config, 'material_encoding') ??
    defaultMaterialEncoding) as MaterialEncoding;
  return openMaterial(source, { ...opening, encoding, password, spelling: wording });
}

/** @throws ByokError ERR_MATERIAL_INVALID, ERR_MATERIAL_NOT_AT_HAND */
export function preWrappedMaterialOf(config: Values): PreWrapped {
  const [token, key] = [text(config, 'import_token_wo'), text(config, 'encrypted_key_material_wo')];
  if (token === undefined || key === undefined) {
    const missing = missingOfPreWrapped(config).join(' and ');
    throw new ByokError(
      'ERR_MATERIAL_NOT_AT_HAND',
      `an import is due, but ${missing} is not set; material that was wrapped elsewhere needs ` +
        'import_token_wo and encrypted_key_material_wo; nothing was done',
      { attribute: 'import_token_wo' },
    );
  }
  const encryptedPrivatekey = text(config, 'encrypted_privatekey_wo');
  return openPreWrapped(
    { importToken: token, encryptedKeyMaterial: key, encryptedPrivatekey },
    wording,
  );
}

/** Undefined while the value is unknown. */
function sourceOf(attribute: MaterialSourceAttribute, config: Values): MaterialSource | undefined {
  const value = text(config, attribute);
  const argv = texts(config, attribute);
  const sources: Readonly<Record<MaterialSourceAttribute, MaterialSource | undefined>> = {
    material_wo: value === undefined ? undefined : { setting: 'material', value },
    material_file: value === undefined ? undefined : { setting: 'materialFile', path: value },
    material_env: value === undefined ? undefined : { setting: 'materialEnv', name: value },
    material_command: argv === undefined ? undefined : { setting: 'materialCommand', argv },
    wrap_command: argv === undefined ? undefined : { setting: 'wrapCommand', argv },
    import_token_wo: undefined,
  };
  return sources[attribute];
}

function passwordOf(config: Values, env: Opening['env']): Secret | undefined | 'missing' {
  const [value, name] = [
    text(config, 'material_password_wo'),
    text(config, 'material_password_env'),
  ];
  if (value !== undefined) {
    return Secret.fromText(value);
  }
  if (name !== undefined) {
    return env[name] === undefined ? 'missing' : Secret.fromText(env[name]);
  }
  return isUnknown(config, 'material_password_wo') || isUnknown(config, 'material_password_env')
    ? 'missing'
    : undefined;
}
