// `npm run bench`: what the provider costs, beside what the machine costs anyway. Every time is
// paired in one run (A B A B …) and told as a ratio of its pair, so that the figures mean the same
// on a slow machine. A missed goal is said, it is no failure. `--scale` measures a thousand keys
// instead of one (two minutes); `--json` prints the same for programs.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { constants, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createServerIdentity } from '../lib/tfplugin/process/certificate';
import { built } from './built';
import { cleanEnvironment, run } from './children';
import { prepareFloor, prepareOurs, timePlan, type WriteProvider } from './plan';
import { probeProvider } from './probe';
import { timeBareNode, timeProviderStart } from './provider-start';
import { measureScale } from './scale';
import { pairedRatios, summary } from './statistics';
import { type Figure, type Tell, type Times, table } from './table';

const rounds = { start: 15, plan: 11 };

const flag = { type: 'boolean', default: false } as const;

const goals = { handshake: 2.5, schema: 3.5, plan: 7, sizeKb: 200, memoryMb: 70 };

async function main() {
  const { values: flags } = parseArgs({ options: { json: flag, scale: flag } });
  const tell: Tell = flags.json ? () => {} : (line) => process.stderr.write(`${line}\n`);
  const scratch = mkdtempSync(join(tmpdir(), 'byok-bench-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  const machine = await describeMachine();
  tell(
    `Node ${machine.node}, Terraform ${machine.terraform}, ${machine.cpus} × ${machine.cpu}, load ${machine.load}`,
  );
  const provider = builtProvider();
  const { figures, times } = flags.scale
    ? await measureScale(scratch, provider.mirror, tell)
    : await measureOneKey(scratch, provider, tell);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ machine, figures, times }, undefined, 2)}\n`
      : table(figures, times),
  );
  if (!flags.scale) {
    tell('A thousand keys: npm run bench -- --scale');
  }
}

async function measureOneKey(
  scratch: string,
  { folder, executable, mirror }: BuiltProvider,
  tell: Tell,
): Promise<{ figures: readonly Figure[]; times: Times }> {
  tell(`${rounds.start} starts of node -e 0 and of the provider, in turn …`);
  const starts = await measureStarts(executable);
  tell(`${rounds.plan} plans of two terraform_data and of a key with its material, in turn …`);
  const plans = await measurePlans(scratch, mirror);
  const figures = [
    ...startFigures(starts),
    planFigure(plans),
    ...sizeFigures(folder),
    memoryFigure(plans.peakBytes),
  ];
  return { figures, times: timesOf(starts, plans) };
}

async function describeMachine() {
  const { output } = await run('terraform', ['version', '-json'], { env: cleanEnvironment() });
  return {
    node: process.version.slice(1),
    terraform: JSON.parse(output).terraform_version,
    platform: `${process.platform}_${process.arch}`,
    cpus: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    load: Number(loadavg()[0]?.toFixed(1)),
  };
}

interface BuiltProvider {
  readonly folder: string;
  readonly executable: string;
  readonly mirror: WriteProvider;
}

function builtProvider(): BuiltProvider {
  const bundle = built.providerBundle.readProviderBundle();
  const folder = join(built.providerBundle.bundleFolder(), 'provider');
  const executable = join(folder, `terraform-provider-byok_v${bundle.version}`);
  return { folder, executable, mirror: (path) => built.writeMirror.writeMirror(bundle, path) };
}

interface Starts {
  readonly node: number[];
  readonly handshake: number[];
  readonly schema: number[];
}

async function measureStarts(executable: string): Promise<Starts> {
  // Usable on both sides of TLS. Terraform's own is on P-521, which costs the provider a fraction
  // of a millisecond more.
  const client = createServerIdentity(new Date());
  // Once for nothing: files come into the cache, and this process learns to speak HTTP/2.
  await timeBareNode();
  await timeProviderStart(executable, client);
  const starts: Starts = { node: [], handshake: [], schema: [] };
  for (let round = 0; round < rounds.start; round++) {
    starts.node.push(await timeBareNode());
    const { handshakeMs, schemaMs } = await timeProviderStart(executable, client);
    starts.handshake.push(handshakeMs);
    starts.schema.push(schemaMs);
  }
  return starts;
}

interface Plans {
  readonly floor: readonly number[];
  readonly ours: readonly number[];
  readonly peakBytes: number | null;
}

async function measurePlans(scratch: string, mirror: WriteProvider): Promise<Plans> {
  const emulator = await built.emulator.startEmulator();
  try {
    const [floor, ours] = [
      await prepareFloor(join(scratch, 'floor')),
      await prepareOurs(join(scratch, 'ours'), emulator, mirror),
    ];
    await timePlan(floor);
    await timePlan(ours);
    const plans = { floor: [] as number[], ours: [] as number[] };
    for (let round = 0; round < rounds.plan; round++) {
      plans.floor.push(await timePlan(floor));
      plans.ours.push(await timePlan(ours));
    }
    const cost = await probeProvider(join(scratch, 'cost'), (env) => timePlan(ours, env));
    return { ...plans, peakBytes: cost?.peakBytes ?? null };
  } finally {
    await emulator.close();
  }
}

function startFigures({ node, handshake, schema }: Starts): readonly Figure[] {
  return [
    ratioFigure(
      'spawn to handshake line, × node -e 0',
      pairedRatios(handshake, node),
      goals.handshake,
    ),
    ratioFigure(
      'spawn to first schema answer, × node -e 0',
      pairedRatios(schema, node),
      goals.schema,
    ),
  ];
}

function planFigure({ ours, floor }: Plans): Figure {
  return ratioFigure(
    'plan of key + material, × two terraform_data',
    pairedRatios(ours, floor),
    goals.plan,
  );
}

function ratioFigure(figure: string, ratios: readonly number[], goal: number): Figure {
  const { median, min, max } = summary(ratios);
  return { figure, unit: '×', measured: median, min, max, goal, met: median <= goal };
}

/**
 * What every start loads: all files but the code that only a declared PKCS#12 file loads, which has
 * a figure without a goal.
 */
function sizeFigures(folder: string): readonly Figure[] {
  const sizeOf = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + statSync(join(folder, name)).size / 1000, 0);
  const late = ['pkcs12.js'];
  const measured = sizeOf(readdirSync(folder).filter((name) => !late.includes(name)));
  return [
    {
      figure: 'size of the provider, as every start loads it',
      unit: 'KB',
      measured,
      goal: goals.sizeKb,
      met: measured <= goals.sizeKb,
    },
    { figure: 'size of the file that PKCS#12 alone loads', unit: 'KB', measured: sizeOf(late) },
  ];
}

function memoryFigure(bytes: number | null): Figure {
  const figure = 'peak memory of a provider process in that plan';
  if (bytes === null) {
    return { figure, unit: 'MB', measured: null, goal: goals.memoryMb, met: null };
  }
  return {
    figure,
    unit: 'MB',
    measured: bytes / 1e6,
    goal: goals.memoryMb,
    met: bytes / 1e6 <= goals.memoryMb,
  };
}

/** Milliseconds behind the ratios; they compare with nothing but each other. */
function timesOf(starts: Starts, plans: Plans): Times {
  return {
    'node -e 0 (NODE_EXTRA_CA_CERTS unset)': summary(starts.node),
    'provider, spawn to handshake line': summary(starts.handshake),
    'provider, spawn to first schema answer': summary(starts.schema),
    'plan of two terraform_data': summary(plans.floor),
    'plan of key + material': summary(plans.ours),
  };
}

main().catch((reason: unknown) => {
  process.stderr.write(`bench: ${reason instanceof Error ? reason.message : reason}\n`);
  process.exitCode = 1;
});
