/**
 * Every command there is, with every secret in its surroundings: none of them prints one or writes
 * one down. A command that is added is missing in the table below, and that fails. What single
 * logins and answers may give away is looked into in leaks.emulator.test.ts.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { byokCommand } from '../../lib/cli/command';
import { wrapMaterial } from '../emulator/external-key';
import { filesBelow } from '../support/leak-scanner';
import { ByokAmongSecrets } from './byok-among-secrets';
import type { ByokAndEmulator, RunOptions } from './byok-and-emulator';

let among: ByokAmongSecrets;
let byok: ByokAndEmulator;

beforeAll(async () => {
  among = await ByokAmongSecrets.start();
  byok = among.byok;
});

afterAll(() => among.close());

const newMaterial = (): Buffer => among.secret(randomBytes(32));

function run(
  expected: number,
  args: readonly string[],
  { env, ...options }: RunOptions = {},
): Promise<string> {
  return among.run(expected, args, { ...options, env: { ...crowdedEnvironment(), ...env } });
}

let crowd: Record<string, string> | undefined;

/** Secrets under names that mean something to us, and under one that means nothing. */
function crowdedEnvironment(): Record<string, string> {
  crowd ??= {
    OS_AUTH_TOKEN: among.secret(randomBytes(30).toString('base64url')),
    BYOK_ORDERS_KEY: newMaterial().toString('base64'),
    ORDERS_KEY: newMaterial().toString('base64'),
    TF_VAR_orders: newMaterial().toString('hex'),
  };
  return crowd;
}

/** The same with --json, and without a right that it needs. */
async function inEveryForm(
  args: readonly string[],
  operation: string,
  options: RunOptions = {},
): Promise<void> {
  byok.emulator.injectFaults([{ operation, errorCode: 'KMS.0306', times: 2 }]);
  await run(1, args, options);
  await run(1, [...args, '--json'], options);
  byok.emulator.clearFaults();
  await run(0, args, options);
}

const offline: RunOptions = { endpoint: undefined };

