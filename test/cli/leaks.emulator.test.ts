/**
 * Every command that takes secrets, with every login: when it works, when it fails, and when the
 * other side sends back what it got.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getParameters, wrapMaterial } from '../emulator/external-key';
import { filesBelow } from '../support/leak-scanner';
import {
  clearPem,
  ecKey,
  encryptedPem,
  pkcs12,
  randomPassword,
  type SecretFile,
} from '../support/private-keys';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy';
import { ByokAmongSecrets } from './byok-among-secrets';
import type { ByokAndEmulator, RunOptions } from './byok-and-emulator';

let among: ByokAmongSecrets;
let byok: ByokAndEmulator;
let proxy: RecordingProxy;

beforeAll(async () => {
  among = await ByokAmongSecrets.start();
  byok = among.byok;
  proxy = await startRecordingProxy(byok.emulator.url);
});

afterAll(async () => {
  await proxy.close();
  await among.close();
});

function keep({ content, secrets: parts }: SecretFile): string {
  among.secrets.push(...Object.values(parts));
  return among.inVault(content);
}

type Login = Readonly<Record<string, string>>;

/** Environment by name, and the variable that makes it wrong. */
const logins: Readonly<Record<string, () => { env: Login; wrong: string }>> = {
  'a token': () => ({ env: { HW_AUTH_TOKEN: byok.emulator.authToken }, wrong: 'HW_AUTH_TOKEN' }),
  'a password': () => {
    const { userName, password, domainName } = byok.emulator;
    const env = {
      HW_USER_NAME: userName,
      HW_USER_PASSWORD: among.secret(password),
      HW_DOMAIN_NAME: domainName,
    };
    return { env, wrong: 'HW_USER_PASSWORD' };
  },
  'an access key': () => {
    const { accessKey, secretKey } = byok.emulator;
    return {
      env: { HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: among.secret(secretKey) },
      wrong: 'HW_SECRET_KEY',
    };
  },
  'a temporary access key': () => {
    const { accessKey, secretKey, securityToken } = byok.emulator.temporaryCredentials;
    among.secrets.push(secretKey, securityToken.slice(0, 64));
    return {
      env: { HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey, HW_SECURITY_TOKEN: securityToken },
      wrong: 'HW_SECURITY_TOKEN',
    };
  },
};

/** By way of the proxy, with this login only. */
function run(
  expected: number,
  args: readonly string[],
  login: Login,
  options: RunOptions = {},
): Promise<string> {
  const env = { HW_AUTH_TOKEN: '', HW_AUTH_URL: `${proxy.url}/v3`, ...login, ...options.env };
  return among.run(expected, args, { endpoint: proxy.url, ...options, env });
}

