/** Declarations by setting: one at least for each rule, and what the rules must let pass. */
import type { Declared, RuleName } from '../../lib/lifecycle/declaration';
import type { Setting } from '../../lib/terms/setting';
import type { FrontEndName } from './front-ends';

/** In place of a value that is not known yet. */
export const later = Symbol('later');

export interface Row {
  readonly what: string;
  /** What a declaration needs besides is added, unless it is undefined here. */
  readonly declared: Declared;
  /** Undefined: every front-end lets it pass. */
  readonly refused?: { readonly rule: RuleName; readonly setting: Setting };
  /** Front-ends that offer all settings of it, and cannot say this all the same: why. */
  readonly cannot?: { readonly [Name in FrontEndName]?: string };
}

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const secretInPlace = 'c2VjcmV0IHNlY3JldA==';

const oneObject = 'an expiry is one object';
const oneSource = 'a source is one object, which a method of its own makes';
const bySwitch = 'a switch has no value';

const sources = {
  ImportedKey: oneSource,
  hooks: oneSource,
} as const;

function refuses(
  setting: Setting,
  what: string,
  declared: Declared,
  {
    rule = setting,
    cannot = {},
  }: { readonly rule?: RuleName; readonly cannot?: Row['cannot'] } = {},
): Row {
  return { what: `${setting}: ${what}`, declared, refused: { rule, setting }, cannot };
}

const preWrapped = { importToken: later, encryptedKeyMaterial: later };
const tags = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'a']));

