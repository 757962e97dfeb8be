import { randomBytes } from 'node:crypto';
import { ok } from '../emulator/plain-http';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

let bench: ByokAndEmulator;

beforeAll(async () => {
  bench = await startByokAndEmulator();
});

afterAll(() => bench.close());

beforeEach(() => bench.emulator.clearCalls());

const writes = () =>
  bench.emulator
    .calls()
    .map(({ operation }) => operation)
    .filter((operation) => !/^(list|describe|get)-/.test(operation));

async function describeKey(keyId: string): Promise<Record<string, unknown>> {
  return (
    await ok<{ key_info: Record<string, unknown> }>(bench.emulator, 'describe-key', {
      key_id: keyId,
    })
  ).key_info;
}

test('makes an external key as the flags say, and prints its id alone', async () => {
  const args = [
    '--alias',
    'team/orders',
    '--key-spec',
    'RSA_2048',
    '--key-usage',
    'ENCRYPT_DECRYPT',
    '--description',
    'of the shop',
  ];
  const { status, stdout, stderr } = await bench.run([
    'create-key',
    ...args,
    '--tag',
    'team=shop',
    '--tag',
    'note=of the shop',
  ]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^[0-9a-z-]{36}\n$/);
  const keyId = stdout.trim();
  expect(stderr).toBe(
    `byok: key ${keyId} (RSA_2048, alias "team/orders") was made, and is in state 5 (pending import)\n`,
  );
  expect(await describeKey(keyId)).toMatchObject({
    key_alias: 'team/orders',
    key_spec: 'RSA_2048',
    key_usage: 'ENCRYPT_DECRYPT',
    key_description: 'of the shop',
    origin: 'external',
    key_state: '5',
  });
  const response = await fetch(
    `${bench.emulator.url}/v1.0/${bench.emulator.projectId}/kms/${keyId}/tags`,
    {
      headers: { 'X-Auth-Token': bench.emulator.authToken },
    },
  );
  const { tags } = (await response.json()) as { tags: { key: string; value: string }[] };
  expect(Object.fromEntries(tags.map(({ key, value }) => [key, value]))).toEqual({
    team: 'shop',
    note: 'of the shop',
  });
});

test('a new key is in the enterprise project that is named, and takes material at once', async () => {
  const project = '11111111-2222-3333-4444-555555555555';
  const { stdout } = await bench.run([
    'create-key',
    '--alias',
    'in-project',
    '--enterprise-project-id',
    project,
    '--json',
  ]);
  const { key_id: keyId, ...others } = JSON.parse(stdout) as { key_id: string };
  expect(others).toEqual({
    alias: 'in-project',
    key_spec: 'AES_256',
    key_usage: 'ENCRYPT_DECRYPT',
    key_state: '5',
    adopted: false,
    warnings: [],
  });
  expect(await describeKey(keyId)).toMatchObject({ sys_enterprise_project_id: project });
  const imported = await bench.run(['import', '--key-id', keyId], {
    input: randomBytes(32).toString('base64'),
  });
  expect([imported.status, imported.stderr]).toEqual([0, '']);
});

