/**
 * How the provider words what the lifecycle and the KMS client mean: Terraform's attributes, plans
 * and applies.
 */
import type { Wording } from '../lifecycle/wording';
import { attributeOf, plainSpelling, type Setting, valueText } from '../terms/setting';

/** Settings whose attribute has another name. */
const attributes: Partial<Record<Setting, string>> = {
  material: 'material_wo',
  materialVersion: 'material_wo_version',
  materialPassword: 'material_password_env or material_password_wo',
  materialPasswordValue: 'material_password_wo',
  keyOnDestroy: 'on_destroy',
  importToken: 'import_token_wo',
  encryptedKeyMaterial: 'encrypted_key_material_wo',
  encryptedPrivatekey: 'encrypted_privatekey_wo',
};

/** The attribute of a setting. */
function name(setting: Setting): string {
  return attributes[setting] ?? attributeOf(setting);
}

const ofKey = 'on byok_external_key';

export const wording: Wording = {
  name,
  set: (setting, value) => `set ${name(setting)} = ${valueText(value)}`,
  variables: () => 'too',
  documented: plainSpelling.documented,
  rolling: 'Expiration.rolling in constructs',
  review: 'plan',
  run: 'apply',
  again: 'plan again',
  retry: 'apply again',
  retryInTime: 'apply again or raise timeouts',
  first: 'apply that first',
  nextLook: 'the next plan',
  another: 'another address of this plan',
  fromNow: 'timestamp() or plantimestamp()',
  turnedOff: 'is false',
  unproven: 'fingerprint_verified is false',
  adopt: (keyId) => `bring it under management: terraform import <address> ${keyId}`,
  adoptWithExpiration: (keyId) =>
    `bring it under management first: terraform import <address> ${keyId}, or if this ` +
    'configuration already has it, change its expiry without replacing it',
  maker: ', such as byok_external_key makes',
  enable: `Enable it in the KMS, or set enabled = true ${ofKey}. If it is meant to be disabled, set enabled = false.`,
  disable: `Disable it by hand, or set enabled = false ${ofKey}.`,
  rescuer: 'an apply with cancel_pending_deletion = true',
  rescue: `cancel_pending_deletion = true ${ofKey}`,
  rescueOther: (keyId) =>
    `rescue it by terraform import <address> ${keyId} and cancel_pending_deletion = true`,
  retain: 'set on_destroy to "retain" and apply that first',
  giveAnew: 'give both, and raise material_wo_version',
};
