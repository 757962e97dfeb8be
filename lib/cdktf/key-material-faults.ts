/**
 * What can never work in a configuration of material, told from the configuration alone. Values that only Terraform will know are let
 * through: the provider asks the same at plan.
 */
import { parseDuration } from '../schema/duration';
import { parseExpirationTime } from '../schema/expiration-time';
import { fingerprintFormat, materialSourceAttributes, writeOnlySourceAttributes } from '../schema/key-material';
import { faultsOfParsing, literal, propertyName } from './config-attributes';
import { faultsOfKeyId } from './external-key-reference';
import type { KeyMaterialConfig } from './key-material-config';

/** One message per fault: what, which value, what is allowed, what to do. */
export function faultsOfMaterial(config: KeyMaterialConfig): string[] {
  return [
    ...faultsOfKeyId(config.keyId),
    ...faultsOfSource(config),
    ...faultsOfPreWrapped(config),
    ...faultsOfPassword(config),
    ...faultsOfExpiry(config),
    ...faultsOfFingerprint(config),
  ];
}

/** Whether an expiry that is known at synthesis has passed. */
export function isPastExpiration(expirationTime: string | undefined, now: Date): boolean {
  const text = literal(expirationTime);
  if (text === undefined || faultsOfParsing(() => parseExpirationTime(text)).length > 0) {
    return false;
  }
  const instant = parseExpirationTime(text);
  return instant !== undefined && instant <= now;
}

function faultsOfSource(config: KeyMaterialConfig): string[] {
  const { materialFile, materialEnv } = config;
  const given = (attribute: string): boolean => config[propertyName(attribute) as keyof KeyMaterialConfig] !== undefined;
  const sources = materialSourceAttributes.filter(given).map(propertyName);
  const faults: string[] = [];
  if (sources.length > 1) {
    faults.push(`${sources.join(' and ')} are given together; allowed is one source of the material`);
  }
  if (materialFile === '') {
    faults.push('materialFile is empty; give the path of the file that holds the material');
  }
  faults.push(...faultsOfVariableName('materialEnv', materialEnv));
  for (const name of ['materialCommand', 'wrapCommand'] as const) {
    if (config[name]?.length === 0) {
      faults.push(`${name} is empty; give a program and its arguments`);
    }
  }
  if (config.materialWoVersion !== undefined && !writeOnlySourceAttributes.some(given)) {
    faults.push(
      `materialWoVersion is given without ${writeOnlySourceAttributes.map(propertyName).join(' or ')}; it counts changes of those, so leave it out`,
    );
  }
  return faults;
}

/** The value is not shown: who passes process.env.NAME instead of "NAME" passes the secret. */
function faultsOfVariableName(property: string, value: string | undefined): string[] {
  const name = literal(value);
  return name === undefined || /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? []
    : [`${property} is not the name of an environment variable; give the name, for example "PAYMENTS_KEY", not the value`];
}

function faultsOfPreWrapped(config: KeyMaterialConfig): string[] {
  const { importTokenWo, encryptedKeyMaterialWo, encryptedPrivatekeyWo, fingerprint, validFor } = config;
  const faults: string[] = [];
  if ((importTokenWo === undefined) !== (encryptedKeyMaterialWo === undefined)) {
    const [there, missing] =
      importTokenWo === undefined ? ['encryptedKeyMaterialWo', 'importTokenWo'] : ['importTokenWo', 'encryptedKeyMaterialWo'];
    faults.push(`${there} is given without ${missing}; material that was wrapped elsewhere needs both`);
  } else if (encryptedPrivatekeyWo !== undefined && importTokenWo === undefined) {
    faults.push('encryptedPrivatekeyWo is given without importTokenWo; material that was wrapped elsewhere needs both');
  }
  if (importTokenWo !== undefined && fingerprint !== undefined) {
    faults.push(
      'fingerprint is given for material that was wrapped elsewhere, which cannot be compared before it is imported for ever; leave it out',
    );
  }
  if (importTokenWo !== undefined && validFor !== undefined) {
    faults.push(
      `validFor is "${validFor}" for material that was wrapped elsewhere, which cannot be renewed here; give expirationTime, or another source`,
    );
  }
  return faults;
}

function faultsOfPassword({ materialPasswordWo, materialPasswordEnv }: KeyMaterialConfig): string[] {
  return [
    ...(materialPasswordWo === undefined || materialPasswordEnv === undefined
      ? []
      : ['materialPasswordWo and materialPasswordEnv are given together; allowed is one']),
    ...faultsOfVariableName('materialPasswordEnv', materialPasswordEnv),
  ];
}

function faultsOfExpiry(config: KeyMaterialConfig): string[] {
  const [expirationTime, warnBefore] = [literal(config.expirationTime), literal(config.warnBefore)];
  return [
    ...(expirationTime === undefined ? [] : faultsOfParsing(() => parseExpirationTime(expirationTime))),
    ...(config.expirationTime === undefined || config.validFor === undefined
      ? []
      : ['expirationTime and validFor are given together; allowed is one: a fixed expiry, or a rolling one']),
    ...faultsOfWindow(config),
    ...(warnBefore === undefined ? [] : faultsOfParsing(() => parseDuration(warnBefore, 'warnBefore'))),
  ];
}

function faultsOfWindow(config: KeyMaterialConfig): string[] {
  if ((config.validFor === undefined) !== (config.renewBefore === undefined)) {
    const [there, missing] = config.validFor === undefined ? ['renewBefore', 'validFor'] : ['validFor', 'renewBefore'];
    return [`${there} is given without ${missing}; a rolling expiry needs both, for example validFor "90d" and renewBefore "14d"`];
  }
  const [validFor, renewBefore] = [literal(config.validFor), literal(config.renewBefore)];
  const faults = [
    ...(validFor === undefined ? [] : faultsOfParsing(() => parseDuration(validFor, 'validFor'))),
    ...(renewBefore === undefined ? [] : faultsOfParsing(() => parseDuration(renewBefore, 'renewBefore'))),
  ];
  if (faults.length > 0 || validFor === undefined || renewBefore === undefined) {
    return faults;
  }
  return parseDuration(renewBefore, 'renewBefore') < parseDuration(validFor, 'validFor')
    ? []
    : [
        `renewBefore is "${renewBefore}", which is not shorter than validFor "${validFor}", so every deploy would renew; give a shorter one`,
      ];
}

function faultsOfFingerprint(config: KeyMaterialConfig): string[] {
  const fingerprint = literal(config.fingerprint);
  return fingerprint === undefined || fingerprintFormat.test(fingerprint)
    ? []
    : [`fingerprint is "${fingerprint}"; allowed is "sha256:" and 64 hex digits, as "byok fingerprint" prints it`];
}
