/**
 * After the faults: somebody puts the right material there and declares what can be had. Then two
 * applies at most must bring everything back, and leave nothing to plan. Where create ends in an
 * instruction instead, the instruction is followed.
 */
import type { ResourceType } from './configuration';
import { rollingOf } from './declared';
import { expiryOf } from './instants';
import type { CommandResult, Terraform } from './terraform';
import type { World } from './world';

export interface Recovery {
  readonly instructions: number;
  readonly applies: number;
}

/** @param run a command, with everything that is checked after each */
export type Run = (name: string, command: () => Promise<CommandResult>) => Promise<CommandResult>;

const appliesAllowed = 2;

export async function recover(world: World, terraform: Terraform, run: Run): Promise<Recovery> {
  let instructions = 0;
  let applies = 0;
  await mend(world, terraform);
  if (
    world.keyForgotten &&
    terraform.attributes('key') === undefined &&
    (await world.key()) !== undefined
  ) {
    await run('import of the key, as was begun', () =>
      terraform.import('key', world.keyId ?? '', world.configuration),
    );
  }
  world.keyForgotten = false;
  for (let left = appliesAllowed; left > 0; left -= 1) {
    applies += 1;
    const result = await run('apply to recover', () => terraform.apply(world.configuration));
    const instruction = result.ok ? undefined : instructionOf(result);
    if (instruction !== undefined && instructions < 2) {
      instructions += 1;
      await run(`import of the ${instruction.name}`, () =>
        terraform.import(instruction.name, instruction.id, world.configuration),
      );
      await declareAchievable(world, terraform);
      left = appliesAllowed + 1;
    }
  }
  // An apply rather than a plan, so that the state file holds what was found.
  await checkRecovered(
    world,
    terraform,
    await run('apply with nothing to do', () => terraform.apply(world.configuration)),
  );
  return { instructions, applies };
}

async function mend(world: World, terraform: Terraform): Promise<void> {
  if (world.skewMs !== 0) {
    world.skewMs = 0;
    await terraform.end();
  }
  const frozen = await world.key();
  if (frozen?.key_state === '7') {
    world.emulator.setKeyState(frozen.key_id, world.frozenFrom ?? '5');
  }
  world.frozenFrom = undefined;
  // Where Terraform cannot live with somebody else's bytes, because they show or because the KMS
  // wants them again, they are given.
  const key = await world.key();
  const expired =
    key !== undefined &&
    key.expiration_time !== '' &&
    Number(key.expiration_time) <= world.emulator.now().getTime();
  if (world.foreign && (world.isAsymmetric || key?.key_state === '5' || expired)) {
    // What expired is there for 24 hours at most.
    world.emulator.sweep();
    world.acceptStrange();
  }
  world.write('right');
  world.declared.enabled = true;
  world.declared.cancelPendingDeletion = true;
  world.declared.material ??= { ...world.newMaterial(), onDestroy: 'retain', pin: undefined };
  world.declared.material.allowUnverifiedRenewal = !world.foreign;
  if ((await world.key()) === undefined && world.declared.material.onDestroy === 'refuse') {
    // As the refusal says, once somebody is sure that the key is gone.
    world.declared.material.onDestroy = 'retain';
  }
  await declareAchievable(world, terraform);
}

/**
 * An expiry that lies ahead; of bytes that are not ours, the one that they have; of a private key,
 * none.
 */
async function declareAchievable(world: World, terraform: Terraform): Promise<void> {
  const { material } = world.declared;
  const key = await world.key();
  if (material === undefined) {
    return;
  }
  const { expiry } = material;
  if (world.isAsymmetric) {
    material.expiry = world.drawExpiry();
    return;
  }
  if (world.foreign && key !== undefined && key.key_state !== '5') {
    // Kept where it was adopted; a lost answer may have made Terraform believe that it imported it,
    // and then nothing declared means never.
    const adopted = terraform.attributes('material')?.imported_at === null;
    material.expiry = adopted ? undefined : expiryOf(key);
    return;
  }
  if (
    typeof expiry === 'string' &&
    expiry !== 'never' &&
    Date.parse(expiry) <= world.emulator.now().getTime() + 60_000
  ) {
    material.expiry = world.aboutInDays(30);
  }
  // An expiry that nobody declares is kept where material was adopted, also when it has passed.
  if (expiry === undefined) {
    material.expiry = world.random.pick(['never', world.aboutInDays(50)]);
  }
}

function instructionOf({
  messages,
}: CommandResult): { name: ResourceType; id: string } | undefined {
  const text = messages.join('\n').replace(/[│╷╵\s]+/g, ' ');
  const id = /terraform import <address> ([0-9a-f-]{36})/.exec(text)?.[1];
  return id === undefined
    ? undefined
    : { name: /alias "/i.test(text.slice(0, text.indexOf(id))) ? 'key' : 'material', id };
}

async function checkRecovered(
  world: World,
  terraform: Terraform,
  plan: CommandResult,
): Promise<void> {
  const key = await world.key();
  const material = terraform.attributes('material');
  if (world.foreign && key?.key_state !== '2') {
    return;
  }
  const wish = world.foreign ? undefined : world.declared.material?.expiry;
  const declared = typeof wish === 'string' ? wish : undefined;
  const rolling = rollingOf(wish);
  if (!plan.ok || plan.actions.length > 0) {
    world.violate(
      `after recovery there is still something to plan: ${plan.actions.join(', ')} ${plan.messages.join('; ')}`,
    );
  }
  if (key?.key_state !== '2') {
    world.violate(`after recovery the key is in state ${key?.key_state ?? 'unknown'}`);
    return;
  }
  const expiry = expiryOf(key);
  if ((declared ?? expiry) !== expiry || material?.expiration_time !== expiry) {
    world.violate(
      `after recovery the material expires ${expiry}, declared is ${declared ?? ''}, in state is ${String(material?.expiration_time)}`,
    );
  }
  if (
    rolling !== undefined &&
    !(
      Number(key.expiration_time) >
      world.emulator.now().getTime() + rolling.renewBeforeDays * 86_400_000
    )
  ) {
    world.violate(
      `after recovery the rolling expiry is ${expiry}, which is never, or within its window`,
    );
  }
  const statuses = world.foreign ? ['present', 'expired_not_purged'] : ['present'];
  if (
    material?.key_id !== key.key_id ||
    material.key_state !== '2' ||
    !statuses.includes(String(material.material_status))
  ) {
    world.violate(`after recovery the state says ${JSON.stringify(material)}`);
  }
}
