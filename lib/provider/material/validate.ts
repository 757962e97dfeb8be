/** What a configuration of `byok_key_material` must be, from the configuration alone. */
import { ByokError } from '../../errors';
import { type RuleName, ruleNames } from '../../lifecycle/declaration';
import { keyMaterialSchema } from '../../schema/key-material';
import type { AttributeSchema } from '../../schema/model';
import { materialSettings, type Setting } from '../../terms/setting';
import type { Context, ResourceValidateRequest } from '../../tfplugin/provider';
import type { Values } from '../../tfplugin/values/value';
import { wrappingAlgorithms } from '../../wrap/wrapping';
import { declaredIn, errorsIn, report } from '../validate';
import { wording } from '../wording';
import { wrappingAlgorithmOf } from './config';

/** Settings that other resources may compute. */
const computable = [
  'keyId',
  'expirationTime',
  'fingerprint',
] as const satisfies readonly RuleName[];

/**
 * What Terraform puts in place of computed text under a `mock_provider`; it has the real provider
 * validate that, and never plan it.
 */
const mocked = /^[a-z0-9]{8}$/;

/** @returns what a plan refuses, since validation must let pass what may be mocked */
export function malformedIn(config: Values): ByokError | undefined {
  const [error] = errorsIn(declaredIn(config, computable), computable);
  return error;
}

/**
 * Asked once more by apply: what was not known when it was validated, and so may have been none.
 */
export function excludedIn(config: Values): ByokError | undefined {
  const [error] = errorsIn(declaredIn(config, materialSettings), [
    'oneSource',
    'oneExpiry',
    'onePassword',
    'pinOfPreWrapped',
    'rollingOfPreWrapped',
  ]);
  return error;
}

/** Judged once more when it is planned: `ignore_changes` may hold one of the two. */
export function errorsOfWindow(config: Values): readonly ByokError[] {
  const window = ['validFor', 'renewBefore'] as const;
  return errorsIn(declaredIn(config, window), [...window, 'windowWithinValidity']);
}

export function validateMaterial(
  { config, writeOnlyAttributesAllowed }: ResourceValidateRequest,
  context: Context,
): void {
  const declared = declaredIn(config, materialSettings);
  // Whoever writes a test may give a mocked key any id.
  const mayBeMocked = computable.filter(
    (setting) => setting === 'keyId' || mocked.test(String(declared[setting])),
  );
  const rules = ruleNames.filter((rule) => !mayBeMocked.some((setting) => setting === rule));
  report(context, ...errorsIn(declared, rules, mayBeAbsent));
  if (!writeOnlyAttributesAllowed) {
    refuseWriteOnly(config, context);
  }
  const warning = wrappingAlgorithms[wrappingAlgorithmOf(config)]?.warning;
  if (warning !== undefined) {
    context.diagnostics.warning('Legacy wrapping algorithm', `${warning}.`, 'wrapping_algorithm');
  }
}

const attributes: Readonly<Record<string, AttributeSchema>> = keyMaterialSchema.attributes;

/** A plan has no secrets: what is write-only is null also where its ephemeral value is absent. */
function mayBeAbsent(setting: Setting): boolean {
  return attributes[wording.name(setting)]?.writeOnly === true;
}

function refuseWriteOnly(config: Values, context: Context): void {
  for (const [attribute, { writeOnly }] of Object.entries(attributes)) {
    if (writeOnly === true && config[attribute] !== null) {
      const message = `${attribute} is given, but this Terraform does not know write-only attributes and would store it; use Terraform 1.11 or OpenTofu 1.11, or another source`;
      report(context, new ByokError('ERR_ARGUMENT', message, { attribute }));
    }
  }
}
