/**
 * Provider processes that come to a bad end by something that is no error: its value, which may be
 * a secret, is printed nowhere.
 */
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { scratchFolder } from '../support/scratch-folder';
import { ProviderProcess, terraformEnvironment } from './fixtures/host';

const secret = 'hush-hush';

/**
 * A provider that does `misdeed` with the secret when it loads its definition, which is after the
 * handshake, or when it asks the time.
 */
function startProvider(misdeed: string, place: 'definition' | 'now'): ProviderProcess {
  const file = join(scratchFolder(), 'terraform-provider-villain');
  const contents = `
    import { serve } from './lib/tfplugin/process/serve';
    const secret = process.env.SECRET;
    const misdeed = () => { ${misdeed}; return { resources: {} }; };
    const decent = { name: 'villain', version: '1.0.0', definition: () => ({}), now: () => new Date(), env: process.env };
    void serve({ ...decent, ${place}: misdeed });
  `;
  const resolveDir = join(__dirname, '../..');
  buildSync({
    stdin: { contents, resolveDir, loader: 'ts' },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  return new ProviderProcess(process.execPath, [file], {
    ...terraformEnvironment(undefined),
    TF_LOG: 'TRACE',
    SECRET: secret,
  });
}

test.each([
  ['bytes', 'Uint8Array', 'throw Buffer.from(secret)'],
  ['text', 'String', 'throw secret'],
  ['an object', 'Object', 'throw { message: secret, stack: secret }'],
  ['nothing', 'Null', 'throw null'],
  ['text in a rejection', 'String', 'void Promise.reject(secret)'],
  ['bytes in a rejection', 'Uint8Array', 'void Promise.reject(Buffer.from(secret))'],
])('a crash that throws %s tells only the type', async (_what, type, misdeed) => {
  const provider = startProvider(misdeed, 'definition');
  expect(await provider.ended()).toEqual({ code: 1, signal: null });
  expect(provider.stderr).toContain(
    `panic: something was thrown that is no error but of type ${type}\n`,
  );
  expect(provider.stderr + provider.stdout).not.toMatch(/hush|104, ?117|68 75 73/);
});

test('a failed start that throws bytes tells only the type', async () => {
  // The log asks the time, before the definition is loaded.
  const provider = startProvider('throw Buffer.from(secret)', 'now');
  expect(await provider.ended()).toEqual({ code: 1, signal: null });
  expect(provider.stdout).toContain(
    'provider villain cannot start: something was thrown that is no error but of type Uint8Array\n',
  );
  expect(provider.stderr + provider.stdout).not.toMatch(/hush|104, ?117|68 75 73/);
});