/** Of the commands by their names: how they are run. */
const runs: Readonly<Record<string, () => Promise<void>>> = {
  async emulator() {
    const { child, output, ended } = byok.start(['emulator'], {
      ...offline,
      cwd: among.folder,
      env: { ...among.environment, ...crowdedEnvironment() },
    });
    try {
      while (!output.stdout.includes('Calls are listed here')) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const said = (pattern: RegExp): string => pattern.exec(output.stdout)?.[1] ?? '';
      const env = {
        HW_PROJECT_ID: said(/HW_PROJECT_ID='(.*)'/),
        HW_AUTH_TOKEN: said(/HW_AUTH_TOKEN='(.*)'/),
      };
      const endpoint = said(/kms_endpoint = "(.*)"/);
      const created = await fetch(`${endpoint}/v1.0/${env.HW_PROJECT_ID}/kms/create-key`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Auth-Token': env.HW_AUTH_TOKEN },
        body: JSON.stringify({ key_alias: 'orders', origin: 'external' }),
      });
      const { key_info } = (await created.json()) as { key_info: { key_id: string } };
      await run(
        0,
        [
          'import',
          '--key-id',
          key_info.key_id,
          '--material-file',
          among.inVault(newMaterial().toString('base64')),
        ],
        {
          endpoint,
          env,
        },
      );
      await run(1, ['status'], {
        endpoint,
        env: { ...env, HW_AUTH_TOKEN: among.secret(randomBytes(30).toString('base64url')) },
      });
      expect(output.stderr).toContain('import-key-material');
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  },

  async 'provider install'() {
    await run(0, ['provider', 'install', '--json'], offline);
    await run(
      1,
      ['provider', 'install', '--plugin-dir', join(among.inVault(''), 'plugins')],
      offline,
    );
  },

  async fingerprint() {
    const file = among.inVault(newMaterial().toString('base64'));
    await run(0, ['fingerprint', '--material-file', file], offline);
    await run(0, ['fingerprint', '--material-env', 'ORDERS_KEY', '--json'], offline);
    await run(
      1,
      ['fingerprint', '--material-env', 'ORDERS_KEY', '--material-encoding', 'hex'],
      offline,
    );
    await run(1, ['fingerprint', '--json'], {
      ...offline,
      input: `no key: ${readFileSync(file, 'utf8')}`,
    });
  },

  async status() {
    await inEveryForm(['status'], 'list-keys');
  },

  async check() {
    const stolen = among.secret(randomBytes(24).toString('hex'));
    const state = {
      version: 4,
      resources: [
        {
          mode: 'managed',
          type: 'random_password',
          name: 'p',
          instances: [{ attributes: { result: stolen } }],
        },
      ],
    };
    const file = among.inVault(JSON.stringify(state));
    await run(1, ['check', '--state', file], offline);
    await run(
      0,
      ['check', '--allow-empty', '--state', file, '--json', '--junit', 'report.xml'],
      offline,
    );
    // What was meant to be a state is the key file.
    const key = among.inVault(newMaterial().toString('base64'));
    for (const source of ['--state', '--plan']) {
      await run(1, ['check', source, key], offline);
      await run(1, ['check', source, '-', '--json'], {
        ...offline,
        input: JSON.stringify({ [stolen]: stolen }),
      });
    }
    await byok.createKey();
    byok.emulator.injectFaults([{ operation: 'list-keys', errorCode: 'KMS.0306' }]);
    await run(1, ['check', '--live']);
    await run(3, ['check', '--live', '--json']);
    await run(0, ['check', '--drift-token']);
  },

  async report() {
    await byok.createKey();
    const checked = JSON.parse(await run(3, ['check', '--live', '--json']));
    const stolen = among.secret(randomBytes(24).toString('hex'));
    const findings = checked.findings.map((finding: object) => ({ ...finding, stolen }));
    const result = { ...checked, stolen, findings };
    const file = among.inVault(JSON.stringify(result));
    const outputs = ['metrics', 'calendar', 'page', 'svg', 'badge', 'cbom', 'reminded'];
    const flags = outputs.flatMap((name) => [`--${name}`, `report.${name}`]);
    await run(
      0,
      ['report', file, ...flags, '--remind', '7d', '--calendar-detail', 'full'],
      offline,
    );
    await run(0, ['report', file, '--json'], offline);
    const key = among.inVault(newMaterial().toString('base64'));
    await run(1, ['report', key], offline);
    await run(1, ['report', file, '--remind', '7d', '--reminded', key], offline);
    const env = { BYOK_WEBHOOK_URL: among.secret(`ftp://${randomBytes(24).toString('hex')}`) };
    await run(1, ['report', file, ...flags, '--remind', '7d', '--webhook'], { ...offline, env });
    for (const wrong of [
      { ...result, verdict: stolen },
      { ...result, schema: stolen },
      { stolen },
    ]) {
      await run(1, ['report', '-', '--json'], { ...offline, input: JSON.stringify(wrong) });
    }
  },

  async 'create-key'() {
    await inEveryForm(
      ['create-key', '--alias', 'among-secrets', '--tag', 'team=payments'],
      'create-key',
    );
    await run(1, ['create-key', '--alias', 'among-secrets', '--key-spec', 'EC_P256']);
  },

  async completion() {
    for (const shell of ['bash', 'zsh', 'fish']) {
      await run(0, ['completion', shell], offline);
    }
  },

  async version() {
    await run(0, ['version'], offline);
    await run(0, ['version', '--json'], offline);
  },

  async import() {
    const keyId = await byok.createKey();
    const file = among.inVault(newMaterial().toString('base64'));
    await inEveryForm(
      ['import', '--key-id', keyId, '--material-file', file],
      'import-key-material',
    );
    byok.emulator.deleteMaterial(keyId);
    await run(1, ['import', '--key-id', keyId, '--material-env', 'ORDERS_KEY']);
  },

  async 'ceremony start'() {
    await inEveryForm(
      ['ceremony', 'start', '--key-id', await byok.createKey(), '--out-dir', ceremony],
      'get-parameters-for-import',
    );
    among.secrets.push(
      readFileSync(join(among.folder, ceremony, 'ImportToken.b64'), 'utf8').slice(0, 64),
    );
  },

  async 'ceremony finish'() {
    const publicKey = readFileSync(join(among.folder, ceremony, 'PublicKey.bin')).toString(
      'base64',
    );
    const wrapped = Buffer.from(wrapMaterial(publicKey, newMaterial()), 'base64');
    writeFileSync(join(among.folder, ceremony, 'EncryptedKeyMaterial.bin'), wrapped);
    await inEveryForm(['ceremony', 'finish', '--dir', ceremony], 'import-key-material');
  },

  async apply() {
    const keyId = await byok.createKey();
    const file = among.inVault(newMaterial().toString('base64'));
    const applying = ['apply', '--key-id', keyId, '--record-dir', 'records'];
    await inEveryForm(
      [...applying, '--material-command', JSON.stringify(['cat', file])],
      'import-key-material',
    );
    const another = ['--expiration-time', '2035-01-01T00:00:00Z'];
    await run(1, [...applying, ...another, '--material-env', 'ORDERS_KEY']);
    await run(1, [
      ...applying,
      ...another,
      '--material-command',
      JSON.stringify(['head', '-c', '20', file]),
    ]);
    await run(1, [...applying, ...another, '--wrap-command', JSON.stringify(['cat', file])]);
    await run(0, [...applying, ...another, '--material-file', file, '--json']);
  },

  async review() {
    const planted = among.secrets.map((secret) => String(secret));
    writeFileSync(
      join(among.folder, 'plan.json'),
      JSON.stringify({
        format_version: '1.2',
        variables: { planted: { value: planted } },
        resource_changes: [
          {
            address: 'byok_key_material.orders',
            mode: 'managed',
            type: 'byok_key_material',
            name: 'orders',
            change: {
              actions: ['delete'],
              before: {
                key_id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
                on_destroy: 'delete_material',
                material_wo: planted,
                material_command: planted,
              },
              after: null,
            },
          },
        ],
      }),
    );
    for (const format of ['text', 'diff', 'markdown']) {
      await run(0, ['review', '--plan', 'plan.json', '--format', format], offline);
    }
    await run(
      5,
      ['review', '--plan', 'plan.json', '--fail-on', 'destroy', '--json', 'r.json'],
      offline,
    );
    rmSync(join(among.folder, 'plan.json'));
  },

  async remove() {
    const keyId = await byok.createKey();
    await run(0, [
      'import',
      '--key-id',
      keyId,
      '--material-file',
      among.inVault(newMaterial().toString('base64')),
    ]);
    await inEveryForm(['remove', '--key-id', keyId], 'delete-imported-key-material');
  },
};

