/**
 * A KMS, states and plans full of what steers terminals, turns text around, begins lines and
 * commands CI systems. None of it is printed as it is: not by the command, in JSON or a report, and
 * not by Terraform in what the provider has it print and log.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom';
import { type ByokProcess, bundleByok } from '../cli/byok-process';
import { createKey } from '../emulator/external-key';
import {
  configure,
  keyWithMaterial,
  takeBuiltProvider,
  type Workbench,
  workbench,
} from '../provider/workbench';
import { type Emulator, startEmulator } from '../support/emulator';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy';
import { runCommand } from '../support/terraform-workspace';

takeBuiltProvider('what its process logs is the subject');

let emulator: Emulator;
let proxy: RecordingProxy;

beforeEach(async () => {
  emulator = await startEmulator();
  proxy = await startRecordingProxy(emulator.url);
});

afterEach(async () => {
  await proxy.close();
  await emulator.close();
});

/** Each control character there is, and the rest of their kind. */
const characters = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index),
  ...[
    0x61c, 0x200b, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202d, 0x202e, 0x2060, 0x2066,
    0x2067, 0x2069, 0xfeff,
  ],
].map((code) => String.fromCodePoint(code));

const commands = [
  '::error::pwned',
  '::set-output name=x::y',
  '::add-mask::key',
  '##[error]pwned',
  '##vso[task.setvariable variable=x]y',
];

/**
 * What others write: every character on its own, and commands where a line begins, or will when
 * somebody wraps the text.
 */
const foreign = [
  ...characters.map((character) => `a${character}b`),
  ...commands,
  ...commands.map((command) => `\n${command}`),
].join(' ');

/** Short enough for a name. */
const samples = [
  '\u001b[31mred',
  '\n::error::pwned',
  'a\u202eb',
  '\u009b31m',
  'a\u2028::set-output name=x::y',
  'a\u200bb',
  '##[group]x',
];

const unwanted = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** @param text with line breaks of ours */
function expectHarmless(name: string, text: string): void {
  const found = text
    .split('\n')
    .filter((line) => unwanted.test(line) || /^\s*::/.test(line) || /##\w*\[/.test(line));
  expect([name, found]).toEqual([name, []]);
}

describe('the command', () => {
  let byok: ByokProcess;
  let folder: string;
  let keyId: string;

  beforeAll(() => {
    byok = bundleByok();
  });

  afterAll(() => byok.remove());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'byok-foreign-'));
    writeFileSync(join(folder, 'orders.key'), randomBytes(32).toString('base64'));
    keyId = await createKey(emulator);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(args: readonly string[]): Promise<string> {
    const { PATH = '' } = process.env;
    const env = {
      PATH,
      HW_MAX_RETRIES: '0',
      HW_PROJECT_ID: emulator.projectId,
      HW_AUTH_TOKEN: emulator.authToken,
    };
    const { output } = await runCommand(process.execPath, [byok.file, ...args], {
      cwd: folder,
      env,
    });
    expectHarmless(args.join(' '), output);
    if (args.includes('--json')) {
      // Without the remark on stderr that there is nothing to look at.
      expect(JSON.parse(output.replace(/^byok: .*\n/, ''))).toBeInstanceOf(Object);
    }
    return output;
  }

  const asking = (): readonly (readonly string[])[] =>
    [
      ['status'],
      ['status', '--json'],
      ['check', '--live', '--allow-empty', '--json'],
      ['import', '--key-id', keyId, '--material-file', 'orders.key', '--json'],
      ['apply', '--key-id', keyId, '--material-file', 'orders.key'],
      ['remove', '--key-id', keyId],
      ['ceremony', 'start', '--key-id', keyId],
    ].map((args) => [...args, '--kms-endpoint', proxy.url]);

  test.each<readonly [string, number, unknown]>([
    [
      'the envelope of the KMS',
      400,
      { error: { error_code: '::error::pwned', error_msg: foreign } },
    ],
    [
      'the envelope of the gateway',
      403,
      { error_code: 'APIGW.0301', error_msg: foreign, request_id: '::error::pwned' },
    ],
    ['a page', 502, foreign],
    ['no answer at all', 200, foreign],
  ])('what it prints of a refusal in %s', async (_what, status, body) => {
    proxy.alter(() => ({
      status,
      headers: { 'X-Request-Id': '::error::\u009b31m' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }));
    for (const args of asking()) {
      expect(await run(args)).toContain(args.includes('--json') ? '"message":' : 'byok: ');
    }
  });

  test.each(['key_alias', 'key_spec', 'key_state', 'origin', 'key_id'])(
    'what it prints of keys with a foreign %s',
    async (field) => {
      for (const sample of samples) {
        proxy.alter(({ status, body }) => {
          const key = {
            key_id: keyId,
            key_alias: 'orders',
            key_state: '5',
            origin: 'external',
            key_spec: 'AES_256',
            [field]: sample,
          };
          return {
            status,
            headers: {},
            body:
              body === ''
                ? ''
                : JSON.stringify({
                    ...JSON.parse(body),
                    key_info: key,
                    key_details: [key],
                    next_marker: '',
                  }),
          };
        });
        for (const args of asking().slice(0, 5)) {
          await run(args);
        }
      }
    },
  );

  /** A state whose every text is foreign, wherever a check reads one. */
  function stateWith(text: string): object {
    const attributes = {
      alias: text,
      key_id: text,
      key_state: text,
      key_spec: text,
      import_reason: text,
      fingerprint: text,
      description: text,
    };
    const resource = (type: string, status: string) => ({
      ...{ module: `module.x["${text}"]`, mode: 'managed', type, name: text },
      instances: [
        {
          index_key: text,
          attributes: {
            ...attributes,
            material_status: status,
            expiration_time: '2030-01-01T00:00:00Z',
          },
        },
      ],
    });
    return {
      version: 4,
      resources: [
        resource('byok_external_key', 'present'),
        resource('byok_key_material', 'deleted_outside'),
        resource('byok_key_material', 'present'),
      ],
    };
  }

  function planWith(text: string): object {
    const after = { key_id: text, alias: text, import_reason: text, material_status: null };
    const change = (type: string) => ({
      ...{ address: `${type}.${text}`, mode: 'managed', type },
      change: { before: null, after, after_unknown: { material_status: true } },
    });
    return {
      format_version: '1.2',
      planned_values: {},
      resource_changes: [change('byok_external_key'), change('byok_key_material')],
    };
  }

  test('what a check prints of states and plans, and writes into its report', async () => {
    for (const text of [foreign, ...samples]) {
      writeFileSync(join(folder, 'state.json'), JSON.stringify(stateWith(text)));
      writeFileSync(join(folder, 'plan.json'), JSON.stringify(planWith(text)));
      const sources = ['--state', 'state.json', '--plan', 'plan.json'];
      expect(await run(['check', ...sources])).toContain('VERDICT');
      const { findings } = JSON.parse(
        await run(['check', ...sources, '--json', '--junit', 'byok.xml']),
      ) as {
        findings: { key_id: string }[];
      };
      expect(findings.map((finding) => finding.key_id)).toEqual([text, text, text]);
      const report = readFileSync(join(folder, 'byok.xml'), 'utf8');
      expectHarmless('byok.xml', report);
      expect(
        new DOMParser({ onError: onErrorStopParsing })
          .parseFromString(report, 'text/xml')
          .getElementsByTagName('testcase'),
      ).toHaveLength(3);
    }
  });

  test('what it prints of its own arguments, in which a pipeline may have put anything', async () => {
    for (const text of samples) {
      await run(['check', '--state', text]);
      await run(['status', `--${text}`]);
      await run(['import', '--key-id', text, '--material-file', text, '--kms-endpoint', proxy.url]);
      await run(['fingerprint', '--material-file', text, '--json']);
      await run(['apply', '--key-id', text]);
    }
  });
});

