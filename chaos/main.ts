/**
 * `npm run chaos`: seeded random lives of a key, and encounters of several objects, plans and
 * processes over one, with faults at every call, against the emulator, and a report of them. Most
 * are led by a player of the plugin protocol, some by the real terraform, all on the provider in
 * dist/ or `--bundle FOLDER`: 5,000 and 200 of them unless `--cases N --terraform N` say otherwise.
 * `--scene NAME`: nothing but encounters of one kind (a wrong name lists them). `--minutes M` or an
 * interrupt ends a campaign early, with the report of what was played until then; `--report FILE`
 * keeps one up to date all along. `--seed S` reproduces a campaign, `--case K` one case of it with
 * its trace (`--real`: by terraform), `--case K,L,…` some of them. Ends with 1 when anything was
 * violated.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addCase, noTotals, printed } from './report';
import { type SceneName, sceneNames } from './scenes';
import type { Campaign, Job, Message, Order } from './worker';

const ringSize = 8;
const casesPerProgress = 50;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      cases: { type: 'string', default: '5000' },
      terraform: { type: 'string', default: '200' },
      workers: { type: 'string', default: '2' },
      case: { type: 'string' },
      real: { type: 'boolean', default: false },
      bundle: { type: 'string', default: join(__dirname, '..', 'dist', 'bundle') },
      minutes: { type: 'string', default: 'Infinity' },
      report: { type: 'string' },
      scene: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const seed = Number(flags.seed);
  const totals = noTotals();
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const only = flags.case
    ?.split(',')
    .map((number): Job => ({ number: Number(number), terraform: flags.real }));
  const jobs = only?.slice() ?? interleaved(Number(flags.cases), Number(flags.terraform));
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true;
    });
  }
  const nextJob = () =>
    interrupted || seconds() > Number(flags.minutes) * 60 ? undefined : jobs.shift();
  const onReport = ({ job, report }: Message) => {
    addCase(totals, job, report);
    const done = totals.cases + totals.terraformCases;
    if (report.violations.length > 0 || done % casesPerProgress === 0) {
      process.stderr.write(
        `${done} cases, ${totals.violations.length} violations, ${seconds().toFixed(0)} s\n`,
      );
      if (flags.report !== undefined) {
        writeFileSync(flags.report, printed(totals, seed, seconds(), flags.scene));
      }
    }
    if (only?.length === 1) {
      process.stderr.write(`${report.trace.join('\n')}\n`);
    }
  };
  const scratch = mkdtempSync(join(tmpdir(), 'byok-chaos-'));
  let failure: unknown;
  try {
    const { campaign, ring } = prepare(seed, scratch, flags.bundle, sceneOf(flags.scene));
    const workers = Array.from({ length: Math.min(Number(flags.workers), jobs.length) }, () =>
      work(campaign, ring, nextJob, onReport),
    );
    await Promise.all(workers);
  } catch (error) {
    failure = error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const report = printed(totals, seed, seconds(), flags.scene);
  process.stdout.write(
    flags.json ? `${JSON.stringify({ seed, seconds: seconds(), ...totals })}\n` : report,
  );
  if (flags.report !== undefined) {
    writeFileSync(flags.report, report);
  }
  if (failure !== undefined) {
    throw failure;
  }
  process.exitCode = totals.violations.length > 0 ? 1 : 0;
}

/** Evenly mixed, so that a campaign that ends early has some of both. */
function interleaved(cases: number, terraformCases: number): Job[] {
  const jobsOf = (count: number, terraform: boolean) =>
    Array.from({ length: count }, (_, number) => ({
      number,
      terraform,
      place: (number + 0.5) / count,
    }));
  return [...jobsOf(cases, false), ...jobsOf(terraformCases, true)]
    .sort((a, b) => a.place - b.place)
    .map(({ number, terraform }) => ({ number, terraform }));
}

/**
 * A copy of the provider, which a build meanwhile cannot change, and key pairs: for wrapping, and
 * to be imported.
 */
function prepare(
  seed: number,
  scratch: string,
  built: string,
  scene: SceneName | undefined,
): { campaign: Campaign; ring: string } {
  const bundle = join(scratch, 'bundle');
  cpSync(built, bundle, { recursive: true });
  const ring = join(scratch, 'ring.json');
  writeFileSync(ring, JSON.stringify(rsaKeys(ringSize)));
  return { campaign: { seed, folder: scratch, bundle, scene, rsaKeys: rsaKeys(3) }, ring };
}

/** @throws Error with those that there are */
function sceneOf(name: string | undefined): SceneName | undefined {
  const scene = sceneNames.find((one) => one === name);
  if (name !== undefined && scene === undefined) {
    throw new Error(`there is no scene "${name}"; there are ${sceneNames.join(', ')}`);
  }
  return scene;
}

function rsaKeys(count: number): string[] {
  return Array.from({ length: count }, () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  });
}

/**
 * A worker until there is no job left. In a process group of its own, so that an interrupt at the
 * terminal lets it finish its case.
 */
function work(
  campaign: Campaign,
  ring: string,
  nextJob: () => Job | undefined,
  onReport: (message: Message) => void,
): Promise<void> {
  const worker: ChildProcess = fork(join(__dirname, 'worker.ts'), [], {
    execArgv: ['--require', join(__dirname, 'surroundings.cjs'), ...process.execArgv],
    env: { ...process.env, CHAOS_RING: ring },
    detached: true,
  });
  const order = (what: Order) => worker.send(what);
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Message) => {
      onReport(message);
      order({ job: nextJob() });
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`)),
    );
    order({ campaign });
    order({ job: nextJob() });
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
