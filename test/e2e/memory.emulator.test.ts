/**
 * What is left of key material in the memory of a process after an import: SECURITY.md tells what
 * these tests found. The heap snapshot shows strings; the memory of the process, read from outside,
 * shows everything.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ok } from '../emulator/plain-http';
import { root } from '../support/checkout';
import { holdsMaterial } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';

let folder: string;
let program: string;
let emulator: Emulator;

beforeAll(() => {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  folder = mkdtempSync(join(root, '.tmp', 'memory-'));
  program = join(folder, 'main.js');
  const options = [
    '--bundle',
    '--platform=node',
    '--packages=external',
    '--log-level=error',
    `--outfile=${program}`,
  ];
  execFileSync(
    join(root, 'node_modules', '.bin', 'esbuild'),
    ['test/support/heap-main.ts', ...options],
    { cwd: root },
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(() => emulator.close());

/** Spellings of the material that were found. */
interface Remains {
  /** In the memory of the process, when the import was just done. */
  readonly rightAfter: string[];
  /** In the heap snapshot, for which V8 collects garbage. */
  readonly snapshot: string[];
  /** In the memory of the process, after that. */
  readonly collected: string[];
}

type Spelling = 'raw' | 'base64' | 'hex';

const spell: Readonly<Record<Spelling, (material: Buffer) => Buffer>> = {
  raw: (material) => material,
  base64: (material) => Buffer.from(material.toString('base64')),
  hex: (material) => Buffer.from(material.toString('hex')),
};

/** Imports in a process of its own, which is looked at before it ends. */
async function remainsOf(
  attribute: 'material_file' | 'material_env',
  encoding: Spelling,
): Promise<Remains> {
  const material = randomBytes(32);
  const file = join(folder, 'orders.key');
  writeFileSync(file, spell[encoding](material));
  const { key_info } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
    key_alias: 'orders',
    origin: 'external',
  });
  const { PATH = '' } = process.env;
  const login = {
    ENDPOINT: emulator.url,
    HW_PROJECT_ID: emulator.projectId,
    HW_AUTH_TOKEN: emulator.authToken,
  };
  const secret =
    attribute === 'material_env'
      ? { ORDERS_KEY: spell[encoding](material).toString('latin1') }
      : {};
  const value = attribute === 'material_env' ? 'ORDERS_KEY' : file;
  const child = spawn(
    process.execPath,
    [program, key_info.key_id, attribute, value, encoding, folder],
    {
      env: { PATH, ...login, ...secret },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  try {
    const lines = createInterface({ input: child.stdout });
    expect(await once(lines, 'line')).toEqual(['imported true']);
    expect(await holdsMaterial(emulator, key_info.key_id, material)).toBe(true);
    const spellings = (Object.keys(spell) as Spelling[]).map((name) => ({
      name,
      bytes: spell[name](material),
    }));
    const within = (places: readonly Buffer[]) =>
      spellings
        .filter(({ bytes }) => places.some((place) => place.includes(bytes)))
        .map(({ name }) => name);
    const rightAfter = within(readMemory(child.pid ?? 0));
    child.stdin.write('snapshot\n');
    expect(await once(lines, 'line')).toEqual(['snapshot written']);
    const snapshot = readFileSync(join(folder, 'child.heapsnapshot'));
    expect(snapshot.includes(key_info.key_id)).toBe(true);
    return {
      rightAfter,
      snapshot: within([snapshot]),
      collected: within(readMemory(child.pid ?? 0)),
    };
  } finally {
    child.stdin.end();
    await once(child, 'close');
  }
}

/** Every region that could be written to. */
function readMemory(pid: number): Buffer[] {
  const descriptor = openSync(`/proc/${pid}/mem`, 'r');
  try {
    return readFileSync(`/proc/${pid}/maps`, 'latin1')
      .split('\n')
      .flatMap((line) => {
        const [, start = '', end = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
        const size = Number.parseInt(end, 16) - Number.parseInt(start, 16);
        return size > 0 && size < 1 << 30
          ? [readRegion(descriptor, Number.parseInt(start, 16), size)]
          : [];
      });
  } finally {
    closeSync(descriptor);
  }
}

/** Pages that are not there read as an error: the rest of the region is left out. */
function readRegion(descriptor: number, start: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let read = 0;
  try {
    for (let count = -1; count !== 0 && read < size; read += count) {
      count = readSync(descriptor, bytes, read, Math.min(1 << 20, size - read), start + read);
    }
  } catch {
    // As far as it went.
  }
  return bytes.subarray(0, read);
}

/** The operating system must show the memory of a child to its parent. */
const onLinux = existsSync('/proc/self/mem') ? test : test.skip;

onLinux('raw bytes of a file are nowhere in memory when their import is done', async () => {
  expect(await remainsOf('material_file', 'raw')).toEqual({
    rightAfter: [],
    snapshot: [],
    collected: [],
  });
});

/**
 * The text was a string for a moment; whether it was collected when the import is done is up to V8.
 */
onLinux.each(['base64', 'hex'] as const)(
  'of a file in %s only its text may remain, until garbage is collected',
  async (encoding) => {
    const { rightAfter, snapshot, collected } = await remainsOf('material_file', encoding);
    expect(rightAfter.filter((found) => found !== encoding)).toEqual([]);
    expect([snapshot, collected]).toEqual([[], []]);
  },
);

/** Also shows that a search finds what is there. */
onLinux.each(['base64', 'hex'] as const)(
  'an environment variable in %s stays in memory as long as the process, its bytes do not',
  async (encoding) => {
    const { rightAfter, snapshot, collected } = await remainsOf('material_env', encoding);
    expect([rightAfter, collected]).toEqual([[encoding], [encoding]]);
    expect(snapshot).toEqual([]);
  },
);
