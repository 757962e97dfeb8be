/** The source of the material as the configuration names it: opened, or asked whether it could be. */
import { ByokError } from '../errors';
import { openPreWrapped, type PreWrapped } from '../material/pre-wrapped';
import { type MaterialAtHand, type MaterialSource, openMaterial } from '../material/source';
import {
  defaultMaterialEncoding,
  type MaterialEncoding,
  type MaterialSourceAttribute,
  materialSourceAttributes,
} from '../schema/key-material';
import { Secret } from '../secret';
import type { Values } from '../tfplugin/value';
import { isUnknown, text, texts } from './attributes';

/** The attribute that names the source of the material. */
export function sourceAttributeOf(config: Values): MaterialSourceAttribute | undefined {
  return materialSourceAttributes.find((name) => config[name] !== null);
}

/** Undefined unless the material was wrapped elsewhere. @param prior null on create */
export function preWrappedOf(config: Values, prior: Values | null): 'fresh' | 'used' | undefined {
  if (sourceAttributeOf(config) !== 'import_token_wo') {
    return undefined;
  }
  return prior === null || config.material_wo_version !== prior.material_wo_version ? 'fresh' : 'used';
}

/** Surroundings of one opening of the material. */
export interface Opening {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** False in a plan. */
  readonly mayRunCommands: boolean;
}

/** Opens the source that the configuration names. @throws ByokError */
export async function materialOf(config: Values, opening: Opening): Promise<MaterialAtHand> {
  const attribute = sourceAttributeOf(config);
  const source = attribute === undefined ? undefined : sourceOf(attribute, config);
  if (attribute !== undefined && (source === undefined || isUnknown(config, 'material_encoding'))) {
    return { missing: attribute === 'import_token_wo' ? 'it was wrapped elsewhere' : `${attribute} is only known after apply`, attribute };
  }
  const password = passwordOf(config, opening.env);
  if (password === 'missing') {
    return { missing: 'the password of the key material is not set', attribute };
  }
  const encoding = (text(config, 'material_encoding') ?? defaultMaterialEncoding) as MaterialEncoding;
  return openMaterial(source, { ...opening, encoding, password });
}

/** @throws ByokError ERR_MATERIAL_INVALID, ERR_MATERIAL_NOT_AT_HAND */
export function preWrappedMaterialOf(config: Values): PreWrapped {
  const [token, key] = [text(config, 'import_token_wo'), text(config, 'encrypted_key_material_wo')];
  if (token === undefined || key === undefined) {
    throw new ByokError(
      'ERR_MATERIAL_NOT_AT_HAND',
      'an import is due, but import_token_wo and encrypted_key_material_wo are not both known; give both',
      {
        attribute: 'import_token_wo',
      },
    );
  }
  return openPreWrapped({
    import_token_wo: token,
    encrypted_key_material_wo: key,
    encrypted_privatekey_wo: text(config, 'encrypted_privatekey_wo'),
  });
}

/** Undefined while the value is unknown. */
function sourceOf(attribute: MaterialSourceAttribute, config: Values): MaterialSource | undefined {
  const value = text(config, attribute);
  const argv = texts(config, attribute);
  const sources: Readonly<Record<MaterialSourceAttribute, MaterialSource | undefined>> = {
    material_wo: value === undefined ? undefined : { attribute: 'material_wo', value },
    material_file: value === undefined ? undefined : { attribute: 'material_file', path: value },
    material_env: value === undefined ? undefined : { attribute: 'material_env', name: value },
    material_command: argv === undefined ? undefined : { attribute: 'material_command', argv },
    wrap_command: argv === undefined ? undefined : { attribute: 'wrap_command', argv },
    import_token_wo: undefined,
  };
  return sources[attribute];
}

function passwordOf(config: Values, env: Opening['env']): Secret | undefined | 'missing' {
  const [value, name] = [text(config, 'material_password_wo'), text(config, 'material_password_env')];
  if (value !== undefined) {
    return Secret.fromText(value);
  }
  if (name !== undefined) {
    return env[name] === undefined ? 'missing' : Secret.fromText(env[name]);
  }
  return isUnknown(config, 'material_password_wo') || isUnknown(config, 'material_password_env') ? 'missing' : undefined;
}
