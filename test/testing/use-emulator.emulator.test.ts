import { isByokError } from 'cdktf-byok';
import { type Emulator, emulatorConnection, useEmulator } from 'cdktf-byok/testing';
import { connectKms } from '../../lib/kms/connect';

const emulator = useEmulator({ projectName: 'eu-nl' });

test('runs in the tests of the file, and is reached with what emulatorConnection says', async () => {
  const { provider, environment } = emulatorConnection(emulator());
  const kms = connectKms(provider, environment, { now: () => new Date() });
  const { keyId } = await kms.createKey({ keyAlias: 'payments' });
  expect((await kms.describeKey(keyId))?.keyAlias).toBe('payments');
  expect(provider.region).toBe('eu-nl');
});

test('nothing of the login stands in the properties of the provider', () => {
  const { provider, environment } = emulatorConnection(emulator());
  const [token = ''] = Object.values(environment);
  expect(token).toBe(emulator().authToken);
  expect(JSON.stringify(provider)).not.toContain(token);
});

describe('with hooks that are passed', () => {
  const hooks: { [name in 'beforeAll' | 'afterAll']?: () => Promise<void> } = {};
  const register = {
    beforeAll: (act: () => Promise<void>) => {
      hooks.beforeAll = act;
    },
    afterAll: (act: () => Promise<void>) => {
      hooks.afterAll = act;
    },
  };

  test('starts before all tests, and is closed after them', async () => {
    const lent = useEmulator({}, register);
    expect(notRunning(lent)).toBe(true);
    await hooks.beforeAll?.();
    const { url } = lent();
    expect((await fetch(url)).status).toBeGreaterThanOrEqual(200);
    await hooks.afterAll?.();
    expect(notRunning(lent)).toBe(true);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('fails to start with what the emulator says, and closes nothing then', async () => {
    useEmulator({ projectId: 'short' }, register);
    await expect(hooks.beforeAll?.()).rejects.toThrow(
      'projectId is "short"; allowed are 32 letters and digits',
    );
    await hooks.afterAll?.();
  });
});

function notRunning(lent: () => Emulator): boolean {
  try {
    lent();
    return false;
  } catch (error) {
    return isByokError(error) && error.message.startsWith('the emulator is not running');
  }
}

test('refuses to be used where there are no hooks, and says what to pass', () => {
  const { beforeAll: kept } = globalThis;
  Reflect.deleteProperty(globalThis, 'beforeAll');
  try {
    expect(() => useEmulator()).toThrow(
      /pass those of your test framework: useEmulator\(\{\}, \{ beforeAll, afterAll \}\)$/,
    );
  } finally {
    globalThis.beforeAll = kept;
  }
});
