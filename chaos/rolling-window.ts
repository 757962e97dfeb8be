/**
 * The life of a rolling expiry, in peace: before its window no plan shows anything; inside, one
 * apply renews, once, and says why.
 */
import { rollingOf } from './declared';
import { expiryOf } from './instants';
import type { Run } from './recovery';
import type { Terraform } from './terraform';
import type { World } from './world';

const day = 86_400_000;

/** Of what the clocks may differ by, and of what a plan takes. */
const marginMs = day / 2;

/** @param terraform has everything applied, with nothing left to plan */
export async function passThroughWindow(
  world: World,
  terraform: Terraform,
  run: Run,
): Promise<void> {
  const { declared, emulator, random } = world;
  const rolling = rollingOf(declared.material?.expiry);
  const key = await world.key();
  if (rolling === undefined || key === undefined) {
    return;
  }
  const expiry = expiryOf(key);
  const now = () => emulator.now().getTime();
  const opens = Number(key.expiration_time) - rolling.renewBeforeDays * day;
  const moveTo = (instant: number) =>
    world.moveClocks(terraform, Math.round((instant - now()) / 1000));

  if (opens - marginMs > now()) {
    await moveTo(now() + random.next() * (opens - marginMs - now()));
    const early = await run('plan before the window', () => terraform.plan(world.configuration));
    if (!early.ok || early.actions.length > 0) {
      world.violate(`before the window a plan shows ${early.actions.join(', ')}`);
    }
  }
  await moveTo(opens + marginMs + random.next() * (rolling.renewBeforeDays * day - 2 * marginMs));
  const renewal = await run('apply inside the window', () => terraform.apply(world.configuration));
  const after = await world.key();
  const validMs = Number(after?.expiration_time) - now();
  const reason = String(terraform.attributes('material')?.import_reason);
  if (
    !renewal.ok ||
    renewal.actions.join() !== 'material: update' ||
    !(Math.abs(validMs - rolling.validForDays * day) < marginMs)
  ) {
    world.violate(
      `inside the window ${expiry} was not renewed: ${renewal.actions.join(', ')}, expiry ${after === undefined ? '' : expiryOf(after)}`,
    );
  }
  if (!reason.includes(expiry)) {
    world.violate(`the renewal of ${expiry} gives as its reason "${reason}"`);
  }
  const again = await run('apply once more inside the window', () =>
    terraform.apply(world.configuration),
  );
  if (!again.ok || again.actions.length > 0) {
    world.violate(`after the renewal there is still something to do: ${again.actions.join(', ')}`);
  }
}
