import { chooseLogin, type Login, type LoginValues } from '../../lib/kms/login';

const token = { auth_token: 'token-1' };
const password = { user_name: 'deployer', password: 'hunter2', domain_name: 'OTC1' };
const accessKey = { access_key: 'AK1', secret_key: 'secret-1' };
const temporary = { ...accessKey, security_token: 'security-1' };

/** With the secrets in clear. */
function revealed(login: Login): object {
  switch (login.kind) {
    case 'token':
      return { auth_token: login.authToken.revealText() };
    case 'password':
      return { user_name: login.userName, password: login.password.revealText(), domain_name: login.domainName };
    case 'access_key': {
      const permanent = { access_key: login.accessKey, secret_key: login.secretKey.revealText() };
      return login.securityToken === undefined ? permanent : { ...permanent, security_token: login.securityToken.revealText() };
    }
  }
}

test.each<[LoginValues, LoginValues, LoginValues]>([
  [token, {}, token],
  [{}, password, password],
  [{}, temporary, temporary],
  // What the block names wins over another way in the environment.
  [token, temporary, token],
  [password, token, password],
  [accessKey, { ...token, ...password }, accessKey],
  // Parts of one way may stand in different places.
  [{ user_name: 'deployer' }, { ...password, user_name: 'other', ...token }, password],
  [{ access_key: 'AK1' }, temporary, temporary],
  [{ domain_name: 'OTC1' }, { ...password, domain_name: 'other' }, password],
  // A security token belongs to the secret key beside it.
  [accessKey, temporary, accessKey],
  // An account name beside an access key means nothing, as with the vendors' providers.
  [{ ...accessKey, domain_name: 'OTC1' }, {}, accessKey],
  // Half a login in the environment does not get in the way of a whole one.
  [{}, { ...token, access_key: 'AK1', user_name: 'deployer' }, token],
])('of %j in the block and %j in the environment, %j counts', (given, found, login) => {
  expect(revealed(chooseLogin(given, found, 'HW'))).toEqual(login);
});

test.each<[LoginValues, LoginValues, string]>([
  [{ ...token, ...password }, {}, 'auth_token, user_name and password are given together; give one login only'],
  [{ access_key: 'AK1', auth_token: 'token-1' }, {}, 'auth_token and access_key are given together'],
  [
    {},
    { ...token, ...accessKey },
    'HW_AUTH_TOKEN, HW_ACCESS_KEY and HW_SECRET_KEY are set together; give one login only, since nobody can tell which one is meant: unset HW_AUTH_TOKEN, or unset HW_ACCESS_KEY and HW_SECRET_KEY',
  ],
  // As a federated login leaves them.
  [{}, { ...token, ...temporary }, 'unset HW_AUTH_TOKEN, or unset HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN'],
  [
    {},
    { ...token, ...password, ...accessKey },
    'unset all but one of these: HW_AUTH_TOKEN; HW_USER_NAME and HW_USER_PASSWORD; HW_ACCESS_KEY and HW_SECRET_KEY',
  ],
  // A password without its account is a login that somebody meant.
  [
    {},
    { user_name: 'deployer', password: 'hunter2', ...accessKey },
    'unset HW_USER_NAME and HW_USER_PASSWORD, or unset HW_ACCESS_KEY and HW_SECRET_KEY',
  ],
  [{}, { user_name: 'deployer', password: 'hunter2', ...token }, 'unset HW_AUTH_TOKEN, or unset HW_USER_NAME and HW_USER_PASSWORD'],
  [{ domain_name: 'OTC1' }, { user_name: 'deployer', password: 'hunter2', ...token }, 'unset HW_AUTH_TOKEN, or'],
])('refuses %j with %j: more than one way in', (given, found, message) => {
  expect(() => chooseLogin(given, found, 'HW')).toThrow(
    expect.objectContaining({ code: 'ERR_CONFIGURATION', message: expect.stringContaining(message) }),
  );
});

test.each<[LoginValues, string, string]>([
  [
    { user_name: 'deployer', domain_name: 'OTC1' },
    'password',
    'password is not set, although user_name and domain_name are; give it there or in the environment variable OS_PASSWORD',
  ],
  [{ user_name: 'deployer', password: 'hunter2' }, 'domain_name', 'OS_USER_DOMAIN_NAME or OS_PROJECT_DOMAIN_NAME or OS_DOMAIN_NAME'],
  [
    { access_key: 'AK1' },
    'secret_key',
    'secret_key is not set, although access_key is; give it there or in the environment variable OS_SECRET_KEY',
  ],
  [{ secret_key: 'secret-1' }, 'access_key', 'OS_ACCESS_KEY'],
  [{ security_token: 'security-1' }, 'access_key', 'although security_token is'],
])('refuses %j, a part of a login, wherever it stands', (part, attribute, message) => {
  const refused = expect.objectContaining({ code: 'ERR_CONFIGURATION', attribute, message: expect.stringContaining(message) });
  expect(() => chooseLogin(part, {}, 'OS')).toThrow(refused);
  expect(() => chooseLogin({}, part, 'OS')).toThrow(refused);
  expect(() => chooseLogin(part, {}, 'OS')).not.toThrow(/hunter2|secret-1|security-1/);
});

test('no login at all is one sentence that names every way in, and the variables tried', () => {
  expect(() => chooseLogin({}, {}, 'HW')).toThrow(
    expect.objectContaining({
      attribute: 'auth_token',
      message:
        'auth_token is not set, nor is any other login; give auth_token (HW_AUTH_TOKEN), or user_name, password and domain_name (HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME), or access_key and secret_key (HW_ACCESS_KEY and HW_SECRET_KEY), there or in these environment variables',
    }),
  );
  expect(() => chooseLogin({}, {}, 'OS')).toThrow(/OS_AUTH_TOKEN or OS_TOKEN/);
});

test('drops the line feed at the end of a secret from a file, and shows none that is broken', () => {
  expect(revealed(chooseLogin({ access_key: 'AK1\n', secret_key: 'secret-1\n' }, {}, 'HW'))).toEqual(accessKey);
  for (const values of [
    { auth_token: 'tok en' },
    { ...accessKey, security_token: 'sec\nurity' },
    { access_key: 'tok/en', secret_key: 's' },
  ]) {
    expect(() => chooseLogin(values, {}, 'HW')).toThrow(expect.objectContaining({ code: 'ERR_CONFIGURATION' }));
    expect(() => chooseLogin(values, {}, 'HW')).not.toThrow(/tok.en|sec\nurity/);
  }
});

test('a password is taken as it is', () => {
  const given = { ...password, password: ' p ä"\n' };
  expect(revealed(chooseLogin(given, {}, 'HW'))).toEqual(given);
});