test('refuses an alias that is taken, names the key, and changes nothing', async () => {
  const create = (...args: string[]) => bench.run(['create-key', '--alias', 'taken', ...args]);
  const keyId = (await create()).stdout.trim();
  bench.emulator.clearCalls();
  for (const args of [
    ['--key-spec', 'EC_P256'],
    ['--description', 'another'],
  ]) {
    const { status, stdout, stderr } = await create(...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`alias "taken" belongs to key ${keyId}`);
    expect(stderr).toContain(`choose another alias, or use that key by its id, ${keyId}`);
    expect(stderr).not.toContain('terraform');
  }
  expect(writes()).toEqual(['create-key', 'create-key']);
  await ok(bench.emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
  const scheduled = await create();
  expect([scheduled.status, scheduled.stdout]).toEqual([1, '']);
  expect(scheduled.stderr).toContain(
    `alias "taken" belongs to key ${keyId}, which keeps its alias until the KMS deletes it on `,
  );
  expect(scheduled.stderr).toContain(
    'cancel its deletion in the console of the cloud, or choose another alias',
  );
});

test('takes over the empty key that an interrupted run left behind, and says so', async () => {
  bench.emulator.injectFaults([{ operation: 'create-key', drop: 'after' }]);
  const lost = await bench.run(['create-key', '--alias', 'interrupted']);
  expect(lost.status).toBe(0);
  const again = await bench.run(['create-key', '--alias', 'interrupted', '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({
    key_id: lost.stdout.trim(),
    adopted: true,
    warnings: [expect.stringContaining('was adopted')],
  });
  expect((await bench.run(['create-key', '--alias', 'interrupted'])).stderr).toContain(
    'byok: warning: An existing key was adopted',
  );
});

test.each([
  [['--alias', 'a b'], '--alias is "a b"; allowed are 1 to 255 of the characters'],
  [['--alias', 'x/default'], '--alias is "x/default"; allowed are'],
  [['--alias', 'x', '--description', 'd'.repeat(256)], 'allowed are at most 255 characters'],
  [
    ['--alias', 'x', '--key-usage', 'SIGN_VERIFY'],
    '--key-usage is "SIGN_VERIFY"; allowed for AES_256 are "ENCRYPT_DECRYPT"',
  ],
  [['--alias', 'x', '--key-spec', 'HMAC_256'], 'Allowed choices are AES_256, RSA_2048'],
  [
    ['--alias', 'x', '--tag', 'team'],
    '--tag is "team"; allowed is a name and a value, as in "team=payments"',
  ],
  [
    ['--alias', 'x', '--tag', 'a=1', '--tag', 'a=2'],
    '--tag gives the name "a" twice; give it once',
  ],
  [['--alias', 'x', '--tag', 'a=b=c'], '--tag gives "a" "b=c"; allowed are'],
  [['--alias', 'x', '--tag', 'a<b=1'], '--tag holds the name "a<b"; allowed are'],
  [['--alias', 'x', '--timeout', 'soon'], '--timeout is "soon"; '],
  [[], "required option '--alias <NAME>' not specified"],
])('refuses %j in one sentence, before anything is asked', async (args, message) => {
  const { status, stdout, stderr } = await bench.run(['create-key', ...args]);
  expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)]);
  expect(bench.emulator.calls()).toEqual([]);
});

describe('remove says what it did', () => {
  const remove = async (keyId: string) => {
    const { status, stdout } = await bench.run(['remove', '--key-id', keyId, '--json']);
    return {
      status,
      ...(JSON.parse(stdout) as { removed: boolean; outcome: string; holds_material: boolean }),
    };
  };
  const material = '8fJ2lq0pVbY7m3kXo1cTz9sRwA5eHdNuGiKjLxQyBv4=';

  test('of material that was there, of none, and of a key that is gone', async () => {
    const keyId = await bench.createKey();
    expect((await bench.run(['import', '--key-id', keyId], { input: material })).status).toBe(0);
    expect(await remove(keyId)).toMatchObject({
      status: 0,
      removed: true,
      outcome: 'deleted',
      holds_material: false,
    });
    expect(await remove(keyId)).toMatchObject({
      status: 0,
      removed: false,
      outcome: 'none',
      holds_material: false,
    });
    const unknown = '00000000-0000-0000-0000-000000000000';
    expect(await remove(unknown)).toMatchObject({
      status: 0,
      removed: false,
      outcome: 'key_not_found',
    });
    expect((await bench.run(['remove', '--key-id', unknown])).stdout).toContain(
      'because the KMS does not know it',
    );
  });

  test('of a key that is scheduled for deletion', async () => {
    const keyId = await bench.createKey();
    expect((await bench.run(['import', '--key-id', keyId], { input: material })).status).toBe(0);
    await ok(bench.emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    expect(await remove(keyId)).toMatchObject({
      status: 0,
      removed: false,
      outcome: 'key_pending_deletion',
      holds_material: true,
    });
    expect((await bench.run(['remove', '--key-id', keyId])).stdout).toContain(
      `byok: key ${keyId}: nothing was deleted. The material was left`,
    );
  });
});
