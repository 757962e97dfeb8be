/**
 * Which of the three logins counts. Exactly one: the provider block's own, or else the one in the
 * environment. A secret is completed from the environment only if the block names no other login.
 */
import { ByokError } from '../errors';
import { Secret } from '../secret';
import { type EnvironmentSetting, environmentVariables } from '../terms/connection';
import { plainSpelling, type Spelling } from '../terms/setting';

type Credentials =
  | { readonly kind: 'token'; readonly authToken: Secret }
  | {
      readonly kind: 'password';
      readonly userName: string;
      readonly password: Secret;
      readonly domainName: string;
    }
  | {
      readonly kind: 'access_key';
      readonly accessKey: string;
      readonly secretKey: Secret;
      readonly securityToken: Secret | undefined;
    };

/** As configured; an `Authenticator` turns it into requests. */
export type Login = Credentials & {
  /** What to check if it is refused: settings and environment variables, in words. */
  readonly names: string;
};

/** The parts of it that must not be shown. */
export function secretsOf(login: Login): string[] {
  const secrets =
    login.kind === 'token'
      ? [login.authToken]
      : login.kind === 'password'
        ? [login.password]
        : [login.secretKey, login.securityToken];
  return secrets.flatMap((secret) => secret?.revealText() ?? []);
}

export type LoginSetting =
  | 'authToken'
  | 'userName'
  | 'password'
  | 'domainName'
  | 'accessKey'
  | 'secretKey'
  | 'securityToken';

/** Clear text by setting; absent if not given. */
export type LoginValues = Readonly<Partial<Record<LoginSetting, string>>>;

/** Which variables we look at. */
export type Family = 'HW' | 'OS';

/** Thrown for a setting that neither the configuration nor the environment gives. */
export class MissingSetting extends ByokError {
  constructor(attribute: string, message: string) {
    super('ERR_CONFIGURATION', message, { attribute });
  }
}

interface Way {
  /** All of them are needed. */
  readonly parts: readonly [LoginSetting, ...LoginSetting[]];
  /**
   * Any of them selects this login. `domainName` selects none: users of the vendors' providers set
   * it beside an access key.
   */
  readonly marks: readonly LoginSetting[];
  /** @param part gives the value of a part, or throws that it is missing */
  credentials(
    part: (setting: LoginSetting) => string,
    values: LoginValues,
    nameOf: Spelling['name'],
  ): Credentials;
}

const ways: readonly Way[] = [
  {
    parts: ['authToken'],
    marks: ['authToken'],
    credentials: (part, _, nameOf) => ({
      kind: 'token',
      authToken: headerSecret(nameOf('authToken'), part('authToken')),
    }),
  },
  {
    parts: ['userName', 'password', 'domainName'],
    marks: ['userName', 'password'],
    credentials: (part) => ({
      kind: 'password',
      userName: part('userName'),
      password: Secret.fromText(part('password')),
      domainName: part('domainName'),
    }),
  },
  {
    parts: ['accessKey', 'secretKey'],
    marks: ['accessKey', 'secretKey', 'securityToken'],
    credentials: (part, { securityToken }, nameOf) => ({
      kind: 'access_key',
      accessKey: checkedAccessKey(part('accessKey'), nameOf('accessKey')),
      secretKey: Secret.fromText(part('secretKey').trim()),
      securityToken:
        securityToken === undefined
          ? undefined
          : headerSecret(nameOf('securityToken'), securityToken),
    }),
  },
];

/** What a refusal names. */
export interface Naming {
  readonly family: Family;
  /** @default as in this code */
  readonly spelling?: Spelling;
  /**
   * The variables of a setting that are set.
   * @default all that exist
   */
  readonly setNames?: (setting: LoginSetting) => readonly string[];
}

/**
 * @param given by the configuration
 * @param found in the environment
 * @throws ByokError ERR_CONFIGURATION if no login is given, only a part of one, or more than one
 */
export function chooseLogin(
  given: LoginValues,
  found: LoginValues,
  {
    family,
    spelling = plainSpelling,
    setNames = (setting) => environmentVariables[setting][family],
  }: Naming,
): Login {
  const naming = { family, spelling, setNames };
  const [way, ...rivals] = ways.filter(({ marks }) =>
    marks.some((name) => given[name] !== undefined),
  );
  if (way === undefined) {
    return loginOf(fromEnvironment({ ...found, ...given }, naming), { ...found, ...given }, naming);
  }
  if (rivals.length > 0) {
    const named = [way, ...rivals].flatMap(({ marks }) =>
      marks.filter((name) => given[name] !== undefined),
    );
    throw ambiguous(`${list(named.map(spelling.name))} are given together`);
  }
  return loginOf(way, complete(given, found), naming);
}

