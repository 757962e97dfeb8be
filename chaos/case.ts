/** One case: some operations under faults, recovery, and now and then the end of it all. */
import type { KeyObject } from 'node:crypto';
import { describe, play } from './command';
import { rollingOf } from './declared';
import type { FaultLine } from './fault-line';
import { drawFault, type FaultName, type FaultOrder, faultKinds } from './faults';
import { findSecrets } from './find-secrets';
import { operations } from './operations';
import { declaredExpiry, drawRace, importStrange } from './outside';
import { drawRow, Random } from './random';
import { recover } from './recovery';
import { passThroughWindow } from './rolling-window';
import { before, checkSafety } from './safety';
import type { CommandResult, Terraform } from './terraform';
import { World } from './world';

export interface CaseReport {
  readonly seed: number;
  /** Of the material in the beginning: spec, source, and how its expiry is declared. */
  readonly kinds: readonly string[];
  readonly operations: Readonly<Record<string, number>>;
  readonly faults: Partial<Record<FaultName, number>>;
  readonly commands: number;
  readonly starts: number;
  readonly instructions: number;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
}

export interface CaseParts {
  readonly line: FaultLine;
  readonly folder: string;
  readonly rsaKeys: readonly KeyObject[];
  readonly newTerraform: (world: World) => Terraform;
}

export async function runCase(
  seed: number,
  { line, folder, rsaKeys, newTerraform }: CaseParts,
): Promise<CaseReport> {
  const { emulator } = line;
  const random = new Random(seed);
  const world = new World({ emulator, random, folder, staleReads: line.staleReads, rsaKeys });
  const { kinds } = world;
  const terraform = newTerraform(world);
  const [done, faults]: [Record<string, number>, Partial<Record<FaultName, number>>] = [{}, {}];
  let commands = 0;
  let instructions = 0;

  async function run(
    name: string,
    command: () => Promise<CommandResult>,
    orders: readonly FaultOrder[] = [],
  ): Promise<CommandResult> {
    await bindFirst(world);
    const circumstances = await before(world, terraform);
    const raced = orders.some(({ name }) => 'race' in faultKinds[name]);
    const played = await play(
      line,
      terraform,
      orders,
      command,
      raced ? drawRace(world) : undefined,
    );
    const { result, calls, hits } = played;
    commands += 1;
    for (const hit of hits) {
      faults[hit] = (faults[hit] ?? 0) + 1;
    }
    world.trace.push(
      `${name}: ${describe(played, { ...world.declared, content: world.content }, orders, emulator, world.skewMs)}`,
    );
    await checkSafety(world, terraform, circumstances, {
      result,
      calls,
      raced,
      undisturbed: hits.length === 0 && !raced,
    });
    return result;
  }

  try {
    await start(world, terraform, run);
    for (let left = 1 + random.below(5); left > 0 && world.violations.length === 0; left -= 1) {
      const possible = Object.entries(operations).filter(
        ([, { when }]) => when?.(world, terraform) ?? true,
      );
      const name = drawRow(random, possible);
      done[name] = (done[name] ?? 0) + 1;
      world.trace.push(`— ${name}`);
      const command =
        (await operations[name]?.run(world, terraform)) ??
        (() => terraform.apply(world.configuration));
      await run(name, command, drawFaults(random));
    }
    instructions += (await recover(world, terraform, run)).instructions;
    if (
      rollingOf(world.declared.material?.expiry) !== undefined &&
      !world.foreign &&
      world.violations.length === 0
    ) {
      done['pass through the window'] = (done['pass through the window'] ?? 0) + 1;
      await passThroughWindow(world, terraform, run);
    }
    if (random.chance(0.35) && world.violations.length === 0 && !world.foreign) {
      done.destroy = (done.destroy ?? 0) + 1;
      await destroy(world, terraform, run);
    }
  } catch (error) {
    world.violate(
      `the case could not be played: ${error instanceof Error ? error.stack : String(error)}`,
    );
  } finally {
    for (const leak of findSecrets(world, terraform)) {
      world.violate(leak);
    }
    await terraform.remove();
    emulator.clearFaults();
    emulator.advanceClock(-world.offsetMs / 1000);
  }
  for (const complaint of terraform.complaints()) {
    world.violate(complaint);
  }
  return {
    seed,
    kinds,
    operations: done,
    faults,
    commands,
    starts: terraform.starts,
    instructions,
    violations: world.violations,
    trace: world.trace,
  };
}

