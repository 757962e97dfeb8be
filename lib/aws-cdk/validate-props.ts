/**
 * What is wrong with the properties of an `ImportedKey`, one sentence each. Tokens pass:
 * the handler checks their values.
 */
import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import { type Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { isByokError } from '../errors';
import { parseDuration } from '../terms/duration';
import { boundExpiration } from '../terms/expiration';
import { never, parseExpirationTime } from '../terms/expiration-time';
import { keyDestroyPolicies } from '../terms/key';
import {
  defaultKeySpec,
  formats,
  isAsymmetric,
  keySpecs,
  tryFindKeySpec,
  wrappingAlgorithmNames,
} from '../terms/kms';
import { fingerprintFormat, materialDestroyPolicies } from '../terms/material';
import { faultsOfRolling } from '../terms/rolling-expiration';
import { faultsOfTags, keyRules, type Rule } from '../terms/rules';
import { constructSpelling } from '../terms/setting';
import type { ImportedKeyProps } from './imported-key-props';
import { deletionOfNamedKey, rollingSpelling } from './key-properties';

/** Properties of a key that we create. An existing key is not changed. */
const keyProps = [
  'description',
  'keySpec',
  'keyUsage',
  'enabled',
  'tags',
  'pendingDays',
  'keyOnDestroy',
  'cancelPendingDeletion',
  'enterpriseProjectId',
] as const satisfies readonly (keyof ImportedKeyProps)[];

const allowedValues = {
  keySpec: Object.keys(keySpecs),
  wrappingAlgorithm: wrappingAlgorithmNames,
  onDestroy: Object.keys(materialDestroyPolicies),
  keyOnDestroy: Object.keys(keyDestroyPolicies),
} as const satisfies Partial<Record<keyof ImportedKeyProps, readonly string[]>>;

/** The function is built for this version of Node.js and newer. */
const oldestNode = 20;

/** Rules for text properties. */
const rules = {
  alias: keyRules.alias,
  keyId: keyRules.keyId,
  fingerprint: {
    accepts: (text) => fingerprintFormat.test(text),
    allowed: '"sha256:" and 64 hex digits, as "byok fingerprint" prints it',
  },
  projectId: {
    accepts: (text) => new RegExp(formats.projectId).test(text),
    allowed: '32 letters and digits, as the console shows them under "My Credentials"',
  },
} as const satisfies Partial<Record<keyof ImportedKeyProps, Rule<string>>>;

export function faultsOf(props: ImportedKeyProps): string[] {
  return [
    ...faultsOfIdentity(props),
    ...faultsOfForms(props),
    ...faultsOfValues(props),
    ...faultsOfExpiration(props),
    ...faultsOfTags(props.tags ?? {}, (text) => !Token.isUnresolved(text)),
    ...faultsOfRemoval(props),
    ...(props.checkEvery === undefined ? [] : faultsOfInterval(props.checkEvery)),
    ...(props.runtime === undefined ? [] : faultsOfRuntime(props.runtime)),
  ];
}

function faultsOfIdentity({
  alias,
  keyId,
  region,
  kmsEndpoint,
  ...others
}: ImportedKeyProps): string[] {
  const faults: string[] = [];
  if (alias === undefined && keyId === undefined) {
    faults.push(
      'neither alias nor keyId is given; give alias to have a key made, or keyId for an existing one',
    );
  }
  if (alias !== undefined && keyId !== undefined) {
    faults.push(
      'alias and keyId are given together; give alias to have a key made, or keyId for an existing one',
    );
  }
  if (region === undefined && kmsEndpoint === undefined) {
    faults.push(
      'neither region nor kmsEndpoint is given; give the region of the KMS, for example "ap-southeast-3", or "eu-de" of cloud "opentelekomcloud"',
    );
  }
  const given = keyId === undefined ? [] : keyProps.filter((name) => others[name] !== undefined);
  if (given.length > 0) {
    faults.push(
      `keyId names an existing key, which is not changed here; leave out ${given.join(', ')}`,
    );
  }
  return faults;
}

function faultsOfForms(props: ImportedKeyProps): string[] {
  return (Object.keys(rules) as (keyof typeof rules)[]).flatMap((name) => {
    const value = props[name];
    const { accepts, allowed }: Rule<string> = rules[name];
    return value === undefined || Token.isUnresolved(value) || accepts(value)
      ? []
      : [`${name} is "${value}"; allowed are ${allowed}`];
  });
}

function faultsOfValues(props: ImportedKeyProps): string[] {
  const faults = (Object.keys(allowedValues) as (keyof typeof allowedValues)[]).flatMap((name) => {
    const [value, allowed]: [string | undefined, readonly string[]] = [
      props[name],
      allowedValues[name],
    ];
    return value === undefined || Token.isUnresolved(value) || allowed.includes(value)
      ? []
      : [`${name} is "${value}"; allowed are ${allowed.map((one) => `"${one}"`).join(', ')}`];
  });
  const { description, pendingDays: days, keySpec = defaultKeySpec, keyUsage } = props;
  if (
    description !== undefined &&
    !Token.isUnresolved(description) &&
    !keyRules.description.accepts(description)
  ) {
    faults.push(
      `description has ${description.length} characters; allowed are ${keyRules.description.allowed}`,
    );
  }
  if (days !== undefined && !Token.isUnresolved(days) && !keyRules.pendingDays.accepts(days)) {
    faults.push(`pendingDays is ${days}; allowed is ${keyRules.pendingDays.allowed}`);
  }
  const usages: readonly string[] | undefined = tryFindKeySpec(keySpec)?.usages;
  if (
    usages !== undefined &&
    keyUsage !== undefined &&
    !Token.isUnresolved(keyUsage) &&
    !usages.includes(keyUsage)
  ) {
    const allowed = usages.map((one) => `"${one}"`).join(', ');
    faults.push(`keyUsage is "${keyUsage}"; allowed for ${keySpec} are ${allowed}`);
  }
  return faults;
}

function faultsOfExpiration({
  expiration,
  warnBefore,
  keySpec = defaultKeySpec,
}: ImportedKeyProps): string[] {
  const { expirationTime, validFor, renewBefore } = boundExpiration(expiration);
  const window = faultsOfRolling(
    { validFor: known(validFor), renewBefore: known(renewBefore) },
    rollingSpelling,
  ).map(({ message }) => message);
  return [
    ...(isAsymmetric(keySpec) && (validFor !== undefined || (expirationTime ?? never) !== never)
      ? [
          `expiration is ${validFor === undefined ? expirationTime : `rolling (${validFor})`}, but the material of an asymmetric key (${keySpec}) never expires; omit it, or give Expiration.never()`,
        ]
      : []),
    ...faultsOfParsing(expirationTime, (text) => parseExpirationTime(text, constructSpelling)),
    ...window,
    ...(warnBefore === undefined
      ? []
      : faultsOfWarning(warnBefore, window.length === 0 ? renewBefore : undefined)),
  ];
}

function faultsOfWarning(warnBefore: string, renewBefore: string | undefined): string[] {
  if (Token.isUnresolved(warnBefore)) {
    return [
      'warnBefore is a token; give a literal such as "14d", since the threshold of the alarm is computed from it',
    ];
  }
  const faults = faultsOfParsing(warnBefore, (text) => parseDuration(text, 'warnBefore'));
  return faults.length > 0 || isShorter(warnBefore, renewBefore)
    ? faults
    : [
        `warnBefore is "${warnBefore}", which is not shorter than renewBefore "${renewBefore}", so the alarm would ring before each renewal; give a shorter one`,
      ];
}

function known(text: string | undefined): string | undefined {
  return Token.isUnresolved(text) ? undefined : text;
}

/** True also if one of the two is not known. Known texts must be valid durations. */
function isShorter(text: string | undefined, than: string | undefined): boolean {
  return (
    text === undefined ||
    than === undefined ||
    Token.isUnresolved(text) ||
    Token.isUnresolved(than) ||
    parseDuration(text, 'duration') < parseDuration(than, 'duration')
  );
}

/** What `parse` says about a text; empty if it accepts the text. */
function faultsOfParsing(text: string | undefined, parse: (text: string) => unknown): string[] {
  if (text === undefined || Token.isUnresolved(text)) {
    return [];
  }
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!isByokError(error)) {
      throw error;
    }
    return [error.message];
  }
}

