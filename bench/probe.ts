/**
 * What a plan cost: a provider process tells it itself, by a script that a node of ours preloads
 * into it and that runs in its last moment; of all processes together the kernel keeps the sum.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const preloadingNode = join(__dirname, '..', 'test', 'support', 'preloading-node');

export interface Cost {
  /** Of the largest process. */
  readonly peakBytes: number;
  /** Processor time of all of them. */
  readonly cpuMs: number;
}

/**
 * Not by getrusage: its maximum starts with the memory of the process that forked, which is
 * Terraform.
 */
const script = `const { readFileSync, writeFileSync } = require('node:fs');
process.on('exit', () => {
  const [, kibibytes] = /^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const { user, system } = process.cpuUsage();
  const cost = { peakBytes: kibibytes * 1024, cpuMs: (user + system) / 1000 };
  writeFileSync(require('node:path').join(__dirname, process.pid + '.cost'), JSON.stringify(cost));
});
`;

/**
 * @param folder does not exist yet
 * @param work runs Terraform with this environment on top
 * @returns null where there is no /proc
 */
export async function probeProvider(
  folder: string,
  work: (env: Readonly<Record<string, string>>) => Promise<unknown>,
): Promise<Cost | null> {
  if (process.platform !== 'linux') {
    return null;
  }
  mkdirSync(folder);
  const probe = join(folder, 'probe.cjs');
  writeFileSync(probe, script);
  await work({
    PATH: [preloadingNode, process.env.PATH ?? ''].join(delimiter),
    TEST_PRELOAD: probe,
  });
  const costs = readdirSync(folder)
    .filter((name) => name.endsWith('.cost'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Cost);
  if (costs.length === 0) {
    throw new Error('no provider process told what it cost');
  }
  return {
    peakBytes: Math.max(...costs.map(({ peakBytes }) => peakBytes)),
    cpuMs: costs.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

/** Of a jiffy, the unit of /proc: Linux shows 100 in a second to every program. */
const jiffyMs = 10;

/**
 * @returns processor time of all processes that `work` started and that ended, in milliseconds;
 *   null where there is no /proc
 */
export async function timeProcessors(work: () => Promise<unknown>): Promise<number | null> {
  const before = endedChildrenMs();
  await work();
  const after = endedChildrenMs();
  return before === null || after === null ? null : after - before;
}

/** Children, and theirs, that were waited for: Terraform waits for its providers. */
function endedChildrenMs(): number | null {
  if (process.platform !== 'linux') {
    return null;
  }
  // The second field is the name of the program in parentheses, which may hold anything; counted
  // from behind it, cutime is the 14th.
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * jiffyMs;
}