export const rows: readonly Row[] = [
  { what: 'nothing else', declared: {} },
  { what: 'a fixed expiry', declared: { expirationTime: '2100-01-31T00:00:00Z' } },
  { what: 'an expiry in epoch seconds', declared: { expirationTime: '10000000000' } },
  { what: 'no expiry', declared: { expirationTime: 'never' } },
  {
    what: 'the longest validity',
    declared: { validFor: '876000h', renewBefore: '36499d', warnBefore: '1d' },
  },
  { what: 'a pin', declared: { fingerprint: `sha256:${'0'.repeat(64)}` } },
  {
    what: 'a key with all that it may have',
    declared: {
      alias: 'a:/_-9',
      description: 'd'.repeat(255),
      keySpec: 'RSA_4096',
      keyUsage: 'ENCRYPT_DECRYPT',
      enabled: false,
      tags: { ...tags(19), owner: '' },
      pendingDays: 1096,
      cancelPendingDeletion: true,
      keyOnDestroy: 'retain',
    },
  },
  {
    what: 'all that may be allowed or not',
    declared: { allowInterruption: false, allowUnverifiedRenewal: true, allowWeakMaterial: true },
  },
  {
    what: 'values that are only known later',
    declared: {
      expirationTime: later,
      fingerprint: later,
      wrappingAlgorithm: later,
      onDestroy: later,
    },
  },
  {
    what: 'values of a key that are only known later',
    declared: {
      alias: later,
      description: later,
      keySpec: later,
      keyUsage: later,
      tags: { a: later },
    },
  },
  {
    what: 'a command of which a part is only known later',
    declared: { materialCommand: ['pass', later] },
  },
  { what: 'a private key', declared: { alias: 'k', keySpec: 'RSA_2048', materialEncoding: 'pem' } },
  { what: 'material that was wrapped elsewhere', declared: { ...preWrapped, materialVersion: 2 } },

  refuses('keyId', 'another form', { keyId: 'payments' }),
  refuses('keyId', 'an alias, too', { keyId, alias: 'payments' }, { rule: 'oneKey' }),
  refuses(
    'alias',
    'neither it nor a key id',
    { alias: undefined, keyId: undefined },
    {
      rule: 'oneKey',
      cannot: { ImportedKey: 'it cannot be built without either' },
    },
  ),
  refuses(
    'description',
    'of a key that exists',
    { keyId, description: 'cards' },
    {
      rule: 'keyOfItsOwn',
    },
  ),
  refuses('tags', 'of a key that exists', { keyId, tags: {} }, { rule: 'keyOfItsOwn' }),
  refuses('alias', 'a blank', { alias: 'my key' }),
  refuses('alias', 'of the service', { alias: 'evs/default' }),
  refuses('description', 'too long', { description: 'd'.repeat(256) }),
  refuses('keySpec', 'that cannot be imported', { keySpec: 'SM4' }),
  refuses('keyUsage', 'unknown', { keyUsage: 'WRAP' }),
  refuses('keyUsage', 'of another spec', { keySpec: 'EC_P256', keyUsage: 'ENCRYPT_DECRYPT' }),
  refuses('keyUsage', 'of the default spec', { keyUsage: 'SIGN_VERIFY' }),
  refuses('keyUsage', 'unknown, beside a spec that is known later', {
    keySpec: later,
    keyUsage: 'WRAP',
  }),
  refuses('enabled', 'neither true nor false', { enabled: 'yes' }),
  refuses('tags', 'too many', { tags: tags(21) }),
  refuses('tags', 'a name that is not allowed', { tags: { 'a*': 'b' } }),
  refuses('tags', 'a value that is not allowed', { tags: { owner: 'b'.repeat(44) } }),
  refuses(
    'tags',
    'no value',
    { tags: { owner: null } },
    {
      cannot: {
        'byok create-key': 'a tag of a flag has a value, which may be empty',
        'function of AWS': 'templates know no null',
      },
    },
  ),
  refuses(
    'tags',
    'a text',
    { tags: 'owner=me' },
    {
      cannot: {
        'byok create-key': 'each flag is one tag',
      },
    },
  ),
  refuses('pendingDays', 'too few', { pendingDays: 6 }),
  refuses('pendingDays', 'too many', { pendingDays: 1097 }),
  refuses('pendingDays', 'no whole number', { pendingDays: 7.5 }),
  refuses('cancelPendingDeletion', 'neither true nor false', { cancelPendingDeletion: 'maybe' }),
  refuses('keyOnDestroy', 'unknown', { keyOnDestroy: 'delete_material' }),
  refuses('expirationTime', 'no instant', { expirationTime: 'tomorrow' }),
  refuses('expirationTime', 'too late', { expirationTime: '10000000001' }),
  refuses('expirationTime', 'a day that there is not', { expirationTime: '2030-02-30T00:00:00Z' }),
  refuses('expirationTime', 'fractions of a second', { expirationTime: '2030-01-31T00:00:00.5Z' }),
  refuses('validFor', 'no duration', { validFor: 'a week', renewBefore: '1d' }),
  refuses('validFor', 'longer than the KMS takes', { validFor: '36501d', renewBefore: '1d' }),
  refuses('validFor', 'longer than a Date holds', { validFor: '999999999d', renewBefore: '1d' }),
  refuses('validFor', 'alone', { validFor: '90d' }, { rule: 'validForNeedsWindow' }),
  refuses('renewBefore', 'no duration', { validFor: '90d', renewBefore: '0d' }),
  refuses('renewBefore', 'alone', { renewBefore: '14d' }, { rule: 'windowNeedsValidFor' }),
  refuses(
    'renewBefore',
    'as long as the validity',
    { validFor: '9d', renewBefore: '216h' },
    {
      rule: 'windowWithinValidity',
    },
  ),
  refuses(
    'expirationTime',
    'a rolling one, too',
    { expirationTime: 'never', validFor: '9d', renewBefore: '1d' },
    {
      rule: 'oneExpiry',
      cannot: { ImportedKey: oneObject, hooks: oneObject, 'construct of AWS': oneObject },
    },
  ),
  refuses('warnBefore', 'no duration', { warnBefore: '2w' }),
  refuses('fingerprint', 'another form', { fingerprint: 'sha256:0' }),
  refuses('wrappingAlgorithm', 'unknown', { wrappingAlgorithm: 'SM2_ENCRYPT' }),
  refuses('onDestroy', 'unknown', { onDestroy: 'schedule_deletion' }),
  refuses(
    'allowInterruption',
    'neither',
    { allowInterruption: 'perhaps' },
    {
      cannot: { 'byok apply': bySwitch },
    },
  ),
  refuses(
    'allowUnverifiedRenewal',
    'neither',
    { allowUnverifiedRenewal: 1 },
    {
      cannot: { 'byok apply': bySwitch },
    },
  ),
  refuses(
    'allowWeakMaterial',
    'neither',
    { allowWeakMaterial: 'yes' },
    {
      cannot: { 'byok apply': bySwitch, 'byok import': bySwitch },
    },
  ),
  refuses('timeouts', 'no duration', { timeouts: { create: 'long' } }),
  refuses('materialFile', 'empty', { materialFile: '' }),
  refuses('materialEnv', 'no name', { materialEnv: secretInPlace }),
  refuses('materialPasswordEnv', 'no name', { materialPasswordEnv: secretInPlace }),
  refuses('materialCommand', 'empty', { materialCommand: [] }),
  refuses('materialCommand', 'an empty argument', { materialCommand: ['pass', ''] }),
  refuses('materialCommand', 'no text', { materialCommand: ['pass', null] }),
  refuses('wrapCommand', 'empty', { wrapCommand: [] }),
  refuses('wrapCommand', 'no list', { wrapCommand: 'wrap' }),
  refuses('materialEncoding', 'unknown', { materialEncoding: 'rot13' }),
  refuses(
    'materialEnv',
    'a file, too',
    { materialFile: 'k', materialEnv: 'K' },
    {
      rule: 'oneSource',
      cannot: sources,
    },
  ),
  refuses(
    'materialCommand',
    'a file, too',
    { materialFile: 'k', materialCommand: ['k'] },
    {
      rule: 'oneSource',
      cannot: sources,
    },
  ),
  refuses(
    'importToken',
    'alone',
    { importToken: later },
    {
      rule: 'tokenNeedsMaterial',
      cannot: { byok_key_material: 'its other half may be absent from a plan' },
    },
  ),
  refuses(
    'encryptedKeyMaterial',
    'alone',
    { encryptedKeyMaterial: later },
    {
      rule: 'materialNeedsToken',
      cannot: { byok_key_material: 'its other half may be absent from a plan' },
    },
  ),
  refuses(
    'encryptedPrivatekey',
    'alone',
    { encryptedPrivatekey: later },
    {
      rule: 'privateKeyNeedsBoth',
      cannot: { byok_key_material: 'the others may be absent from a plan' },
    },
  ),
  refuses(
    'encryptedPrivatekey',
    'beside a file',
    { materialFile: 'k', encryptedPrivatekey: later },
    {
      rule: 'privateKeyNeedsBoth',
      cannot: { ImportedKey: oneSource },
    },
  ),
  refuses(
    'materialVersion',
    'of a file',
    { materialFile: 'k', materialVersion: 1 },
    {
      rule: 'versionNeedsSource',
      cannot: { ImportedKey: oneSource },
    },
  ),
  refuses(
    'materialPasswordEnv',
    'a password, too',
    { materialPasswordEnv: 'P', materialPasswordValue: later },
    { rule: 'onePassword' },
  ),
  refuses(
    'fingerprint',
    'of wrapped material',
    { ...preWrapped, fingerprint: `sha256:${'0'.repeat(64)}` },
    {
      rule: 'pinOfPreWrapped',
    },
  ),
  refuses(
    'validFor',
    'of wrapped material',
    { ...preWrapped, validFor: '9d', renewBefore: '1d' },
    {
      rule: 'rollingOfPreWrapped',
    },
  ),
  refuses(
    'expirationTime',
    'of a private key',
    { alias: 'k', keySpec: 'RSA_2048', expirationTime: '2100-01-31T00:00:00Z' },
    { rule: 'expirationOfSpec' },
  ),
  refuses(
    'validFor',
    'of a private key',
    { alias: 'k', keySpec: 'EC_P384', validFor: '9d', renewBefore: '1d' },
    { rule: 'expirationOfSpec' },
  ),
  refuses(
    'materialEncoding',
    'of a private key',
    { alias: 'k', materialEncoding: 'pkcs12' },
    {
      rule: 'encodingOfSpec',
    },
  ),
  refuses(
    'materialPasswordEnv',
    'of a symmetric key',
    { alias: 'k', materialPasswordEnv: 'P' },
    {
      rule: 'passwordOfSpec',
    },
  ),
  refuses(
    'materialPassword',
    'of a symmetric key',
    { alias: 'k', materialPassword: 'field' },
    {
      rule: 'passwordOfSpec',
    },
  ),
  refuses(
    'encryptedPrivatekey',
    'of a symmetric key',
    { alias: 'k', ...preWrapped, encryptedPrivatekey: later },
    { rule: 'wrappedKeyOfSpec' },
  ),
  refuses(
    'encryptedPrivatekey',
    'missing',
    { alias: 'k', keySpec: 'EC_P256', ...preWrapped },
    {
      rule: 'wrappedKeyOfSpec',
    },
  ),
];