type Run = (
  name: string,
  command: () => Promise<CommandResult>,
  orders?: readonly FaultOrder[],
) => Promise<CommandResult>;

/**
 * Mostly a first apply of everything; or a key first, into which perhaps somebody else imports
 * other bytes.
 */
async function start(world: World, terraform: Terraform, run: Run): Promise<void> {
  const { random, declared } = world;
  const { material } = declared;
  if (material === undefined || random.chance(0.8)) {
    await run('first apply', () => terraform.apply(world.configuration), drawFaults(random));
    return;
  }
  declared.material = undefined;
  await run('first apply of the key alone', () => terraform.apply(world.configuration));
  declared.material = material;
  await importStrange(world, declaredExpiry(world));
  await run(
    'first apply of the material, after somebody else imported other bytes',
    () => terraform.apply(world.configuration),
    drawFaults(random),
  );
}

/**
 * Until material was seen in the key, the file decides what it is bound to: then wrong bytes would
 * be the right ones.
 */
async function bindFirst(world: World): Promise<void> {
  const key = await world.key();
  if (key === undefined) {
    world.bound = false;
  }
  if (!world.bound && world.content === 'wrong' && world.declared.material?.pin === undefined) {
    world.write('right');
  }
}

/** The policies are in state before; then what they say must come true within two more tries. */
async function destroy(world: World, terraform: Terraform, run: Run): Promise<void> {
  const { declared, random } = world;
  const policy = random.pick(['retain', 'delete_material', 'refuse'] as const);
  declared.keyOnDestroy = random.pick(['schedule_deletion', 'retain']);
  if (declared.material !== undefined) {
    declared.material.onDestroy = policy;
  }
  await run('apply of the policies', () => terraform.apply(world.configuration));
  world.write(random.pick(['right', 'wrong', 'missing']));
  world.trace.push(
    `— destroy with ${policy} and ${declared.keyOnDestroy}, ${world.content} material at hand`,
  );
  await run('destroy', () => terraform.destroy(world.configuration), drawFaults(random));
  const second = await run('destroy again', () => terraform.destroy(world.configuration));
  // With other material at hand the plan that Terraform makes first is refused, and says how to
  // destroy nevertheless.
  const refresh = !second.messages.some((message) => message.includes('destroy -refresh=false'));
  const last = await run('destroy once more', () =>
    terraform.destroy(world.configuration, refresh),
  );
  const key = await world.key();
  const left =
    terraform.attributes('key') !== undefined || terraform.attributes('material') !== undefined;
  if (policy === 'refuse') {
    if (last.ok || !left || key?.key_state !== '2') {
      world.violate(
        `on_destroy = "refuse" let go of the material: key state ${key?.key_state ?? 'unknown'}`,
      );
    }
    return;
  }
  const expected =
    declared.keyOnDestroy === 'schedule_deletion'
      ? '4'
      : policy === 'delete_material' && !world.isAsymmetric
        ? '5'
        : '2';
  if (left || key?.key_state !== expected) {
    world.violate(
      `destroy left key state ${key?.key_state ?? 'unknown'} instead of ${expected}${left ? ', and resources in state' : ''}`,
    );
  }
  if (declared.keyOnDestroy === 'retain' && !left && random.chance(0.5)) {
    world.trace.push('— declared again');
    await recover(world, terraform, run);
  }
}

function drawFaults(random: Random): FaultOrder[] {
  const count = random.pick([0, 1, 1, 1, 2]);
  return Array.from({ length: count }, () => drawFault(random));
}
