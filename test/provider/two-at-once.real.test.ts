/**
 * Two applies at once on the same key: from two states, and from one that both share. In the end
 * the key has its material.
 */

import type { Fault } from '../../lib/emulator/faults';
import { ok } from '../emulator/plain-http';
import { describeKey, holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { type Postgres, startPostgres } from '../support/postgres';
import { meet, type Run, TerraformWorkspace, waitingCommand } from '../support/terraform-workspace';
import { configure, keyWithMaterial, takeBuiltProvider, workbench } from './workbench';

takeBuiltProvider('Terraform runs in two folders at once');

let emulator: Emulator;
const workspaces: TerraformWorkspace[] = [];

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(async () => {
  for (const workspace of workspaces.splice(0)) {
    workspace.remove();
  }
  await emulator.close();
});

const far = '2035-01-01T00:00:00Z';
const farther = '2036-01-01T00:00:00Z';
const farthest = '2037-01-01T00:00:00Z';

const callsOf = (operation: string) =>
  emulator.calls().filter((call) => call.operation === operation && call.status === 200).length;

async function untilCalled(operation: string): Promise<void> {
  while (callsOf(operation) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('from two states', () => {
  let keyId: string;
  let material: Buffer;
  let both: readonly [TerraformWorkspace, TerraformWorkspace];

  const body = (expiration: string) =>
    `resource "byok_key_material" "orders" {\n  key_id = "${keyId}"\n  material_file = "orders.key"\n  expiration_time = "${expiration}"\n}`;

  beforeEach(async () => {
    const { key_info } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
      key_alias: 'orders',
      origin: 'external',
    });
    keyId = key_info.key_id;
    const [one, other] = [
      await workbench(emulator, body(far)),
      await workbench(emulator, body(far)),
    ];
    workspaces.push(one.workspace, other.workspace);
    material = one.material;
    other.workspace.write('orders.key', material.toString('base64'));
    both = [one.workspace, other.workspace];
  });

  function applyBoth(): Promise<Run[]> {
    return Promise.all(both.map((workspace) => workspace.apply()));
  }

  /** What the loser is told; each says what to do. */
  const saysWhy =
    /nothing was deleted, because importing the material again may fail|another writer imported at the same time|the request may have taken effect/i;

  async function expectIntact(runs: readonly Run[], ...expirations: string[]): Promise<void> {
    for (const { code, text } of runs) {
      expect(code === 0 || saysWhy.test(text) ? '' : text).toBe('');
    }
    expect(runs.map(({ code }) => code)).toContain(0);
    const { key_state, expiration_time } = await describeKey(emulator, keyId);
    expect(key_state).toBe('2');
    expect(expirations.map((expiration) => String(Date.parse(expiration)))).toContain(
      expiration_time,
    );
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
  }

  /** Later, one after the other, both come to rest. */
  async function expectRest(): Promise<void> {
    emulator.clearFaults();
    for (const workspace of both) {
      expect(await workspace.apply()).toMatchObject({ code: 0 });
    }
    for (const workspace of both) {
      expect(await workspace.plan()).toMatchObject({ code: 0 });
    }
    expect(await holdsMaterial(emulator, keyId, material)).toBe(true);
  }

  const slowImports: readonly Fault[] = [
    { operation: 'import-key-material', delayMs: 600, times: 2 },
  ];
  const slowDeletes: readonly Fault[] = [
    { operation: 'delete-imported-key-material', delayMs: 600, times: 2 },
  ];
  const lostImport: readonly Fault[] = [
    { operation: 'import-key-material', drop: 'after', delayMs: 300 },
  ];
  const lostDelete: readonly Fault[] = [
    { operation: 'delete-imported-key-material', drop: 'after', delayMs: 300 },
  ];

  test.each([
    ['imports are slow', slowImports],
    ['the answer to an import is lost', lostImport],
  ])('a first import by both, while %s', async (_name, faults) => {
    const command = body(far).replace(
      'material_file = "orders.key"',
      `material_command = ${JSON.stringify(waitingCommand)}`,
    );
    for (const workspace of both) {
      configure(emulator, workspace, command);
    }
    emulator.injectFaults(faults);
    const runs = applyBoth();
    await meet(...both);
    await expectIntact(await runs, far);
    await expectRest();
  });

  describe('a renewal by both', () => {
    beforeEach(async () => {
      for (const workspace of both) {
        await workspace.apply();
      }
    });

    /**
     * The second came late and adopted, unproven; a proof of its own needs an import of its own.
     */
    const declare = (workspace: TerraformWorkspace, expiration: string) =>
      configure(
        emulator,
        workspace,
        body(expiration).replace('\n}', '\n  allow_unverified_renewal = true\n}'),
      );

    test.each([
      ['deletes are slow', slowDeletes],
      ['imports are slow', slowImports],
      ['the answer to a delete is lost', lostDelete],
      // After a trial with noise by each.
      ['the answer to an import is lost', lostImport.map((fault) => ({ ...fault, skip: 2 }))],
    ])('to one expiry, while %s', async (_name, faults) => {
      for (const workspace of both) {
        declare(workspace, farther);
      }
      emulator.injectFaults(faults);
      await expectIntact(await applyBoth(), farther);
      await expectRest();
    });

    test('to two expiries, while deletes and imports are slow: one of them holds', async () => {
      declare(both[0], farther);
      declare(both[1], farthest);
      emulator.injectFaults([...slowDeletes, ...slowImports]);
      await expectIntact(await applyBoth(), farther, farthest);
    });
  });
});

describe('from a shared state', () => {
  let postgres: Postgres;
  let material: Buffer;
  let both: readonly [TerraformWorkspace, TerraformWorkspace];

  const backend = 'terraform {\n  backend "pg" {}\n}\n';

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(() => postgres.stop());

  beforeEach(async () => {
    const folders = [new TerraformWorkspace(), new TerraformWorkspace()] as const;
    material = Buffer.from('yTqPdrY1V0VbUPRBHmDCOZ4EX8PWmg9Hd1Ag5oVAhpw=', 'base64');
    for (const workspace of folders) {
      workspaces.push(workspace);
      Object.assign(workspace.env, {
        HW_PROJECT_ID: emulator.projectId,
        HW_AUTH_TOKEN: emulator.authToken,
        PG_CONN_STR: postgres.connectionString,
        // A state of its own for each test.
        PG_SCHEMA_NAME: `test_${emulator.port}`,
      });
      workspace.write('orders.key', material.toString('base64'));
      workspace.write('backend.tf', backend);
      configure(emulator, workspace, keyWithMaterial('orders', `expiration_time = "${far}"`));
      await workspace.init();
    }
    both = folders;
  });

  async function keyId(): Promise<string> {
    const { output } = await both[0].succeed(['state', 'pull']);
    const { resources } = JSON.parse(output) as {
      resources: { type: string; instances: { attributes: { key_id: string } }[] }[];
    };
    return (
      resources.find(({ type }) => type === 'byok_key_material')?.instances[0]?.attributes.key_id ??
      ''
    );
  }

  async function expectQuiet(): Promise<void> {
    for (const workspace of both) {
      expect(await workspace.plan()).toMatchObject({ code: 0 });
    }
    expect(await holdsMaterial(emulator, await keyId(), material)).toBe(true);
  }

  test('the second apply is refused while the first is at work, and nothing is imported twice', async () => {
    const [release] = both.map((workspace) => {
      const material = `material_command = ${JSON.stringify(waitingCommand)}`;
      configure(
        emulator,
        workspace,
        keyWithMaterial('orders', `expiration_time = "${far}"`).replace(
          'material_file = "orders.key"',
          material,
        ),
      );
      return () => workspace.write('go', '');
    });
    const first = both[0].apply();
    await untilCalled('create-key');
    const second = await both[1].apply();
    release?.();
    expect(second.code).toBe(1);
    expect(second.text).toContain('Error acquiring the state lock');
    expect(await first).toMatchObject({ code: 0 });
    expect([callsOf('create-key'), callsOf('import-key-material')]).toEqual([1, 1]);
    await expectQuiet();
  });

  test('the second apply waits for the first, and then finds nothing to do', async () => {
    expect(await both[0].apply()).toMatchObject({ code: 0 });
    for (const workspace of both) {
      configure(emulator, workspace, keyWithMaterial('orders', `expiration_time = "${farther}"`));
    }
    emulator.clearCalls();
    emulator.injectFaults([{ operation: 'import-key-material', delayMs: 3000 }]);
    const first = both[0].apply();
    await untilCalled('delete-imported-key-material');
    const [one, other] = await Promise.all([first, both[1].apply('-lock-timeout=900s')]);
    expect([one.code, other.code]).toEqual([0, 0]);
    expect(other.text).toContain('0 added, 0 changed, 0 destroyed');
    expect([callsOf('delete-imported-key-material'), callsOf('import-key-material')]).toEqual([
      1, 1,
    ]);
    await expectQuiet();
  });
});