function faultsOfRemoval({
  keyId,
  removalPolicy,
  onDestroy,
  keyOnDestroy,
}: ImportedKeyProps): string[] {
  if (keyId !== undefined && onDestroy === 'delete_material') {
    return [deletionOfNamedKey];
  }
  if (removalPolicy === RemovalPolicy.SNAPSHOT) {
    return [
      'removalPolicy is "snapshot", and there are no snapshots of keys; allowed are RETAIN, RETAIN_ON_UPDATE_OR_DELETE and DESTROY',
    ];
  }
  const named = [
    ...(onDestroy === undefined || onDestroy === 'retain' ? [] : [`onDestroy "${onDestroy}"`]),
    ...(keyOnDestroy === undefined || keyOnDestroy === 'retain'
      ? []
      : [`keyOnDestroy "${keyOnDestroy}"`]),
  ];
  return removalPolicy === undefined ||
    removalPolicy === RemovalPolicy.DESTROY ||
    named.length === 0
    ? []
    : [
        `removalPolicy is "${removalPolicy}", under which ${named.join(' and ')} would never come to act; leave one or the other out`,
      ];
}

/** JavaScript and runners such as tsx check no types. */
function faultsOfRuntime(runtime: Runtime): string[] {
  const { family, name }: Partial<Runtime> = runtime;
  const [, version] = /^nodejs(\d+)\.x$/.exec(name ?? '') ?? [];
  return family === RuntimeFamily.NODEJS &&
    (Token.isUnresolved(name) || Number(version) >= oldestNode)
    ? []
    : [
        `runtime is "${name ?? runtime}"; allowed are those of Node.js ${oldestNode} and newer, such as Runtime.NODEJS_22_X`,
      ];
}

function faultsOfInterval(interval: Duration): string[] {
  if (interval.isUnresolved()) {
    return [];
  }
  const minutes = interval.toMinutes({ integral: false });
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= 24 * 60
    ? []
    : [`checkEvery is ${interval.toHumanString()}; allowed are whole minutes, from one to a day`];
}
