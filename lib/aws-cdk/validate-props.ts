/**
 * What is wrong with the properties of an `ImportedKey`, one sentence each. Tokens pass:
 * the handler checks their values.
 */

import { type Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib/core';
import { faultsOf as faultsOfDeclared } from '../lifecycle/declaration';
import { parseDuration } from '../terms/duration';
import { formats } from '../terms/kms';
import { shownOf } from '../terms/shown-value';
import type { ImportedKeyProps } from './imported-key-props';
import { declaredIn, deletionOfNamedKey, type KeyProperties, spelling } from './key-properties';

/** The function is built for this version of Node.js and newer. */
const oldestNode = 20;

/** @param properties what of them the handler is sent */
export function faultsOf(props: ImportedKeyProps, properties: KeyProperties): string[] {
  const { warnBefore, checkEvery, runtime } = props;
  const isKnown = (value: unknown) => !Token.isUnresolved(value);
  const ofDeclaration = faultsOfDeclared(declaredIn(properties), { words: spelling, isKnown });
  const wrong = ofDeclaration.map(({ setting }) => setting);
  return [
    ...ofDeclaration.map(({ message }) => message),
    ...faultsOfPlace(props),
    ...(wrong.includes('warnBefore') || wrong.includes('renewBefore')
      ? []
      : faultsOfWarning(warnBefore, properties.renewBefore)),
    ...faultsOfRemoval(props),
    ...(checkEvery === undefined ? [] : faultsOfInterval(checkEvery)),
    ...(runtime === undefined ? [] : faultsOfRuntime(runtime)),
  ];
}

function faultsOfPlace({ region, kmsEndpoint, projectId }: ImportedKeyProps): string[] {
  return [
    ...(region === undefined && kmsEndpoint === undefined
      ? [
          'neither region nor kmsEndpoint is given; give the region of the KMS, for example "ap-southeast-3", or "eu-de" of cloud "opentelekomcloud"',
        ]
      : []),
    ...(projectId === undefined ||
    Token.isUnresolved(projectId) ||
    new RegExp(formats.projectId).test(projectId)
      ? []
      : [
          `projectId is ${shownOf(projectId, 'projectId')}; allowed are 32 letters and digits, as the console shows them under "My Credentials"`,
        ]),
  ];
}

/** Of durations, as far as they are known. */
function faultsOfWarning(
  warnBefore: string | undefined,
  renewBefore: string | undefined,
): string[] {
  if (Token.isUnresolved(warnBefore)) {
    return [
      'warnBefore is a token; give a literal such as "14d", since the threshold of the alarm is computed from it',
    ];
  }
  return warnBefore === undefined ||
    renewBefore === undefined ||
    Token.isUnresolved(renewBefore) ||
    parseDuration(warnBefore, 'warnBefore') < parseDuration(renewBefore, 'renewBefore')
    ? []
    : [
        `warnBefore is "${warnBefore}", which is not shorter than renewBefore "${renewBefore}", so the alarm would ring before each renewal; give a shorter one`,
      ];
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
