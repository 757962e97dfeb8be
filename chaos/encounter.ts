/**
 * One encounter: a scene in which several objects, plans or processes meet over a key; then peace,
 * and the end of it all.
 */
import type { CaseReport } from './case';
import { type Command, describe, play } from './command';
import type { DeclaredObject } from './configuration';
import { checkEvent, keyIdOf, look } from './encounter-safety';
import type { FaultLine } from './fault-line';
import type { FaultName, FaultOrder } from './faults';
import { findSecrets } from './find-secrets';
import { Random } from './random';
import { drawScene, type SceneName, scenes } from './scenes';
import { Stage } from './stage';
import type { Terraform } from './terraform';
import type { Surroundings } from './worker';

export interface EncounterParts {
  readonly line: FaultLine;
  /** With a KMS that has none of the keys. */
  readonly elsewhere: FaultLine;
  readonly folder: string;
  readonly newTerraform: (surroundings: Surroundings) => Terraform;
  /** Undefined: the seed draws one. */
  readonly scene: SceneName | undefined;
}

/**
 * A command with everything that is checked after it. @param declared default: what is declared now
 */
export type Act = (
  name: string,
  command: Command,
  orders?: readonly FaultOrder[],
  declared?: readonly DeclaredObject[],
) => Promise<Outcome>;

export interface Outcome {
  readonly ok: boolean;
  /** The plan came to its end. */
  readonly planned: boolean;
  readonly actions: readonly string[];
  readonly messages: readonly string[];
  readonly undisturbed: boolean;
}

/** Until then everything must be as it is declared, once nothing disturbs any more. */
const appliesToPeace = 3;

export async function runEncounter(
  seed: number,
  { line, elsewhere, folder, newTerraform, scene }: EncounterParts,
): Promise<CaseReport> {
  const random = new Random(seed);
  const name = scene ?? drawScene(random);
  const stage = new Stage({
    emulator: line.emulator,
    elsewhere: elsewhere.emulator,
    random,
    folder,
    staleReads: line.staleReads,
  });
  const terraform = newTerraform(stage);
  const faults: Partial<Record<FaultName, number>> = {};
  let commands = 0;

  const act: Act = async (title, command, orders = [], declared = stage.configuration.objects) => {
    const before = await look(stage, terraform);
    const played = await play(line, terraform, orders, command);
    for (const hit of played.hits) {
      faults[hit] = (faults[hit] ?? 0) + 1;
    }
    commands += 1;
    const { objects } = stage.configuration;
    stage.trace.push(
      `${title}: ${describe(played, { objects, ...stage.provider, atHand: stage.atHand }, orders, line.emulator, 0)}`,
    );
    const after = await look(stage, terraform);
    checkEvent(stage, terraform, { ...played, before, after, declared });
    return { ...played.result, undisturbed: played.hits.length === 0 };
  };

  try {
    stage.trace.push(`— ${name}`);
    await scenes[name].play(stage, terraform, act);
    if (stage.violations.length === 0) {
      await comeToPeace(stage, terraform, act);
      await destroyAll(stage, terraform, act);
    }
  } catch (error) {
    stage.violate(
      `the encounter could not be played: ${error instanceof Error ? error.stack : String(error)}`,
    );
  } finally {
    for (const leak of findSecrets(stage, terraform)) {
      stage.violate(leak);
    }
    await terraform.remove();
    line.emulator.clearFaults();
  }
  const { trace, violations } = stage;
  return {
    seed,
    kinds: ['encounter'],
    operations: { [`encounter: ${name}`]: 1 },
    faults,
    commands,
    starts: terraform.starts,
    instructions: 0,
    violations,
    trace,
  };
}

/** The right material is at hand, and nothing disturbs. */
async function comeToPeace(stage: Stage, terraform: Terraform, act: Act): Promise<void> {
  stage.give('a', 'right');
  stage.give('b', 'right');
  let outcome: Outcome | undefined;
  for (let left = appliesToPeace; left > 0 && outcome?.ok !== true; left -= 1) {
    outcome = await act('apply in peace', () => terraform.apply(stage.configuration));
    acceptExpiries(stage, terraform);
  }
  const plan = await act('plan in peace', () => terraform.plan(stage.configuration));
  if (outcome?.ok !== true || !plan.ok || plan.actions.length > 0) {
    stage.violate(
      `in peace there is still something to do: ${plan.actions.join(', ')} ${plan.messages.join('; ')}`,
    );
  }
  const { keys, objects } = await look(stage, terraform);
  for (const { name, type } of stage.configuration.objects) {
    const object = objects.find((one) => one.name === name && !one.deposed);
    const state = object === undefined ? undefined : keys.get(keyIdOf(object) ?? '')?.state;
    if (object === undefined || (type === 'material' && state !== '2')) {
      stage.violate(
        `in peace ${name} is ${object === undefined ? 'not in the state' : `material of a key in state ${state ?? ''}`}`,
      );
    }
  }
}

/** What the KMS has of material that is not in the state is adopted with the expiry that it has. */
function acceptExpiries(stage: Stage, terraform: Terraform): void {
  for (const { name, type } of stage.configuration.objects) {
    if (type === 'material' && terraform.attributes(name) === undefined) {
      stage.change(name, {
        attributes: { expiration_time: undefined, valid_for: undefined, renew_before: undefined },
      });
    }
  }
}

async function destroyAll(stage: Stage, terraform: Terraform, act: Act): Promise<void> {
  const { configuration } = stage;
  const first = stage.random.chance(0.8);
  const destroyed = await act('destroy', () => terraform.destroy(configuration, first), [], []);
  if (!destroyed.ok) {
    await act('destroy again', () => terraform.destroy(configuration, false), [], []);
  }
  const left = terraform.objects();
  if (left.length > 0) {
    stage.violate(`destroy left ${left.map(({ name }) => name).join(', ')} in the state`);
  }
}