const ceremony = 'ceremony';

/** Names of commands that do something. */
function namesOf(command: Command, parents: readonly string[] = []): string[] {
  return command.commands.flatMap((child) => {
    const path = [...parents, child.name()];
    return child.commands.length > 0 ? namesOf(child, path) : [path.join(' ')];
  });
}

test('every command of byok is looked into here', () => {
  const unused = () => {
    throw new Error('nothing is run');
  };
  const command = byokCommand({
    ...{
      env: {},
      homeFolder: '',
      now: unused,
      print: unused,
      remark: unused,
      readInput: unused,
      exitWith: unused,
      untilStopped: unused,
    },
  });
  expect(Object.keys(runs).sort()).toEqual(namesOf(command).sort());
});

test('none of them prints a secret of its surroundings, or writes one down', async () => {
  for (const act of Object.values(runs)) {
    await act();
  }
  await run(1, ['no-such-command'], offline);
  // The import token is meant to be there: the folder is what the ceremony is about.
  const files = filesBelow(among.folder, [`${ceremony}/ImportToken.b64`]);
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'report.xml',
      'report.page',
      'report.cbom',
      `${ceremony}/ceremony.json`,
    ]),
  );
  expect(files.some(({ name }) => name.startsWith('records/'))).toBe(true);
  expect(byok.leaks(among.secrets, files)).toEqual([]);
  expect(byok.leaks(['The key material is imported.'])).not.toEqual([]);
});
