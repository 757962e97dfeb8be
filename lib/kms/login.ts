/**
 * Which of the three logins counts. Exactly one: the provider block's own, else the one that the environment gives. A secret
 * is completed from the environment only where the block names no other way in.
 */
import { ByokError } from '../errors';
import { Secret } from '../secret';
import { environmentVariables } from '../terms/connection';

type Credentials =
  | { readonly kind: 'token'; readonly authToken: Secret }
  | { readonly kind: 'password'; readonly userName: string; readonly password: Secret; readonly domainName: string }
  | { readonly kind: 'access_key'; readonly accessKey: string; readonly secretKey: Secret; readonly securityToken: Secret | undefined };

/** As it is configured; what becomes of it at each request is the business of an `Authenticator`. */
export type Login = Credentials & {
  /** What to check when it is refused: attributes and environment variables, in words. */
  readonly names: string;
};

/** What of it nobody may read. */
export function secretsOf(login: Login): string[] {
  const secrets =
    login.kind === 'token' ? [login.authToken] : login.kind === 'password' ? [login.password] : [login.secretKey, login.securityToken];
  return secrets.flatMap((secret) => secret?.revealText() ?? []);
}

export type LoginAttribute = 'auth_token' | 'user_name' | 'password' | 'domain_name' | 'access_key' | 'secret_key' | 'security_token';

/** Clear text by attribute; absent when it is not given. */
export type LoginValues = Readonly<Partial<Record<LoginAttribute, string>>>;

/** Which variables are looked at. */
export type Family = 'HW' | 'OS';

/** Of a setting that neither the configuration nor the environment gives. */
export class MissingSetting extends ByokError {
  constructor(attribute: string, message: string) {
    super('ERR_CONFIGURATION', message, { attribute });
  }
}

interface Way {
  /** All of them are needed. */
  readonly parts: readonly [LoginAttribute, ...LoginAttribute[]];
  /** Any of them chooses this way. `domain_name` chooses none: users of the vendors' providers set it beside an access key. */
  readonly marks: readonly LoginAttribute[];
  /** @param part gives the value of a part, or throws that it is missing */
  credentials(part: (attribute: LoginAttribute) => string, values: LoginValues): Credentials;
}

const ways: readonly Way[] = [
  {
    parts: ['auth_token'],
    marks: ['auth_token'],
    credentials: (part) => ({ kind: 'token', authToken: headerSecret('auth_token', part('auth_token')) }),
  },
  {
    parts: ['user_name', 'password', 'domain_name'],
    marks: ['user_name', 'password'],
    credentials: (part) => ({
      kind: 'password',
      userName: part('user_name'),
      password: Secret.fromText(part('password')),
      domainName: part('domain_name'),
    }),
  },
  {
    parts: ['access_key', 'secret_key'],
    marks: ['access_key', 'secret_key', 'security_token'],
    credentials: (part, { security_token: securityToken }) => ({
      kind: 'access_key',
      accessKey: checkedAccessKey(part('access_key')),
      secretKey: Secret.fromText(part('secret_key').trim()),
      securityToken: securityToken === undefined ? undefined : headerSecret('security_token', securityToken),
    }),
  },
];

/**
 * @param given by the configuration
 * @param found in the environment
 * @param setNames the variables behind an attribute that are set
 * @throws ByokError ERR_CONFIGURATION when no login is given, only a part of one, or more than one
 */
export function chooseLogin(
  given: LoginValues,
  found: LoginValues,
  family: Family,
  setNames: (attribute: LoginAttribute) => readonly string[] = (attribute) => environmentVariables[attribute][family],
): Login {
  const [way, ...rivals] = ways.filter(({ marks }) => marks.some((name) => given[name] !== undefined));
  if (way === undefined) {
    return loginOf(fromEnvironment({ ...found, ...given }, family, setNames), { ...found, ...given }, family);
  }
  if (rivals.length > 0) {
    const named = [way, ...rivals].flatMap(({ marks }) => marks.filter((name) => given[name] !== undefined));
    throw ambiguous(`${list(named)} are given together`);
  }
  return loginOf(way, complete(given, found), family);
}

