/**
 * `npm run bench -- --scale`: a plan over a thousand keys, one over two hundred with tags, and the
 * first import of two hundred, with a KMS that takes its time.
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Emulator } from '../lib/emulator';
import { built } from './built';
import { run } from './children';
import { prepareIdle } from './idle-provider';
import { initKeys, prepareKeys, prepareTerraformData } from './many-keys';
import { type Prepared, timePlan, type WriteProvider } from './plan';
import { type Cost, probeProvider, timeProcessors } from './probe';
import { pairedRatios, summary } from './statistics';
import type { Figure, Tell, Times } from './table';

const kmsCallMs = 20;
const plan = { count: 1000, rounds: 3, requestsPerSecond: 20 };
/** The documented limit. */
const firstImport = { count: 200, requestsPerSecond: 20 };
const tagged = { ...firstImport, tagged: true };

const goals = { calls: 10, taggedCalls: 20, callsPerKey: 4, ratio: 2.5, memoryMb: 120, share: 90 };

const { startEmulator } = built.emulator;

export async function measureScale(
  scratch: string,
  mirror: WriteProvider,
  tell: Tell,
): Promise<{ figures: readonly Figure[]; times: Times }> {
  tell(`preparing ${plan.count} keys with material, and ${2 * plan.count} terraform_data …`);
  const { prepared, emulator } = await prepareKeys(
    join(scratch, 'thousand'),
    startEmulator,
    mirror,
    plan,
  );
  let plans: Plans;
  try {
    const floor = await prepareTerraformData(join(scratch, 'floor'), plan.count);
    const idle = await prepareIdle(prepared, join(scratch, 'idle'));
    slowDown(emulator);
    tell(`${plan.rounds} plans of each, in turn, at ${kmsCallMs} ms a KMS call …`);
    plans = await measurePlans(scratch, emulator, { ours: prepared, floor, idle });
  } finally {
    await emulator.close();
  }
  tell(
    `a plan of ${tagged.count} keys with tags at ${tagged.requestsPerSecond} requests a second …`,
  );
  const withTags = await measureTagged(scratch, mirror);
  tell(
    `first import of ${firstImport.count} keys at ${firstImport.requestsPerSecond} requests a second …`,
  );
  const imported = await measureImport(scratch, mirror);
  return {
    figures: [...planFigures(plans), taggedFigure(withTags), ...importFigures(imported)],
    times: timesOf(plans, withTags, imported),
  };
}

interface Plans {
  readonly ours: readonly number[];
  readonly floor: readonly number[];
  readonly idle: readonly number[];
  readonly withoutRefresh: readonly number[];
  /** Operations of the KMS that one plan of ours calls. */
  readonly calls: readonly string[];
  readonly cost: Cost | null;
  /** Terraform's own processor time. */
  readonly terraform: { readonly oursMs: number; readonly floorMs: number } | null;
}

function slowDown(emulator: Emulator): void {
  emulator.clearFaults();
  emulator.injectFaults([{ delayMs: kmsCallMs, times: Number.MAX_SAFE_INTEGER }]);
}

async function measurePlans(
  scratch: string,
  emulator: Emulator,
  { ours, floor, idle }: Readonly<Record<'ours' | 'floor' | 'idle', Prepared>>,
): Promise<Plans> {
  const times = {
    ours: [] as number[],
    floor: [] as number[],
    idle: [] as number[],
    withoutRefresh: [] as number[],
  };
  let calls: readonly string[] = [];
  let allMs: number | null = null;
  const cost = await probeProvider(join(scratch, 'cost'), async (env) => {
    emulator.clearCalls();
    allMs = await timeProcessors(() => timePlan(ours, env));
    calls = emulator.calls().map(({ operation }) => operation);
  });
  const floorMs = await timeProcessors(() => timePlan(floor));
  for (let round = 0; round < plan.rounds; round++) {
    times.floor.push(await timePlan(floor));
    times.ours.push(await timePlan(ours));
    times.idle.push(await timePlan(idle));
    times.withoutRefresh.push(await timePlan(ours, { TF_CLI_ARGS_plan: '-refresh=false' }));
  }
  const terraform =
    cost === null || allMs === null || floorMs === null
      ? null
      : { oursMs: allMs - cost.cpuMs, floorMs };
  return { ...times, calls, cost, terraform };
}

interface Tagged {
  readonly milliseconds: number;
  readonly calls: number;
}

async function measureTagged(scratch: string, mirror: WriteProvider): Promise<Tagged> {
  const { prepared, emulator } = await prepareKeys(
    join(scratch, 'tagged'),
    startEmulator,
    mirror,
    tagged,
  );
  try {
    slowDown(emulator);
    emulator.clearCalls();
    const milliseconds = await timePlan(prepared);
    return { milliseconds, calls: emulator.calls().length };
  } finally {
    await emulator.close();
  }
}

function taggedFigure({ calls }: Tagged): Figure {
  return {
    figure: `KMS calls of a plan of ${tagged.count} keys with tags and material`,
    unit: 'calls',
    measured: calls,
    goal: goals.taggedCalls,
    met: calls <= goals.taggedCalls,
  };
}

