import { chooseLogin, type Login, type LoginValues } from '../../lib/kms/login';

const token = { authToken: 'token-1' };
const password = { userName: 'deployer', password: 'hunter2', domainName: 'OTC1' };
const accessKey = { accessKey: 'AK1', secretKey: 'secret-1' };
const temporary = { ...accessKey, securityToken: 'security-1' };

/** With the secrets in clear. */
function revealed(login: Login): object {
  switch (login.kind) {
    case 'token':
      return { authToken: login.authToken.revealText() };
    case 'password':
      return {
        userName: login.userName,
        password: login.password.revealText(),
        domainName: login.domainName,
      };
    case 'access_key': {
      const permanent = { accessKey: login.accessKey, secretKey: login.secretKey.revealText() };
      return login.securityToken === undefined
        ? permanent
        : { ...permanent, securityToken: login.securityToken.revealText() };
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
  [{ userName: 'deployer' }, { ...password, userName: 'other', ...token }, password],
  [{ accessKey: 'AK1' }, temporary, temporary],
  [{ domainName: 'OTC1' }, { ...password, domainName: 'other' }, password],
  // A security token belongs to the secret key beside it.
  [accessKey, temporary, accessKey],
  // An account name beside an access key means nothing, as with the vendors' providers.
  [{ ...accessKey, domainName: 'OTC1' }, {}, accessKey],
  // Half a login in the environment does not get in the way of a whole one.
  [{}, { ...token, accessKey: 'AK1', userName: 'deployer' }, token],
])('of %j in the block and %j in the environment, %j counts', (given, found, login) => {
  expect(revealed(chooseLogin(given, found, { family: 'HW' }))).toEqual(login);
});

test.each<[LoginValues, LoginValues, string]>([
  [
    { ...token, ...password },
    {},
    'authToken, userName and password are given together; give only one login',
  ],
  [{ accessKey: 'AK1', authToken: 'token-1' }, {}, 'authToken and accessKey are given together'],
  [
    {},
    { ...token, ...accessKey },
    'HW_AUTH_TOKEN, HW_ACCESS_KEY and HW_SECRET_KEY are set together; give only one login, because it is not clear which one is meant: unset HW_AUTH_TOKEN, or unset HW_ACCESS_KEY and HW_SECRET_KEY',
  ],
  // As a federated login leaves them.
  [
    {},
    { ...token, ...temporary },
    'unset HW_AUTH_TOKEN, or unset HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN',
  ],
  [
    {},
    { ...token, ...password, ...accessKey },
    'unset all but one of these: HW_AUTH_TOKEN; HW_USER_NAME and HW_USER_PASSWORD; HW_ACCESS_KEY and HW_SECRET_KEY',
  ],
  // A password without its account is a login that somebody meant.
  [
    {},
    { userName: 'deployer', password: 'hunter2', ...accessKey },
    'unset HW_USER_NAME and HW_USER_PASSWORD, or unset HW_ACCESS_KEY and HW_SECRET_KEY',
  ],
  [
    {},
    { userName: 'deployer', password: 'hunter2', ...token },
    'unset HW_AUTH_TOKEN, or unset HW_USER_NAME and HW_USER_PASSWORD',
  ],
  [
    { domainName: 'OTC1' },
    { userName: 'deployer', password: 'hunter2', ...token },
    'unset HW_AUTH_TOKEN, or',
  ],
])('refuses %j with %j: more than one way in', (given, found, message) => {
  expect(() => chooseLogin(given, found, { family: 'HW' })).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIGURATION',
      message: expect.stringContaining(message),
    }),
  );
});

test.each<[LoginValues, string, string]>([
  [
    { userName: 'deployer', domainName: 'OTC1' },
    'password',
    'password is not set, although userName and domainName are; give it there or in the environment variable OS_PASSWORD',
  ],
  [
    { userName: 'deployer', password: 'hunter2' },
    'domainName',
    'OS_USER_DOMAIN_NAME or OS_PROJECT_DOMAIN_NAME or OS_DOMAIN_NAME',
  ],
  [
    { accessKey: 'AK1' },
    'secretKey',
    'secretKey is not set, although accessKey is; give it there or in the environment variable OS_SECRET_KEY',
  ],
  [{ secretKey: 'secret-1' }, 'accessKey', 'OS_ACCESS_KEY'],
  [{ securityToken: 'security-1' }, 'accessKey', 'although securityToken is'],
])('refuses %j, a part of a login, wherever it stands', (part, attribute, message) => {
  const refused = expect.objectContaining({
    code: 'ERR_CONFIGURATION',
    attribute,
    message: expect.stringContaining(message),
  });
  expect(() => chooseLogin(part, {}, { family: 'OS' })).toThrow(refused);
  expect(() => chooseLogin({}, part, { family: 'OS' })).toThrow(refused);
  expect(() => chooseLogin(part, {}, { family: 'OS' })).not.toThrow(/hunter2|secret-1|security-1/);
});

test('no login at all is one sentence that names every way in, and the variables tried', () => {
  expect(() => chooseLogin({}, {}, { family: 'HW' })).toThrow(
    expect.objectContaining({
      attribute: 'authToken',
      message:
        'authToken is not set, nor is any other login; give authToken (HW_AUTH_TOKEN), or userName, password and domainName (HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME), or accessKey and secretKey (HW_ACCESS_KEY and HW_SECRET_KEY), there or in these environment variables',
    }),
  );
  expect(() => chooseLogin({}, {}, { family: 'OS' })).toThrow(/OS_AUTH_TOKEN or OS_TOKEN/);
});

test('drops the line feed at the end of a secret from a file, and shows none that is broken', () => {
  expect(
    revealed(chooseLogin({ accessKey: 'AK1\n', secretKey: 'secret-1\n' }, {}, { family: 'HW' })),
  ).toEqual(accessKey);
  for (const values of [
    { authToken: 'tok en' },
    { ...accessKey, securityToken: 'sec\nurity' },
    { accessKey: 'tok/en', secretKey: 's' },
  ]) {
    expect(() => chooseLogin(values, {}, { family: 'HW' })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION' }),
    );
    expect(() => chooseLogin(values, {}, { family: 'HW' })).not.toThrow(/tok.en|sec\nurity/);
  }
});

test('a password is taken as it is', () => {
  const given = { ...password, password: ' p ä"\n' };
  expect(revealed(chooseLogin(given, {}, { family: 'HW' }))).toEqual(given);
});
