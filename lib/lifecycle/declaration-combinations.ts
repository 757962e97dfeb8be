/** Which settings of a declaration go together, and which exclude each other. Pure. */
import { never } from '../terms/expiration-time';
import { defaultKeySpec, isAsymmetric, keyUsages, tryFindKeySpec } from '../terms/kms';
import { keySettings, type Setting, type Spelling, sourceSettings } from '../terms/setting';
import { shownOf } from '../terms/shown-value';
import { lengthOf } from './declaration-values';

/** What a rule sees of the declaration. */
interface Seen {
  readonly given: (setting: Setting) => boolean;
  /** Not known yet, and may turn out to be none. */
  readonly isOpen: (setting: Setting) => boolean;
  /** Undefined unless it is known, and a value that its setting may have. */
  readonly known: (setting: Setting) => unknown;
  readonly mayBeGiven: (setting: Setting) => boolean;
  readonly words: Spelling;
}

interface Found {
  /** The one to change. */
  readonly setting: Setting;
  readonly message: string;
}

export type Combination = (seen: Seen) => readonly Found[];

const bothOfPreWrapped = 'material that was wrapped elsewhere needs both';
const bothOfRolling = 'a rolling expiry needs both, for example "90d" and "14d"';

export const combinationRules = {
  oneKey: ({ given, isOpen, words: { name } }) => {
    const [alias, keyId] = [name('alias'), name('keyId')];
    const advice = `give ${alias} to have a key made, or ${keyId} for an existing one`;
    return given('alias') && given('keyId')
      ? found('keyId', `${alias} and ${keyId} are given together; ${advice}`)
      : given('alias') || given('keyId') || isOpen('alias') || isOpen('keyId')
        ? []
        : found('alias', `neither ${alias} nor ${keyId} is given; ${advice}`);
  },
  keyOfItsOwn: ({ given, words: { name } }) => {
    const ofKey = ownSettings.filter(given);
    const [first] = ofKey;
    return first === undefined || !given('keyId')
      ? []
      : found(
          first,
          `${name('keyId')} names an existing key, which is not changed here; leave out ${ofKey.map(name).join(', ')}`,
        );
  },
  keyUsage: (seen) => {
    const [spec, usage] = [specOf(seen), seen.known('keyUsage')];
    const usages: readonly unknown[] = tryFindKeySpec(spec ?? '')?.usages ?? keyUsages;
    return usage === undefined || usages.includes(usage)
      ? []
      : found(
          'keyUsage',
          `${seen.words.name('keyUsage')} is ${shownOf(usage, 'keyUsage')}; allowed ${spec === undefined ? '' : `for ${spec} `}are ${usages.map((one) => `"${one}"`).join(', ')}`,
        );
  },
  oneSource: ({ given, words: { name } }) => {
    const sources = sourceSettings.filter(given);
    const [, second] = sources;
    return second === undefined
      ? []
      : found(
          second,
          `${sources.map(name).join(' and ')} are given together; allowed is one source of the material`,
        );
  },
  tokenNeedsMaterial: needs('importToken', ['encryptedKeyMaterial'], bothOfPreWrapped),
  materialNeedsToken: needs('encryptedKeyMaterial', ['importToken'], bothOfPreWrapped),
  privateKeyNeedsBoth: needs(
    'encryptedPrivatekey',
    ['importToken', 'encryptedKeyMaterial'],
    'material that was wrapped elsewhere needs all three',
  ),
  versionNeedsSource: needs(
    'materialVersion',
    ['material', 'importToken'],
    'it counts changes of those, so leave it out',
  ),
  validForNeedsWindow: needs('validFor', ['renewBefore'], bothOfRolling),
  windowNeedsValidFor: needs('renewBefore', ['validFor'], bothOfRolling),
  oneExpiry: excludes(
    'expirationTime',
    'validFor',
    'allowed is one: a fixed expiry, or a rolling one',
  ),
  onePassword: excludes('materialPasswordEnv', 'materialPasswordValue', 'allowed is one'),
  pinOfPreWrapped: excludes(
    'fingerprint',
    'importToken',
    'material that was wrapped elsewhere cannot be compared with a pin before the import: leave the pin out',
  ),
  rollingOfPreWrapped: excludes(
    'validFor',
    'importToken',
    'material that was wrapped elsewhere cannot be renewed here: give a fixed expiry, or another source',
  ),
  windowWithinValidity: ({ known, words: { name } }) => {
    const [validFor, renewBefore] = [known('validFor'), known('renewBefore')];
    return validFor === undefined ||
      renewBefore === undefined ||
      lengthOf(renewBefore) < lengthOf(validFor)
      ? []
      : found(
          'renewBefore',
          `${name('renewBefore')} is "${renewBefore}", which is not shorter than ${name('validFor')} "${validFor}", so the material would be renewed again and again; give a shorter one`,
        );
  },
  expirationOfSpec: (seen) => {
    const { words, given, known } = seen;
    const spec = asymmetric(seen);
    const setting: Setting = given('validFor') ? 'validFor' : 'expirationTime';
    const value = known(setting);
    return spec === undefined || value === undefined || value === never
      ? []
      : found(
          setting,
          `${words.name(setting)} is ${shownOf(value, setting)}, but the material of an asymmetric key (${spec}) never expires; leave it out, or give ${words.never ?? `"${never}"`}`,
        );
  },
  encodingOfSpec: (seen) => {
    const [spec, encoding] = [symmetric(seen), seen.known('materialEncoding')];
    return spec === undefined || !privateKeyEncodings.includes(encoding)
      ? []
      : found(
          'materialEncoding',
          `${seen.words.name('materialEncoding')} is "${encoding}", which holds a private key, but ${spec} is symmetric; allowed are "base64", "hex" and "raw", or give an asymmetric ${seen.words.name('keySpec')}`,
        );
  },
  passwordOfSpec: (seen) => {
    const spec = symmetric(seen);
    const setting = passwordSettings.find(seen.given);
    return spec === undefined || setting === undefined
      ? []
      : found(
          setting,
          `${seen.words.name(setting)} is given, as only private keys have one, but ${spec} is symmetric; leave it out, or give an asymmetric ${seen.words.name('keySpec')}`,
        );
  },
  wrappedKeyOfSpec: (seen) => {
    const { given, isOpen, words } = seen;
    const [without, needing] = [symmetric(seen), asymmetric(seen)];
    const privateKey = words.name('encryptedPrivatekey');
    return without !== undefined && given('encryptedPrivatekey')
      ? found(
          'encryptedPrivatekey',
          `${privateKey} is given, but ${without} is symmetric; leave it out, or give an asymmetric ${words.name('keySpec')}`,
        )
      : needing !== undefined &&
          given('importToken') &&
          !given('encryptedPrivatekey') &&
          !isOpen('encryptedPrivatekey')
        ? found(
            'encryptedPrivatekey',
            `${privateKey} is not given, but ${needing} is asymmetric; give the private key, wrapped with the intermediate key`,
          )
        : [];
  },
} as const satisfies Readonly<Record<string, Combination>>;

