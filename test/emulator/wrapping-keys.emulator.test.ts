/**
 * Wrapping keys: another one for every import, or one for all of them where many imports are to be
 * fast.
 */
import { randomBytes } from 'node:crypto';
import { startEmulator } from '../../lib/emulator';
import { createKey, describe as describeKey, getParameters, importMaterial } from './external-key';

test.each([
  ['another one for every import', {}, 2],
  ['one and the same on demand', { oneWrappingKey: true }, 1],
])('hands out %s', async (_what, options, distinct) => {
  const emulator = await startEmulator(options);
  try {
    const keyId = await createKey(emulator);
    const publicKeys = [
      await getParameters(emulator, keyId),
      await getParameters(emulator, keyId),
    ].map(({ public_key }) => public_key);
    expect(new Set(publicKeys).size).toBe(distinct);
    expect((await importMaterial(emulator, keyId, randomBytes(32))).status).toBe(200);
    expect(await describeKey(emulator, keyId)).toMatchObject({ key_state: '2' });
  } finally {
    await emulator.close();
  }
});