function fromEnvironment(
  found: LoginValues,
  { family, spelling, setNames }: Required<Naming>,
): Way {
  const [whole, ...rivals] = ways.filter((way) => isMeant(way, found));
  if (whole !== undefined && rivals.length > 0) {
    const named = [whole, ...rivals].map(({ marks }) =>
      marks.filter((mark) => found[mark] !== undefined).flatMap((mark) => setNames(mark)),
    );
    const logins = named.map(list);
    const wayOut =
      logins.length === 2
        ? `unset ${logins.join(', or unset ')}`
        : `unset all but one of these: ${logins.join('; ')}`;
    throw ambiguous(`${list(named.flat())} are set together`, wayOut);
  }
  const way = whole ?? ways.find(({ marks }) => marks.some((name) => found[name] !== undefined));
  if (way === undefined) {
    const { name, variables } = spelling;
    const choices = ways.map(({ parts }) =>
      variables(parts[0]) === 'never'
        ? list(parts.map(name))
        : `${list(parts.map(name))} (${list(variablesOf(parts, family))})`,
    );
    const place =
      variables('authToken') === 'never' ? '' : ', there or in these environment variables';
    const token = name('authToken');
    throw new MissingSetting(
      token,
      `${token} is not set, nor is any other login; give ${choices.join(', or ')}${place}`,
    );
  }
  return way;
}

/**
 * A secret means that this login is intended, even if its account is missing: we must not use
 * another one instead.
 */
function isMeant({ parts, marks }: Way, found: LoginValues): boolean {
  return parts.every((name) => found[name] !== undefined || !marks.includes(name));
}

/**
 * A security token belongs to the secret key that it was issued with, so both come from the same
 * place.
 */
function complete(given: LoginValues, found: LoginValues): LoginValues {
  const { securityToken: _, ...others } = found;
  return given.secretKey === undefined ? { ...found, ...given } : { ...others, ...given };
}

function loginOf(
  { parts, credentials }: Way,
  values: LoginValues,
  { family, spelling }: Required<Naming>,
): Login {
  const { name, variables } = spelling;
  const part = (setting: LoginSetting): string => {
    const value = values[setting];
    if (value === undefined) {
      const present = parts.filter((one) => values[one] !== undefined);
      const others: readonly LoginSetting[] = present.length === 0 ? ['securityToken'] : present;
      throw new MissingSetting(
        name(setting),
        `${name(setting)} is not set, although ${list(others.map(name))} ` +
          `${others.length < 2 ? 'is' : 'are'}; give it${placeOf(setting, family, spelling)}`,
      );
    }
    return value;
  };
  const inEnvironment =
    variables(parts[0]) === 'never'
      ? ''
      : `, or ${list(variablesOf(parts, family))} in the environment`;
  return { ...credentials(part, values, name), names: `${list(parts.map(name))}${inEnvironment}` };
}

/**
 * `$(cat token)` drops a line feed at the end and an editor adds one; it would break the request
 * header.
 */
function headerSecret(attribute: string, text: string): Secret {
  const trimmed = text.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw refusal(
      attribute,
      `${attribute} holds white space or control characters inside; give the token alone, on one line`,
    );
  }
  return Secret.fromText(trimmed);
}

function checkedAccessKey(text: string, attribute: string): string {
  const trimmed = text.trim();
  // If a secret key stands here by mistake, it may hold other characters, so the value is not
  // quoted.
  if (!/^[A-Za-z0-9_-]+$/.test(trimmed)) {
    throw refusal(
      attribute,
      `${attribute} holds characters other than letters and digits; give the access key id, not the secret key`,
    );
  }
  return trimmed;
}

function ambiguous(found: string, wayOut?: string): ByokError {
  const rule = 'give only one login, because it is not clear which one is meant';
  return new ByokError(
    'ERR_CONFIGURATION',
    `${found}; ${rule}${wayOut === undefined ? '' : `: ${wayOut}`}`,
  );
}

function refusal(attribute: string, message: string): ByokError {
  return new ByokError('ERR_CONFIGURATION', message, { attribute });
}

function variablesOf(parts: readonly LoginSetting[], family: Family): readonly string[] {
  return parts.map((setting) => environmentVariables[setting][family].join(' or '));
}

/** Where a setting can be given, to follow "give it". */
export function placeOf(
  setting: EnvironmentSetting,
  family: Family,
  { variables }: Spelling,
): string {
  const named = `in the environment variable ${environmentVariables[setting][family].join(' or ')}`;
  return { too: ` there or ${named}`, only: ` ${named}`, never: '' }[variables(setting)];
}

/** "a, b and c" */
function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
