/**
 * A secret that was given as the value of any flag, of any command, is repeated by no message. The
 * flags are taken from the commands, so a new one is tried as well.
 */
import { allCommands } from '../support/command-words';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

let byok: ByokAndEmulator;

beforeAll(async () => {
  byok = await startByokAndEmulator();
});
afterAll(() => byok.close());

const keys = {
  '32 bytes in Base64': 'yTqPdrY1V0VbUPRBHmDCOZ4EX8PWmg9Hd1Ag5oVAhpw=',
  '32 bytes in Base64 without padding': '+TqPdrY1V0VbUPRBHmDCOZ4EX8PWmg9Hd1Ag5oVAhpw',
  '32 bytes in base64url': '_TqPdrY1V0VbUPRBHm-COZ4EX8PWmg9Hd1Ag5oVAhpw=',
  '16 bytes in Base64': 'zKx3Jmb0Tb7rW+QmzG0E5Q==',
  '32 bytes in hex': 'f1'.repeat(32),
  'P-384 in DER and Base64':
    'MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBJ1sT0vWz7yB2dNfGh4LrEcUoPqAkXJmQ8sT0vWz7yB2dNfGh4LrEcUoPqAkXJmehZANiAAQ=',
  'a secret key of a login': 'rpcupI5aXk3JmQ8sT0vWz7yB2dNfGh4LrEcUoPqA',
  'PEM on one line': '-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2VwBCIEIK -----END PRIVATE KEY-----',
};

/** What must be there before the flag itself is judged. */
const needed: Readonly<Record<string, string>> = {
  '--key-id': '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
  '--alias': 'orders',
  '--dir': 'no-such-folder',
};
const beside: Readonly<Record<string, readonly string[]>> = {
  '--valid-for': ['--renew-before', '1d'],
  '--renew-before': ['--valid-for', '9d'],
  '--import-token-file': ['--encrypted-key-material-file', 'none'],
  '--encrypted-key-material-file': ['--import-token-file', 'none'],
  '--auth-url': ['--user-name', 'me'],
  '--warn-before': ['--live'],
};

/** The KMS takes nearly any text there, or there is nothing to refuse. */
const free = ['--description', '--user-name', '--domain-name', '--access-key', '--cloud'];

const cases = [...allCommands()].flatMap(([path, { options }]) =>
  options
    .filter(({ long, required }) => required && !free.includes(String(long)))
    .map(({ long }) => [path, String(long)] as const),
);

async function said(path: string, flag: string, secret: string): Promise<string> {
  const options = allCommands().get(path)?.options ?? [];
  const mandatory = options
    .filter(({ long, mandatory }) => mandatory && long !== flag)
    .flatMap(({ long }) => [String(long), needed[String(long)] ?? '']);
  const asks = options.some(({ long }) => long === '--kms-endpoint');
  const { status, stdout, stderr } = await byok.run(
    [...path.split(' ').slice(1), ...mandatory, ...(beside[flag] ?? []), flag, secret],
    {
      endpoint: undefined,
      env: {
        HW_MAX_RETRIES: '0',
        ...(asks && flag !== '--region' ? { KMS_ENDPOINT: byok.emulator.url } : {}),
        ...(flag === '--auth-url' ? { HW_AUTH_TOKEN: '', HW_USER_PASSWORD: 'p' } : {}),
        ...(flag === '--project-name' ? { HW_PROJECT_ID: '' } : {}),
      },
    },
  );
  expect([path, flag, secret, status]).toEqual([path, flag, secret, 1]);
  return `${stdout}${stderr}`;
}

test('there are many', () => expect(cases.length).toBeGreaterThan(100));

test.each(cases)('%s %s', async (path, flag) => {
  for (const secret of Object.values(keys)) {
    // Which is an alias, or the name of a variable.
    if (!(flag === '--alias' && !/[+=/ ]/.test(secret))) {
      const text = await said(path, flag, secret);
      expect(text).not.toContain(secret);
      expect(text).toMatch(/^(?:byok|error): /);
    }
  }
});
