/**
 * What looks at a key that the same run has just made waits until it is ready; of any other key it
 * shows how it is.
 */

import { DescribeBatcher } from '../../lib/kms/describe-batcher';
import { createKey } from '../../lib/lifecycle/reconcile-key';
import type { ConnectedClient } from '../../lib/provider/client';
import { importParametersEphemeral } from '../../lib/provider/import-parameters-ephemeral';
import { keyDataSource } from '../../lib/provider/key-data-source';
import { Run } from '../../lib/provider/run';
import { noSharedMarks } from '../../lib/provider/shared-marks';
import { Diagnostics } from '../../lib/tfplugin/calls/diagnostics';
import { callsOf, type OddWorld, oddWorld } from '../lifecycle/odd-answers';
import { type Emulator, startEmulator } from '../support/emulator';

let emulator: Emulator;
let world: OddWorld;
let client: ConnectedClient;
let keyId: string;

const context = {
  diagnostics: new Diagnostics(),
  signal: new AbortController().signal,
  log: { log: () => {} },
};

beforeEach(async () => {
  emulator = await startEmulator({ activationDelay: 3 });
  world = oddWorld(emulator);
  const { kms, context: lifecycle } = world;
  const { now, sleep } = lifecycle;
  client = {
    ...{ env: {}, now, sleep, destroying: () => false, joinRun: () => noSharedMarks },
    ...{ kms, reads: new DescribeBatcher({ kms }), run: new Run() },
  };
  const wish = {
    alias: 'orders',
    description: '',
    keySpec: 'AES_256',
    keyUsage: undefined,
    enabled: undefined,
    tags: undefined,
  };
  const { key } = await createKey(lifecycle, { ...wish, cancelPendingDeletion: false });
  keyId = key.keyId;
  client.run.declareMade(key);
  emulator.clearCalls();
});

afterEach(async () => {
  world.close();
  await emulator.close();
});

const asked = () => ({ key_id: keyId, wrapping_algorithm: null });

test('import parameters are there once the key is ready', async () => {
  const { result } = await importParametersEphemeral.open(asked(), client, context);
  expect(result).toMatchObject({
    available: true,
    public_key_pem: expect.stringContaining('BEGIN PUBLIC KEY'),
  });
  expect(world.waited()).toBeGreaterThan(0);
});

test('import parameters of a key that is ready at once take one call', async () => {
  emulator.setKeyState(keyId, '5');
  await importParametersEphemeral.open(asked(), client, context);
  expect(callsOf(world)).toEqual(['get-parameters-for-import']);
});

test('import parameters of somebody else’s key are not waited for', async () => {
  client = { ...client, run: new Run() };
  expect((await importParametersEphemeral.open(asked(), client, context)).result).toMatchObject({
    available: false,
  });
  expect(callsOf(world)).toEqual(['get-parameters-for-import']);
});

test('the data source shows the key when it is ready', async () => {
  expect(await keyDataSource.read({ key_id: keyId, alias: null }, client, context)).toMatchObject({
    key_state: '5',
    material_status: 'absent',
  });
});

test('the data source shows another key as it is', async () => {
  client = { ...client, run: new Run() };
  expect(await keyDataSource.read({ key_id: keyId, alias: null }, client, context)).toMatchObject({
    key_state: '1',
  });
});
