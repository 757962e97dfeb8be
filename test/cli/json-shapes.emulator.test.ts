/**
 * docs/json.md shows an object for each command: what the command prints has the same keys, at
 * every depth, and values of the same kind.
 */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { byokCommand } from '../../lib/cli/command';
import { scratchFolder } from '../support/scratch-folder';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'json.md'), 'utf8');

const documented = new Map(
  [...page.matchAll(/^```json (.+)\n([\s\S]*?)^```$/gm)].map(([, name = '', json = '']) => [
    name,
    JSON.parse(json) as unknown,
  ]),
);

let bench: ByokAndEmulator;
const folder = scratchFolder();
const offline = { endpoint: undefined };

beforeAll(async () => {
  bench = await startByokAndEmulator();
  writeFileSync(join(folder, 'k'), randomBytes(32).toString('base64'));
});

afterAll(() => bench.close());

/** Null stands for what may be missing: it has the shape of anything. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.slice(0, 1).map(shapeOf);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
  }
  return value === null ? 'null' : typeof value;
}

function expectShape(found: unknown, name: string): void {
  const [shape, expected] = [shapeOf(found), shapeOf(documented.get(name))];
  expect(sameWhereKnown(shape, expected)).toEqual(expected);
}

/** With the expected kind where one of the two is null. */
function sameWhereKnown(found: unknown, expected: unknown): unknown {
  if (Array.isArray(found) && Array.isArray(expected)) {
    return found.length === 0 || expected.length === 0
      ? expected
      : [sameWhereKnown(found[0], expected[0])];
  }
  if (
    typeof found === 'object' &&
    found !== null &&
    typeof expected === 'object' &&
    expected !== null
  ) {
    const known = expected as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(found).map(([key, inner]) => [key, sameWhereKnown(inner, known[key])]),
    );
  }
  return expected !== undefined && (found === 'null' || expected === 'null') ? expected : found;
}

async function json(args: readonly string[], options: object = {}): Promise<unknown> {
  const { status, stdout, stderr } = await bench.run([...args, '--json'], {
    cwd: folder,
    ...options,
  });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

/** Of a key that goes, and of what uses it. */
const attributes = { alias: 'a', key_id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f' };
const plan = JSON.stringify({
  format_version: '1.2',
  resource_changes: [
    {
      address: 'byok_external_key.a',
      mode: 'managed',
      type: 'byok_external_key',
      name: 'a',
      change: { actions: ['delete'], before: attributes, after: null, after_unknown: {} },
    },
  ],
  prior_state: {
    values: {
      root_module: {
        resources: [{ address: 'x_y.z', type: 'x_y', values: { key: attributes.key_id } }],
      },
    },
  },
});

const runs: Readonly<Record<string, () => Promise<unknown>>> = {
  'create-key': () => json(['create-key', '--alias', `a-${randomBytes(4).toString('hex')}`]),
  import: async () =>
    json([
      'import',
      '--key-id',
      await bench.createKey(),
      '--material-file',
      'k',
      '--expiration-time',
      '2099-01-01T00:00:00Z',
    ]),
  apply: async () => json(['apply', '--key-id', await bench.createKey(), '--material-file', 'k']),
  remove: async () => {
    const keyId = await bench.createKey();
    await json(['import', '--key-id', keyId, '--material-file', 'k']);
    return json(['remove', '--key-id', keyId]);
  },
  status: async () => {
    await runs.import?.();
    return json(['status']);
  },
  check: async () => {
    await runs.import?.();
    const { stdout } = await bench.run(['check', '--live', '--json']);
    return JSON.parse(stdout);
  },
  review: async () => {
    writeFileSync(join(folder, 'plan.json'), plan);
    const reviewed = ['review', '--plan', 'plan.json', '--json', '-'];
    const { stdout } = await bench.run(reviewed, { cwd: folder, ...offline });
    return JSON.parse(stdout);
  },
  report: async () => {
    const { stdout } = await bench.run(['check', '--live', '--json']);
    return json(['report', '-'], { ...offline, input: stdout });
  },
  'ceremony start': async () =>
    json(['ceremony', 'start', '--key-id', await bench.createKey(), '--out-dir', 'started']),
  'ceremony finish': async () => {
    await json(['ceremony', 'start', '--key-id', await bench.createKey(), '--out-dir', 'finished']);
    const dir = join(folder, 'finished');
    const wrap =
      'pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out EncryptedKeyMaterial.bin -keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256';
    execFileSync(
      'sh',
      [
        '-c',
        `openssl rand -out PlaintextKeyMaterial.bin 32 && openssl ${wrap} && rm PlaintextKeyMaterial.bin`,
      ],
      {
        cwd: dir,
      },
    );
    return json(['ceremony', 'finish', '--dir', 'finished']);
  },
  fingerprint: () => json(['fingerprint', '--material-file', 'k'], offline),
  'provider install': async () => undefined,
  version: () => json(['version'], offline),
  emulator: async () => {
    const { child, ended } = bench.start(['emulator', '--json'], offline);
    if (child.stdout === null) {
      throw new Error('the child has no stdout');
    }
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    child.kill('SIGTERM');
    await ended;
    return JSON.parse(line);
  },
  error: async () => {
    const { status, stdout, stderr } = await bench.run(['status', '--json'], {
      endpoint: 'http://kms.example.com',
    });
    expect([status, stdout]).toEqual([1, '']);
    return JSON.parse(stderr);
  },
};

test.each(Object.keys(runs).filter((name) => name !== 'provider install'))(
  '%s prints what the page shows',
  async (name) => {
    expectShape(await runs[name]?.(), name);
  },
);

test('the page has every command that takes --json', () => {
  const withJson = (command: Command, path: readonly string[]): string[] => [
    ...(command.options.some(({ long }) => long === '--json') ? [path.join(' ')] : []),
    ...command.commands.flatMap((child) => withJson(child, [...path, child.name()])),
  ];
  const commands = withJson(
    byokCommand({ homeFolder: '/' } as Parameters<typeof byokCommand>[0]),
    [],
  );
  expect([...documented.keys()].sort()).toEqual([...commands, 'error'].sort());
  expect(Object.keys(runs).sort()).toEqual([...documented.keys()].sort());
});

test('a missing or a further key, and another kind of value, are seen', () => {
  const fingerprint = 'sha256:x';
  expect(() => expectShape({}, 'fingerprint')).toThrow();
  expect(() => expectShape({ fingerprint, more: 1 }, 'fingerprint')).toThrow();
  expect(() => expectShape({ fingerprint: 1 }, 'fingerprint')).toThrow();
  expect(() => expectShape([], 'fingerprint')).toThrow();
});