interface Imported {
  readonly milliseconds: number;
  /** From the first call of the KMS to the last. */
  readonly spanMs: number;
  readonly calls: readonly string[];
}

async function measureImport(scratch: string, mirror: WriteProvider): Promise<Imported> {
  const emulator = await startEmulator({ oneWrappingKey: true });
  try {
    slowDown(emulator);
    const { folder, env } = await initKeys(join(scratch, 'import'), emulator, mirror, firstImport);
    const began = performance.now();
    await run('terraform', ['apply', '-auto-approve', '-no-color'], { cwd: folder, env });
    const milliseconds = performance.now() - began;
    const calls = emulator.calls();
    const [first, last] = [calls.at(0), calls.at(-1)];
    const spanMs = (last?.time.getTime() ?? Number.NaN) - (first?.time.getTime() ?? Number.NaN);
    return { milliseconds, spanMs, calls: calls.map(({ operation }) => operation) };
  } finally {
    await emulator.close();
  }
}

function planFigures({ ours, floor, idle, calls, cost, terraform }: Plans): readonly Figure[] {
  const { median, min, max } = summary(pairedRatios(ours, floor));
  const least = summary(pairedRatios(idle, floor));
  const megabytes = cost === null ? null : cost.peakBytes / 1e6;
  return [
    {
      figure: `KMS calls of a plan of ${plan.count} keys with material`,
      unit: 'calls',
      measured: calls.length,
      goal: goals.calls,
      met: calls.length <= goals.calls,
    },
    {
      figure: `that plan, × ${2 * plan.count} terraform_data`,
      unit: '×',
      measured: median,
      min,
      max,
      goal: goals.ratio,
      met: median <= goals.ratio,
    },
    // What no provider can take off: Terraform converts, checks and prints objects of up to thirty
    // attributes, where terraform_data has four.
    {
      figure: '  the same by a provider of the same schema that does nothing',
      unit: '×',
      measured: least.median,
      min: least.min,
      max: least.max,
    },
    ...terraformFigure(terraform),
    {
      figure: 'peak memory of a provider process in it',
      unit: 'MB',
      measured: megabytes,
      goal: goals.memoryMb,
      met: megabytes === null ? null : megabytes <= goals.memoryMb,
    },
  ];
}

function terraformFigure(terraform: Plans['terraform']): readonly Figure[] {
  const figure = "  Terraform's own processor time in it, × that of the terraform_data";
  return terraform === null
    ? []
    : [{ figure, unit: '×', measured: terraform.oursMs / terraform.floorMs }];
}

/**
 * Share of the shortest time in which so many calls can begin: the limit lets the first second's
 * worth begin at once, and as many with every second after it.
 */
function importFigures({ spanMs, calls }: Imported): readonly Figure[] {
  const shortestMs = (Math.ceil(calls.length / firstImport.requestsPerSecond) - 1) * 1000;
  const share = (100 * shortestMs) / spanMs;
  const told = [...new Set(calls)]
    .map((operation) => {
      const { length } = calls.filter((call) => call === operation);
      return `${(length / firstImport.count).toFixed(2)} ${operation}`;
    })
    .join(', ');
  const perKeyCalls = calls.filter((call) => call !== 'list-keys').length / firstImport.count;
  return [
    {
      figure: `first import of ${firstImport.count} keys, of what ${firstImport.requestsPerSecond} requests/s allow`,
      unit: '%',
      measured: share,
      goal: goals.share,
      atLeast: true,
      met: share >= goals.share,
    },
    {
      figure: 'KMS calls of a key in it, the lists of the run aside',
      unit: 'calls',
      measured: perKeyCalls,
      goal: goals.callsPerKey,
      met: perKeyCalls <= goals.callsPerKey,
    },
    {
      figure: `  of all of them: ${told}`,
      unit: 'calls',
      measured: calls.length / firstImport.count,
    },
  ];
}

/** Where the time goes. */
function timesOf(
  { ours, floor, idle, withoutRefresh, cost, terraform, calls }: Plans,
  withTags: Tagged,
  { milliseconds, spanMs }: Imported,
): Times {
  const one = (value: number) => summary([value]);
  return {
    [`plan of ${2 * plan.count} terraform_data: the graph itself`]: summary(floor),
    [`plan of ${plan.count} keys with material`]: summary(ours),
    '  the same by a provider that does nothing': summary(idle),
    '  the same without refresh: validate, plan, and the talk between Terraform and provider':
      summary(withoutRefresh),
    ...(cost === null || terraform === null
      ? {}
      : {
          "  Terraform's own processor time": one(terraform.oursMs),
          '  processor time of its provider processes': one(cost.cpuMs),
        }),
    '  waiting for the KMS': one(calls.length * kmsCallMs),
    [`plan of ${tagged.count} keys with tags and material`]: one(withTags.milliseconds),
    [`first import of ${firstImport.count} keys, whole apply`]: one(milliseconds),
    '  from its first KMS call to its last': one(spanMs),
  };
}
