/** What a configuration of `byok_key_material` must be, told from the configuration alone. */
import { ByokError } from '../errors';
import { parseDuration } from '../schema/duration';
import { parseExpirationTime } from '../schema/expiration-time';
import {
  defaultWarnBefore,
  fingerprintFormat,
  keyMaterialSchema,
  materialSourceAttributes,
  writeOnlySourceAttributes,
} from '../schema/key-material';
import { formats } from '../schema/kms';
import type { AttributeSchema } from '../schema/model';
import type { Context, ResourceValidateRequest } from '../tfplugin/provider';
import type { Values } from '../tfplugin/value';
import { wrappingAlgorithms } from '../wrap/wrapping';
import { text } from './attributes';
import { rollingOf, wrappingAlgorithmOf } from './material-config';
import { check, checkForm, report, validateAgainstSchema } from './validate';

export function validateMaterial({ config, writeOnlyAttributesAllowed }: ResourceValidateRequest, context: Context): void {
  validateAgainstSchema(keyMaterialSchema, config, context);
  check(context, () => checkForm('key_id', text(config, 'key_id'), formats.keyId, 'a key id of 36 lower-case letters, digits and hyphens'));
  check(context, () => parseExpirationTime(text(config, 'expiration_time') ?? 'never'));
  check(context, () =>
    checkForm(
      'fingerprint',
      text(config, 'fingerprint'),
      fingerprintFormat.source,
      '"sha256:" and 64 hex digits, as `byok fingerprint` prints',
    ),
  );
  check(context, () => checkExpiry(config));
  checkSources(config, writeOnlyAttributesAllowed, context);
  const warning = wrappingAlgorithms[wrappingAlgorithmOf(config)]?.warning;
  if (warning !== undefined) {
    context.diagnostics.warning('Legacy wrapping algorithm', `${warning}.`, 'wrapping_algorithm');
  }
}

function checkExpiry(config: Values): void {
  const given = (name: string): boolean => config[name] !== null;
  const refuseAttribute = (attribute: string, message: string): never => {
    throw new ByokError('ERR_ARGUMENT', message, { attribute });
  };
  if (given('valid_for') !== given('renew_before')) {
    const [there, missing] = given('valid_for') ? ['valid_for', 'renew_before'] : ['renew_before', 'valid_for'];
    refuseAttribute(there, `${there} is set without ${missing}; a rolling expiry needs both`);
  }
  if (given('valid_for') && given('expiration_time')) {
    refuseAttribute('expiration_time', 'expiration_time and valid_for are both set; give a fixed expiry or a rolling one');
  }
  if (given('valid_for') && given('import_token_wo')) {
    refuseAttribute(
      'valid_for',
      'valid_for is set for material that was wrapped elsewhere, which cannot be renewed here; give expiration_time, or another source',
    );
  }
  parseDuration(text(config, 'warn_before') ?? defaultWarnBefore, 'warn_before');
  const rolling = rollingOf(config);
  if (rolling !== undefined && rolling.renewBeforeMs >= rolling.validForMs) {
    refuseAttribute(
      'renew_before',
      `renew_before is "${rolling.renewBefore}", which is not shorter than valid_for "${rolling.validFor}", so every plan would renew; give a shorter one`,
    );
  }
}

function checkSources(config: Values, writeOnlyAttributesAllowed: boolean, context: Context): void {
  const given = (name: string): boolean => config[name] !== null;
  const [first, second] = materialSourceAttributes.filter(given);
  const refuseAttribute = (attribute: string, message: string) => report(context, new ByokError('ERR_ARGUMENT', message, { attribute }));
  if (second !== undefined) {
    refuseAttribute(second, `${first} and ${second} are both set; give one source of the material at most`);
  }
  const writeOnly = Object.entries<AttributeSchema>(keyMaterialSchema.attributes).filter(
    ([name, { writeOnly: isWriteOnly }]) => isWriteOnly === true && given(name),
  );
  for (const [name] of writeOnlyAttributesAllowed ? [] : writeOnly) {
    refuseAttribute(
      name,
      `${name} is set, but this Terraform does not know write-only attributes and would store it; use Terraform 1.11 or OpenTofu 1.11, or another source`,
    );
  }
  if (given('material_wo_version') && !writeOnlySourceAttributes.some(given)) {
    refuseAttribute(
      'material_wo_version',
      `material_wo_version is set without ${writeOnlySourceAttributes.join(' or ')}; set both or neither`,
    );
  }
  for (const [name, companion] of companions) {
    if (given(name) && !given(companion)) {
      refuseAttribute(name, `${name} is set without ${companion}; pre-wrapped material needs its token and its wrapped key`);
    }
  }
  if (given('import_token_wo') && given('fingerprint')) {
    refuseAttribute(
      'fingerprint',
      'fingerprint is set for material that was wrapped elsewhere, which cannot be compared before it is imported for ever; omit it',
    );
  }
  if (given('material_password_wo') && given('material_password_env')) {
    refuseAttribute('material_password_env', 'material_password_wo and material_password_env are both set; give one');
  }
  for (const name of ['material_command', 'wrap_command'] as const) {
    const argv = config[name];
    if (Array.isArray(argv) && (argv.length === 0 || argv.includes(null))) {
      refuseAttribute(
        name,
        `${name} ${argv.length === 0 ? 'is an empty list' : 'holds an empty value'}; give the program and its arguments`,
      );
    }
  }
}

/** Fields of pre-wrapped material that mean nothing without the other. */
const companions = [
  ['import_token_wo', 'encrypted_key_material_wo'],
  ['encrypted_key_material_wo', 'import_token_wo'],
  ['encrypted_privatekey_wo', 'import_token_wo'],
] as const;
