/** How commands word what the lifecycle and the KMS client mean: their flags, and another run. */
import type { Wording } from '../lifecycle/wording';
import { type Switch, switchDefaults, switches } from '../terms/material-options';
import { type Setting, settings } from '../terms/setting';

/** Settings without a flag of that name. */
const names: Partial<Record<Setting, string>> = {
  enabled: 'enabled',
  keyOnDestroy: 'the removal of the key',
  tags: '--tag',
  pendingDays: 'the days of grace',
  cancelPendingDeletion: 'the deletion',
  onDestroy: 'the removal',
  timeouts: '--timeout',
  material: 'the material',
  importToken: 'the import token',
  encryptedKeyMaterial: 'the wrapped material',
  encryptedPrivatekey: 'the wrapped private key',
  materialPassword: '--material-password-env',
  materialPasswordValue: 'the password of the material',
  materialVersion: 'the version of the material',
  authToken: 'the token',
  password: 'the password',
  secretKey: 'the secret key',
  securityToken: 'the security token',
  maxRetries: 'the number of retries',
  maxRequestsPerSecond: 'the number of requests per second',
};

const isSwitch = (setting: Setting): setting is Switch => switches.some((one) => one === setting);

function name(setting: Setting): string {
  // A switch that is on by itself has a flag that turns it off.
  const off = isSwitch(setting) && switchDefaults[setting] ? 'no-' : '';
  return names[setting] ?? `--${off}${spaced(setting, '-')}`;
}

const cancel = 'cancel its deletion in the console of the cloud';

/** How to do what no flag does. */
const byHand: Partial<Record<Setting, string>> = {
  enabled: 'enable it in the console of the cloud',
  cancelPendingDeletion: cancel,
  onDestroy: 'leave the material there',
};

export const wording: Wording = {
  name,
  set: (setting) => byHand[setting] ?? `give ${name(setting)}`,
  variables: (setting) => (name(setting).startsWith('--') ? 'too' : 'only'),
  rolling: 'of "byok apply"',
  review: 'run',
  run: 'run',
  again: 'run it again',
  retry: 'run it again',
  retryInTime: 'run it again or raise --timeout',
  first: 'run that first',
  nextLook: 'the next run',
  another: 'another command',
  fromNow: 'a command such as date',
  turnedOff: 'is given',
  unproven: 'no fingerprint is shown for it',
  adopt: (keyId) => `use that key by its id: --key-id ${keyId}`,
  adoptWithExpiration: () =>
    'leave --expiration-time out, which keeps it, and change it in a later run of "byok apply"',
  maker: ', such as "byok create-key" makes',
  enable: 'Enable it in the KMS.',
  disable: 'Disable it by hand.',
  rescuer: 'cancelling its deletion in the console of the cloud',
  rescue: cancel,
  rescueOther: () => cancel,
  retain: 'leave the material there',
  giveAnew: 'give both',
};

/** A setting in the spelling of --json. */
const fields: ReadonlyMap<string, string> = new Map(
  settings.map((setting) => [name(setting), spaced(setting, '_')]),
);

/**
 * The name in --json of what an error is about.
 * @param attribute as named here, or already as in --json
 */
export function fieldOf(attribute: string | undefined): string | undefined {
  return attribute === undefined ? undefined : (fields.get(attribute) ?? attribute);
}

function spaced(setting: Setting, space: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `${space}${letter.toLowerCase()}`);
}
