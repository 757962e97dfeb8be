/**
 * `npm run chaos`: seeded random lives of a key, with faults at every call, against the emulator. Most are led by a player of the plugin
 * protocol, `--terraform N` more by the real terraform, all on the provider in dist/ or `--bundle FOLDER`. `--seed S --cases N` reproduces a campaign, `--case K` one case of it with its trace.
 * `--minutes M` ends it early.
 * Ends with 1 when anything was violated.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addCase, noTotals, printed, type Totals } from './report';
import type { Message, Share } from './worker';

const ringSize = 8;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      cases: { type: 'string', default: '200' },
      terraform: { type: 'string', default: '0' },
      workers: { type: 'string', default: '2' },
      case: { type: 'string' },
      real: { type: 'boolean', default: false },
      bundle: { type: 'string', default: join(__dirname, '..', 'dist', 'bundle') },
      minutes: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const seed = Number(flags.seed);
  const scratch = mkdtempSync(join(tmpdir(), 'byok-chaos-'));
  const totals = noTotals();
  const start = performance.now();
  try {
    const surroundings = prepare(scratch, flags.bundle);
    const workers = Number(flags.workers);
    const until = flags.minutes === undefined ? undefined : Date.now() + Number(flags.minutes) * 60_000;
    const only = flags.case === undefined ? undefined : Number(flags.case);
    for (const [count, terraform] of only === undefined ? stages(flags) : ([[1, flags.real]] as const)) {
      const first = only ?? 0;
      const shares = Array.from({ length: only === undefined ? workers : 1 }, (_, index) => ({
        ...{ seed, until, step: workers, terraform, folder: scratch, bundle: surroundings.bundle },
        ...{ first: first + index, last: first + count },
      }));
      await Promise.all(shares.map((share) => work(share, surroundings.ring, totals, only !== undefined)));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(flags.json ? `${JSON.stringify({ seed, seconds, ...totals })}\n` : printed(totals, seed, seconds));
  process.exitCode = totals.violations.length > 0 ? 1 : 0;
}

function stages(flags: { readonly cases: string; readonly terraform: string }): (readonly [number, boolean])[] {
  return [
    [Number(flags.cases), false],
    [Number(flags.terraform), true],
  ];
}

/** A copy of the provider, which a build meanwhile cannot change, and the ring of key pairs. */
function prepare(scratch: string, built: string): { bundle: string; ring: string } {
  const bundle = join(scratch, 'bundle');
  cpSync(built, bundle, { recursive: true });
  const ring = join(scratch, 'ring.json');
  const pairs = Array.from({ length: ringSize }, () => generateKeyPairSync('rsa', { modulusLength: 2048 }));
  writeFileSync(ring, JSON.stringify(pairs.map(({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' }))));
  return { bundle, ring };
}

function work(share: Share, ring: string, totals: Totals, traced: boolean): Promise<void> {
  const worker: ChildProcess = fork(join(__dirname, 'worker.ts'), [], {
    execArgv: ['--require', join(__dirname, 'surroundings.cjs'), ...process.execArgv],
    env: { ...process.env, CHAOS_RING: ring },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', ({ case: number, terraform, report }: Message) => {
      addCase(totals, number, terraform, report);
      const done = totals.cases + totals.terraformCases;
      if (report.violations.length > 0 || done % 100 === 0) {
        process.stderr.write(`${done} cases, ${totals.violations.length} violations\n`);
      }
      if (traced) {
        process.stderr.write(`${report.trace.join('\n')}\n`);
      }
    });
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
    worker.send(share);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
