/** What must hold after every single command, faults or not. */
import type { CommandResult, Terraform } from './terraform';
import type { World } from './world';

/** Whose calls may delete material: a destroy that the policy in state allows, or a renewal with the same bytes at hand. */
export interface Before {
  readonly policy: unknown;
  readonly content: World['content'];
}

export function before(world: World, terraform: Terraform): Before {
  return { policy: terraform.attributes('material')?.on_destroy ?? 'retain', content: world.content };
}

/** @param deletes how many delete-imported-key-material the provider sent */
export async function checkSafety(
  world: World,
  terraform: Terraform,
  { policy, content }: Before,
  result: CommandResult,
  deletes: number,
): Promise<void> {
  for (const complaint of terraform.complaints()) {
    world.violate(complaint);
  }
  const destroys = result.actions.some((action) => action === 'material: delete' || action === 'material: replace');
  if (deletes > 0 && content !== 'right' && !(destroys && policy === 'delete_material')) {
    world.violate(`material was deleted while ${content} material was at hand (policy ${String(policy)}, ${result.actions.join(', ')})`);
  }
  await checkKey(world, terraform);
  if (result.actions.includes('material: replace')) {
    world.proven = false;
  }
  checkProof(world, terraform);
}

async function checkKey(world: World, terraform: Terraform): Promise<void> {
  const inState = terraform.attributes('key')?.key_id;
  const key = await world.key();
  if (key === undefined) {
    world.bound = false;
    world.foreign = false;
    world.frozenFrom = undefined;
  }
  if (typeof inState === 'string' && inState !== world.keyId) {
    if (key !== undefined) {
      world.violate(`the key id changed from ${world.keyId ?? ''} to ${inState} while the key lives`);
    }
    world.keyId = inState;
    return checkKey(world, terraform);
  }
  if (key?.key_state === '2') {
    world.bound = true;
    if (!world.foreign && !(await world.holdsRight(key.key_id))) {
      world.violate('the key holds other bytes than the right ones');
    }
  }
  return undefined;
}

function checkProof(world: World, terraform: Terraform): void {
  const { fingerprint, fingerprint_verified: verified } = terraform.attributes('material') ?? {};
  if (verified === true && (world.foreign || fingerprint !== world.fingerprint)) {
    world.violate(
      `fingerprint_verified is true of ${String(fingerprint)}, and the key holds ${world.foreign ? 'other bytes' : world.fingerprint}`,
    );
  }
  // Crashes and failed destroys take private state away, never what it proved.
  if (world.proven && verified === false) {
    world.violate('what was proven is not proven any more');
  }
  world.proven = verified === true;
}
