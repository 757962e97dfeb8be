/** How commands word what the lifecycle and the KMS client mean: their flags, and another run. */
import type { Command } from 'commander';
import type { Wording } from '../lifecycle/wording';
import { type Switch, switchDefaults, switches } from '../terms/material-options';
import { plainSpelling, type Setting, settings } from '../terms/setting';

/** Settings that no flag of any command gives. */
const phrases: Partial<Record<Setting, string>> = {
  enabled: 'enabled',
  keyOnDestroy: 'the removal of the key',
  pendingDays: 'the days of grace',
  cancelPendingDeletion: 'the deletion',
  onDestroy: 'the removal',
  material: 'the material',
  importToken: 'the import token',
  encryptedKeyMaterial: 'the wrapped material',
  encryptedPrivatekey: 'the wrapped private key',
  materialPasswordValue: 'the password of the material',
  materialVersion: 'the version of the material',
  authToken: 'the token',
  password: 'the password',
  secretKey: 'the secret key',
  securityToken: 'the security token',
  maxRetries: 'the number of retries',
  maxRequestsPerSecond: 'the number of requests per second',
};

/** Flags with another name than their setting. */
const flags: Partial<Record<Setting, string>> = {
  tags: '--tag',
  timeouts: '--timeout',
  materialPassword: '--material-password-env',
};

/** Settings of a key, which only one command gives. */
const ofKeys: readonly Setting[] = ['alias', 'description', 'keySpec', 'keyUsage', 'tags'];

const isSwitch = (setting: Setting): setting is Switch => switches.some((one) => one === setting);

/** Of the commands that have one. */
export function flagOf(setting: Setting): string {
  // A switch that is on by itself has a flag that turns it off.
  const off = isSwitch(setting) && switchDefaults[setting] ? 'no-' : '';
  return flags[setting] ?? `--${off}${spaced(setting, '-')}`;
}

const cancel = 'cancel its deletion in the console of the cloud';

/** How to do what no flag does. */
const byHand: Partial<Record<Setting, string>> = {
  enabled: 'enable it in the console of the cloud',
  cancelPendingDeletion: cancel,
  onDestroy: 'leave the material there',
};

/** What a command calls its settings: its own flags, and those of others as theirs. */
export function wordingOf({ options }: Pick<Command, 'options'>): Wording {
  const has = (flag: string) => options.some(({ long }) => long === flag);
  const name = (setting: Setting): string => {
    const flag = flagOf(setting);
    const home = ofKeys.includes(setting) ? 'create-key' : 'apply';
    return phrases[setting] ?? (has(flag) ? flag : `${flag} of "byok ${home}"`);
  };
  return {
    name,
    set: (setting) => byHand[setting] ?? `give ${name(setting)}`,
    documented: plainSpelling.documented,
    variables: (setting) => (name(setting).startsWith('--') ? 'too' : 'only'),
    review: 'run',
    run: 'run',
    again: 'run it again',
    retry: 'run it again',
    retryInTime: has('--timeout') ? 'run it again or raise --timeout' : 'run it again',
    first: 'run that first',
    nextLook: 'the next run',
    another: 'another command',
    fromNow: 'a command such as date',
    turnedOff: 'is given',
    unproven: 'no fingerprint is shown for it',
    adopt: (keyId) => `use that key by its id, ${keyId}`,
    adoptWithExpiration: () =>
      `leave ${name('expirationTime')} out, which keeps it, and change it in a later run of "byok apply"`,
    maker: ', such as "byok create-key" makes',
    enable: 'Enable it in the KMS.',
    disable: 'Disable it by hand.',
    rescuer: 'cancelling its deletion in the console of the cloud',
    rescue: cancel,
    rescueOther: () => cancel,
    retain: 'leave the material there',
    giveAnew: 'give both',
  };
}

/** A setting in the spelling of --json. */
const fields: ReadonlyMap<string, string> = new Map(
  settings.map((setting) => [phrases[setting] ?? flagOf(setting), spaced(setting, '_')]),
);

/**
 * The name in --json of what an error is about.
 * @param attribute as named here, or already as in --json
 */
export function fieldOf(attribute: string | undefined): string | undefined {
  const own = attribute?.replace(/ of "byok .*"$/, '');
  return own === undefined ? undefined : (fields.get(own) ?? own);
}

function spaced(setting: Setting, space: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `${space}${letter.toLowerCase()}`);
}