/** What only a key that is made here has. */
const ownSettings: readonly Setting[] = [
  ...keySettings.filter((setting) => setting !== 'alias'),
  'enterpriseProjectId',
];

/** Encodings of private keys, which symmetric keys do not have. */
const privateKeyEncodings: readonly unknown[] = ['pem', 'der', 'pkcs12'];

const passwordSettings: readonly Setting[] = [
  'materialPassword',
  'materialPasswordEnv',
  'materialPasswordValue',
];

const preWrapped: readonly Setting[] = [
  'importToken',
  'encryptedKeyMaterial',
  'encryptedPrivatekey',
];

function found(setting: Setting, message: string): readonly Found[] {
  return [{ setting, message }];
}

/** One of the others must be there, too. */
function needs(setting: Setting, others: readonly Setting[], advice: string): Combination {
  return ({ given, isOpen, mayBeGiven, words: { name } }) => {
    const sources = sourceSettings.filter(given);
    // A source stays possible only if no other is given.
    const isPossible = (other: Setting) => {
      const source: Setting = preWrapped.includes(other) ? 'importToken' : other;
      return isOpen(other) || (mayBeGiven(other) && sources.every((one) => one === source));
    };
    return !given(setting) || others.some((other) => given(other) || isPossible(other))
      ? []
      : found(
          setting,
          `${name(setting)} is given without ${others.map(name).join(' or ')}; ${advice}`,
        );
  };
}

function excludes(setting: Setting, other: Setting, advice: string): Combination {
  return ({ given, words: { name } }) =>
    given(setting) && given(other)
      ? found(setting, `${name(setting)} and ${name(other)} are given together; ${advice}`)
      : [];
}

/** Undefined while it is not known. */
function specOf({ given, isOpen, known }: Seen): string | undefined {
  const spec = given('keySpec') || isOpen('keySpec') ? known('keySpec') : defaultKeySpec;
  return typeof spec === 'string' ? spec : undefined;
}

/** The spec of a key that is made here; that of another one is not known. */
function asymmetric(seen: Seen): string | undefined {
  const spec = seen.given('alias') ? specOf(seen) : undefined;
  return spec !== undefined && isAsymmetric(spec) ? spec : undefined;
}

function symmetric(seen: Seen): string | undefined {
  const spec = seen.given('alias') ? specOf(seen) : undefined;
  return spec !== undefined && !isAsymmetric(spec) ? spec : undefined;
}