function fromEnvironment(found: LoginValues, family: Family, setNames: (attribute: LoginAttribute) => readonly string[]): Way {
  const [whole, ...rivals] = ways.filter((way) => isMeant(way, found));
  if (whole !== undefined && rivals.length > 0) {
    const named = [whole, ...rivals].map(({ marks }) =>
      marks.filter((mark) => found[mark] !== undefined).flatMap((mark) => setNames(mark)),
    );
    const logins = named.map(list);
    const wayOut = logins.length === 2 ? `unset ${logins.join(', or unset ')}` : `unset all but one of these: ${logins.join('; ')}`;
    throw ambiguous(`${list(named.flat())} are set together`, wayOut);
  }
  const way = whole ?? ways.find(({ marks }) => marks.some((name) => found[name] !== undefined));
  if (way === undefined) {
    const choices = ways.map(({ parts }) => `${list(parts)} (${list(parts.map((name) => variables(name, family)))})`);
    throw new MissingSetting(
      'auth_token',
      `auth_token is not set, nor is any other login; give ${choices.join(', or ')}, there or in these environment variables`,
    );
  }
  return way;
}

/** With its secret a login is meant, although the account that it needs may be missing: another one must not be taken in its place. */
function isMeant({ parts, marks }: Way, found: LoginValues): boolean {
  return parts.every((name) => found[name] !== undefined || !marks.includes(name));
}

/** A security token belongs to the secret key that it was issued with, so both come from the same place. */
function complete(given: LoginValues, found: LoginValues): LoginValues {
  const { security_token: _, ...others } = found;
  return given.secret_key === undefined ? { ...found, ...given } : { ...others, ...given };
}

function loginOf({ parts, credentials }: Way, values: LoginValues, family: Family): Login {
  const part = (attribute: LoginAttribute): string => {
    const value = values[attribute];
    if (value === undefined) {
      const others = parts.filter((name) => values[name] !== undefined);
      throw new MissingSetting(
        attribute,
        `${attribute} is not set, although ${list(others.length === 0 ? ['security_token'] : others)} ${others.length < 2 ? 'is' : 'are'}; give it there or in the environment variable ${variables(attribute, family)}`,
      );
    }
    return value;
  };
  const names = `${list(parts)}, or ${list(parts.map((name) => variables(name, family)))} in the environment`;
  return { ...credentials(part, values), names };
}

/** A line feed at the end, as `$(cat token)` drops it and an editor adds it, would break the request header. */
function headerSecret(attribute: LoginAttribute, text: string): Secret {
  const trimmed = text.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw refusal(attribute, `${attribute} holds white space or control characters inside; give the token alone, on one line`);
  }
  return Secret.fromText(trimmed);
}

function checkedAccessKey(text: string): string {
  const trimmed = text.trim();
  // A secret key that stands here by mistake may hold more: so it is not quoted.
  if (!/^[A-Za-z0-9_-]+$/.test(trimmed)) {
    throw refusal('access_key', 'access_key holds other characters than letters and digits; give the access key id, not the secret key');
  }
  return trimmed;
}

function ambiguous(found: string, wayOut?: string): ByokError {
  const rule = 'give one login only, since nobody can tell which one is meant';
  return new ByokError('ERR_CONFIGURATION', `${found}; ${rule}${wayOut === undefined ? '' : `: ${wayOut}`}`);
}

function refusal(attribute: LoginAttribute, message: string): ByokError {
  return new ByokError('ERR_CONFIGURATION', message, { attribute });
}

function variables(attribute: LoginAttribute, family: Family): string {
  return environmentVariables[attribute][family].join(' or ');
}

/** "a, b and c" */
function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