describe.each(Object.entries(logins))('with %s', (_name, make) => {
  test('status and import, also when the login is wrong', async () => {
    const { env, wrong } = make();
    await run(0, ['status', '--json'], env);
    const keyId = await byok.createKey();
    const material = among.secret(randomBytes(32));
    const importing = ['import', '--key-id', keyId, '--material-env', 'ORDERS_KEY'];
    const withMaterial = { env: { ORDERS_KEY: material.toString('base64') } };
    const refused = { ...env, [wrong]: among.secret(`wrong-${randomBytes(24).toString('hex')}`) };
    expect(await run(1, ['status'], refused)).toMatch(/login \(/);
    expect(await run(1, importing, refused, withMaterial)).toMatch(/login \(/);
    expect(await run(1, [...importing, '--json'], refused, withMaterial)).toMatch(/login \(/);
    await run(0, importing, env, withMaterial);
  });

  test('what the other side sends back is not shown', async () => {
    const { env } = make();
    const keyId = await byok.createKey();
    const { import_token: token, public_key: publicKey } = await getParameters(
      byok.emulator,
      keyId,
    );
    const wrapped = wrapMaterial(publicKey, among.secret(randomBytes(32)));
    among.secrets.push(token.slice(0, 64), wrapped.slice(0, 64));
    const importing = [
      'import',
      '--key-id',
      keyId,
      '--import-token-env',
      'TOKEN',
      '--encrypted-key-material-file',
      among.inVault(wrapped),
    ];
    for (const operation of [
      ...('HW_USER_NAME' in env ? ['tokens'] : []),
      'describe-key',
      'import-key-material',
    ]) {
      proxy.intercept(({ operation: asked, headers, body }) =>
        asked === operation
          ? { status: 400, body: `${body} ${JSON.stringify(headers)}` }
          : undefined,
      );
      expect(await run(1, importing, env, { env: { TOKEN: token } })).toContain('answered 400');
    }
    proxy.intercept(undefined);
    await run(0, importing, env, { env: { TOKEN: token } });
  });
});

test('fingerprint, with every form of material, and with what cannot be opened', async () => {
  const [password, wrong] = [randomPassword(), among.secret(randomPassword())];
  const key = ecKey();
  const raw = among.secret(randomBytes(32));
  const forms: readonly (readonly [string, string])[] = [
    [keep(clearPem(key)), 'pem'],
    [keep(encryptedPem(key, password)), 'pem'],
    [keep(pkcs12(key, password)), 'pkcs12'],
    [among.inVault(raw), 'raw'],
  ];
  for (const [index, [file, encoding]] of forms.entries()) {
    const isEncrypted = index === 1 || index === 2;
    const flags = [
      '--material-encoding',
      encoding,
      ...(isEncrypted ? ['--material-password-env', 'PASSWORD'] : []),
    ];
    const options = (text: string) => ({ env: { PASSWORD: text }, endpoint: undefined });
    expect(
      await run(0, ['fingerprint', '--material-file', file, ...flags], {}, options(password)),
    ).toMatch(/^sha256:/);
    await run(
      0,
      ['fingerprint', '--json', ...flags],
      {},
      { ...options(password), input: readFileSync(file) },
    );
    await run(
      isEncrypted ? 1 : 0,
      ['fingerprint', '--material-file', file, ...flags],
      {},
      options(wrong),
    );
    await run(
      1,
      ['fingerprint', '--material-file', file, '--material-encoding', 'hex'],
      {},
      options(password),
    );
  }
  await run(
    1,
    ['fingerprint', '--material-env', 'KEY'],
    {},
    { env: { KEY: `!${raw.toString('base64')}` }, endpoint: undefined },
  );
});

test('import of an encrypted private key, with the right and with a wrong password', async () => {
  const [password, wrong] = [randomPassword(), among.secret(randomPassword())];
  const { env } = logins['a password']?.() ?? { env: {} };
  const keyId = await byok.createKey('EC_P256');
  const importing = [
    'import',
    '--key-id',
    keyId,
    '--material-file',
    keep(pkcs12(ecKey(), password)),
  ];
  const flags = ['--material-encoding', 'pkcs12', '--material-password-env', 'PASSWORD'];
  await run(1, [...importing, ...flags], env, { env: { PASSWORD: wrong } });
  await run(0, [...importing, ...flags], env, { env: { PASSWORD: password } });
});

/** The import token is meant to be there: the folder is what the ceremony is about. */
const tokenFiles = ['ceremony/ImportToken.b64', 'json/ImportToken.b64'];

test('ceremony start and finish', async () => {
  const { env } = logins['an access key']?.() ?? { env: {} };
  for (const [dir, flags] of [
    ['ceremony', []],
    ['json', ['--json']],
  ] as const) {
    const keyId = await byok.createKey();
    await run(0, ['ceremony', 'start', '--key-id', keyId, '--out-dir', dir, ...flags], env);
    among.secrets.push(
      readFileSync(join(among.folder, dir, 'ImportToken.b64'), 'utf8').slice(0, 64),
    );
    const publicKey = readFileSync(join(among.folder, dir, 'PublicKey.bin')).toString('base64');
    const wrapped = join(among.folder, dir, 'EncryptedKeyMaterial.bin');
    writeFileSync(
      wrapped,
      Buffer.from(wrapMaterial(publicKey, among.secret(randomBytes(32))), 'base64'),
    );
    byok.emulator.injectFaults([{ operation: 'import-key-material', errorCode: 'KMS.0306' }]);
    await run(1, ['ceremony', 'finish', '--dir', dir, ...flags], env);
    await run(0, ['ceremony', 'finish', '--dir', dir, ...flags], env);
  }
});

test('nothing secret stood in any argument or output of these runs, or stands in a file that they wrote', () => {
  for (const { issuedToken, received } of proxy.exchanges) {
    const importToken = /"import_token": ?"([^"]{64})/.exec(received)?.[1];
    among.secrets.push(
      ...[issuedToken?.slice(0, 64), importToken].filter((value) => value !== undefined),
    );
  }
  expect(among.secrets.length).toBeGreaterThan(60);
  expect(byok.leaks(among.secrets, filesBelow(among.folder, tokenFiles))).toEqual([]);
  expect(byok.leaks(['The key material is imported.'])).not.toEqual([]);
  expect(filesBelow(among.folder).map(({ name }) => name)).toEqual(
    expect.arrayContaining([...tokenFiles, 'json/ceremony.json']),
  );
});