describe('terraform', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await workbench(emulator, keyWithMaterial('orders'));
    bench.workspace.env.TF_LOG = 'TRACE';
    bench.workspace.env.TF_LOG_PATH = join(bench.workspace.folder, 'trace.log');
  });

  afterEach(() => bench.workspace.remove());

  /**
   * In the log stand lines of Terraform's own: there the very things are looked for that were
   * written.
   */
  function expectHarmlessLog(): void {
    const log = readFileSync(join(bench.workspace.folder, 'trace.log'), 'utf8');
    expect(log).toContain('serving provider byok');
    const found = [
      ...characters.filter((character) => !['\n', '\t', '\r'].includes(character)),
      ...commands,
    ].filter((text) => log.includes(text));
    expect(found).toEqual([]);
  }

  test('diagnostics and the log, wherever Terraform breaks their lines', async () => {
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
    bench.workspace.configure(
      `  kms_endpoint = "${proxy.url}"\n  max_retries = 1`,
      keyWithMaterial('orders'),
    );
    // So that each command is the first word of some line: Terraform wraps at 78 characters where
    // there is no terminal, or not at all.
    for (const [status, padding] of [
      [400, 0],
      [403, 20],
      [502, 40],
      [200, 60],
    ] as const) {
      const message = `${'x'.repeat(padding)} ${commands.join(' ')} ${foreign}`.slice(0, 9000);
      proxy.alter(() => ({
        status,
        headers: {},
        body: JSON.stringify({ error: { error_code: 'KMS.0308', error_msg: message } }),
      }));
      const plan = await bench.workspace.plan();
      expect(plan.code).toBe(1);
      expectHarmless(`plan with ${status}`, plan.output);
    }
    for (const field of ['key_alias', 'key_state', 'key_spec', 'origin']) {
      const key = {
        key_id: '',
        key_alias: 'orders',
        key_state: '2',
        origin: 'external',
        key_spec: 'AES_256',
      };
      proxy.alter(({ status, body }) => ({
        status,
        headers: {},
        body: JSON.stringify({
          key_info: { ...key, ...JSON.parse(body).key_info, [field]: foreign },
        }),
      }));
      const plan = await bench.workspace.plan();
      expect([field, plan.code]).toEqual([field, 1]);
      expectHarmless(`plan with ${field}`, plan.output);
    }
    expectHarmlessLog();
  });

  test('what the configuration itself says is quoted in one line, too', async () => {
    configure(emulator, bench.workspace, keyWithMaterial('a\\n::error::pwned\\u001b[31m x'));
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    // Terraform quotes the configuration as it is written: escaped.
    expectHarmless('plan', plan.output);
    expectHarmlessLog();
  });
});
