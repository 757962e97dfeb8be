/**
 * Another alias for a key that exists: whether it is free the plan finds out, and where it cannot,
 * apply says whose it is.
 */

import { ok } from '../emulator/plain-http';
import { describeKey, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { configure, externalKey, type Workbench, workbench } from './workbench';

let emulator: Emulator;
let bench: Workbench;
let keyId: string;
let other: string;

beforeEach(async () => {
  emulator = await startEmulator();
  const theirs = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
    key_alias: 'theirs',
    origin: 'external',
  });
  other = theirs.key_info.key_id;
  bench = await workbench(emulator, externalKey('ours'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  keyId = String(bench.workspace.attributes('byok_external_key').key_id);
  configure(emulator, bench.workspace, externalKey('theirs'));
  emulator.clearCalls();
});

afterEach(async () => {
  bench.workspace.remove();
  await emulator.close();
});

const told = () =>
  new RegExp(
    `alias "theirs" belongs to key ${other}, so key ${keyId} cannot have it too; choose another alias`,
    'i',
  );

test('that another key has is refused at plan', async () => {
  const plan = await bench.workspace.plan();
  expect({ code: plan.code, text: plan.text }).toEqual({
    code: 1,
    text: expect.stringMatching(told()),
  });
});

test('that another key has is refused in apply, by name, where keys could not be listed before', async () => {
  emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.0306', times: 2 }]);
  const apply = await bench.workspace.apply();
  expect(apply.text).toContain('We could not check whether the alias is free');
  expect({ code: apply.code, text: apply.text }).toEqual({
    code: 1,
    text: expect.stringMatching(told()),
  });
  expect((await describeKey(emulator, keyId)).key_alias).toBe('ours');
});

test('that a key keeps until it is deleted: key, date, and how to rescue it, in the plan and in apply', async () => {
  await ok(emulator, 'schedule-key-deletion', { key_id: other, pending_days: '7' });
  const said = `lias "theirs" belongs to key ${other}, which keeps its alias until the KMS deletes it on 20`;
  expect((await bench.workspace.plan()).text).toContain(said);
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(1);
  expect(apply.text.slice(apply.text.indexOf('Error:'))).toContain(said);
});

test('that is free is taken', async () => {
  configure(emulator, bench.workspace, externalKey('free'));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(writesOf(emulator)).toEqual(['update-key-alias']);
});
