/** What a configuration of `byok_key_material` must be, told from the configuration alone. */
import { ByokError } from '../../errors';
import { keyMaterialSchema } from '../../schema/key-material';
import { faultsOfCombinations, type MaterialAttribute } from '../../schema/material-combinations';
import type { AttributeSchema } from '../../schema/model';
import { parseDuration } from '../../terms/duration';
import { parseExpirationTime } from '../../terms/expiration-time';
import { formats } from '../../terms/kms';
import {
  defaultWarnBefore,
  environmentVariableFormat,
  fingerprintFormat,
} from '../../terms/material';
import type { Context, ResourceValidateRequest } from '../../tfplugin/provider';
import type { Values } from '../../tfplugin/values/value';
import { wrappingAlgorithms } from '../../wrap/wrapping';
import { text } from '../attributes';
import { check, checkForm, report, validateAgainstSchema } from '../validate';
import { wording } from '../wording';
import { faultsOfWindow, wrappingAlgorithmOf } from './config';

/** Attributes that other resources may compute. */
const forms: Readonly<Record<string, (value: string) => unknown>> = {
  key_id: (value) =>
    checkForm(
      'key_id',
      value,
      formats.keyId,
      'a key id of 36 lower-case letters, digits and hyphens',
    ),
  expiration_time: (value) => parseExpirationTime(value, wording),
  fingerprint: (value) =>
    checkForm(
      'fingerprint',
      value,
      fingerprintFormat.source,
      '"sha256:" and 64 hex digits, as `byok fingerprint` prints',
    ),
};

/**
 * What Terraform puts in place of computed text under a `mock_provider`; it has the real provider
 * validate that, and never plan it.
 */
const mocked = /^[a-z0-9]{8}$/;

/** @returns what a plan refuses, since validation must let pass what may be mocked */
export function malformedIn(config: Values): unknown {
  for (const [attribute, checkAttribute] of Object.entries(forms)) {
    const value = text(config, attribute);
    try {
      value === undefined || checkAttribute(value);
    } catch (fault) {
      return fault;
    }
  }
  return undefined;
}

export function validateMaterial(
  { config, writeOnlyAttributesAllowed }: ResourceValidateRequest,
  context: Context,
): void {
  validateAgainstSchema(keyMaterialSchema, config, context);
  for (const [attribute, checkAttribute] of Object.entries(forms)) {
    const value = text(config, attribute);
    // Whoever writes a test may give a mocked key any id.
    if (attribute !== 'key_id' && value !== undefined && !mocked.test(value)) {
      check(context, () => checkAttribute(value));
    }
  }
  // A plan has no secrets: what is write-only is null also where its ephemeral value is absent.
  const isWriteOnly = (name: MaterialAttribute) =>
    (keyMaterialSchema.attributes[name] as AttributeSchema).writeOnly === true;
  for (const { attribute, message } of faultsOfCombinations(
    (name) => config[name] !== null,
    undefined,
    isWriteOnly,
  )) {
    report(context, new ByokError('ERR_ARGUMENT', message, { attribute }));
  }
  check(context, () =>
    parseDuration(text(config, 'warn_before') ?? defaultWarnBefore, 'warn_before'),
  );
  for (const fault of faultsOfWindow(config)) {
    report(context, fault);
  }
  checkCommands(config, context);
  for (const attribute of ['material_env', 'material_password_env'] as const) {
    check(context, () => checkVariableName(attribute, text(config, attribute)));
  }
  if (!writeOnlyAttributesAllowed) {
    refuseWriteOnly(config, context);
  }
  const warning = wrappingAlgorithms[wrappingAlgorithmOf(config)]?.warning;
  if (warning !== undefined) {
    context.diagnostics.warning('Legacy wrapping algorithm', `${warning}.`, 'wrapping_algorithm');
  }
}

/**
 * Whoever put the value in place of its name must not read it in the message, nor in the line that
 * Terraform quotes when it is told an attribute.
 */
function checkVariableName(attribute: string, name: string | undefined): void {
  if (name !== undefined && !environmentVariableFormat.test(name)) {
    const message = `${attribute} is no name of an environment variable (not shown, it may be the secret itself); allowed are letters, digits and _, not beginning with a digit`;
    throw new ByokError('ERR_ARGUMENT', message);
  }
}

function checkCommands(config: Values, context: Context): void {
  for (const attribute of ['material_command', 'wrap_command'] as const) {
    const argv = config[attribute];
    if (Array.isArray(argv) && (argv.length === 0 || argv.includes(null))) {
      const found = argv.length === 0 ? 'is empty' : 'holds an empty value';
      report(
        context,
        new ByokError('ERR_ARGUMENT', `${attribute} ${found}; give a program and its arguments`, {
          attribute,
        }),
      );
    }
  }
}

function refuseWriteOnly(config: Values, context: Context): void {
  for (const [attribute, { writeOnly }] of Object.entries<AttributeSchema>(
    keyMaterialSchema.attributes,
  )) {
    if (writeOnly === true && config[attribute] !== null) {
      const message = `${attribute} is given, but this Terraform does not know write-only attributes and would store it; use Terraform 1.11 or OpenTofu 1.11, or another source`;
      report(context, new ByokError('ERR_ARGUMENT', message, { attribute }));
    }
  }
}
