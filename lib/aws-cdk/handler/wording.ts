/**
 * How the handler words what the lifecycle and the KMS client mean: properties of the construct,
 * deployments, and the checks between them.
 */
import type { Wording } from '../../lifecycle/wording';
import { type Setting, valueText } from '../../terms/setting';
import { spelling } from '../key-properties';

/**
 * Settings that are not properties of that name: those of the material's source, and the fields of
 * the secret with the login.
 */
const names: Partial<Record<Setting, string>> = {
  material: 'source',
  wrapCommand: 'program that wraps it',
  authToken: 'auth_token',
  userName: 'user_name',
  domainName: 'domain_name',
  accessKey: 'access_key',
  secretKey: 'secret_key',
  securityToken: 'security_token',
};

function name(setting: Setting): string {
  return names[setting] ?? spelling.name(setting);
}

const cancel = 'cancel its deletion in the console of the cloud';

export const wording: Wording = {
  ...spelling,
  name,
  set: (setting, value) => `set ${name(setting)} = ${valueText(value)}`,
  variables: () => 'never',
  review: 'deployment',
  run: 'deployment',
  again: 'deploy again',
  retry: 'deploy again',
  retryInTime: 'deploy again',
  first: 'deploy that first',
  nextLook: 'the next check',
  another: 'another resource',
  fromNow: 'the time of the synthesis',
  turnedOff: 'is false',
  unproven: 'its fingerprint counts as "unproven"',
  adopt: (keyId) => `give keyId "${keyId}" instead of alias`,
  adoptWithExpiration: () =>
    'leave expiration out, which keeps it, and change it in a later deployment',
  maker: '',
  enable:
    'Enable it in the KMS, or set enabled = true. If it is meant to be disabled, set enabled = false.',
  disable: 'Disable it by hand, or deploy enabled = false.',
  rescuer: 'a deployment with cancelPendingDeletion = true',
  rescue: 'cancelPendingDeletion = true',
  rescueOther: (keyId) => `${cancel} and give keyId "${keyId}" instead of alias`,
  retain: 'set onDestroy to "retain" and deploy that first',
  giveAnew: 'give both',
};
