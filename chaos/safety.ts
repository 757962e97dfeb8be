/** What must hold after every single command, faults or not. */
import type { JournalEntry } from '../lib/emulator';
import { rollingOf } from './declared';
import type { CommandResult, Terraform } from './terraform';
import type { World } from './world';

/** What was true before a command: it decides what the command may do. */
export interface Before {
  /** `on_destroy` in state: whether a destroy may delete the material. */
  readonly policy: unknown;
  readonly content: World['content'];
  readonly proven: boolean;
  /** The material has a rolling expiry that is far from its window: nothing may renew it. */
  readonly settled: boolean;
  /**
   * The key is declared disabled and has lost its material: an import must not leave it enabled.
   */
  readonly staysDisabled: boolean;
}

/** What the provider did. */
export interface Deeds {
  readonly result: CommandResult;
  readonly calls: readonly JournalEntry[];
  /** Nothing went wrong on the line, so that each step needed one call. */
  readonly undisturbed: boolean;
  /** Somebody else imported at the same time, whose calls are among these. */
  readonly raced: boolean;
}

/**
 * The provider's clock may run so far from the KMS's: it counts the pauses that it did not wait
 * for.
 */
const clockToleranceMs = 12 * 3_600_000;

/** Asks for the key, so before the calls of the command are counted. */
export async function before(world: World, terraform: Terraform): Promise<Before> {
  const policy = terraform.attributes('material')?.on_destroy ?? 'retain';
  return {
    policy,
    content: world.content,
    proven: world.proven,
    settled: await isSettled(world),
    staysDisabled: await staysDisabled(world, terraform),
  };
}

async function staysDisabled(world: World, terraform: Terraform): Promise<boolean> {
  const known =
    terraform.attributes('key') !== undefined && terraform.attributes('material') !== undefined;
  return known && world.declared.enabled === false && (await world.key())?.key_state === '5';
}

async function isSettled(world: World): Promise<boolean> {
  const rolling = rollingOf(world.declared.material?.expiry);
  const key = rolling === undefined ? undefined : await world.key();
  if (rolling === undefined || key?.key_state !== '2' || key.expiration_time === '') {
    return false;
  }
  const opens = Number(key.expiration_time) - rolling.renewBeforeDays * 86_400_000;
  return world.emulator.now().getTime() + Math.max(0, world.skewMs) + clockToleranceMs < opens;
}

export async function checkSafety(
  world: World,
  terraform: Terraform,
  earlier: Before,
  deeds: Deeds,
): Promise<void> {
  for (const complaint of terraform.complaints()) {
    world.violate(complaint);
  }
  checkDeletes(world, earlier, deeds);
  checkImports(world, earlier, deeds);
  await checkKey(world, terraform);
  await checkDisabled(world, earlier, deeds);
  checkAdoption(world, terraform, earlier, deeds);
  if (deeds.result.actions.includes('material: replace')) {
    world.proven = false;
  }
  checkProof(world, terraform);
  await checkPresence(world, terraform, deeds);
}

/**
 * Whatever went wrong on the line: what a command that looked, and ended well, says of the material
 * is so. The import of a key looks at that alone.
 */
async function checkPresence(world: World, terraform: Terraform, { result }: Deeds): Promise<void> {
  const status = terraform.attributes('material')?.material_status;
  const key = await world.key();
  if (
    result.ok &&
    result.planned &&
    result.recorded &&
    status === 'present' &&
    !['2', '3'].includes(key?.key_state ?? '')
  ) {
    world.violate(
      `the state says that the material is present, and the key is in state ${key?.key_state ?? 'unknown'}`,
    );
  }
}

/**
 * Material is deleted by a destroy that the policy in state allows, or by a renewal: proven,
 * permitted, and with the same bytes at hand.
 */
function checkDeletes(
  world: World,
  { policy, content, settled }: Before,
  { result, calls, undisturbed }: Deeds,
): void {
  const first = calls.findIndex(({ operation }) => operation === 'delete-imported-key-material');
  if (first === -1) {
    return;
  }
  const deletes = calls.filter(
    ({ operation }) => operation === 'delete-imported-key-material',
  ).length;
  const told = `(policy ${String(policy)}, ${result.actions.join(', ')})`;
  if (world.isAsymmetric) {
    world.violate(`the KMS was asked to delete a private key, which it never does ${told}`);
  }
  if (undisturbed && deletes > 1) {
    world.violate(`the material was deleted ${deletes} times ${told}`);
  }
  const destroys = result.actions.some(
    (action) => action === 'material: delete' || action === 'material: replace',
  );
  if (destroys && policy === 'delete_material') {
    return;
  }
  if (content !== 'right') {
    world.violate(`material was deleted while ${content} material was at hand ${told}`);
  }
  if (settled) {
    world.violate(`material was renewed outside the window of its rolling expiry ${told}`);
  }
  const permitted = ['get-parameters-for-import', 'import-key-material'].every((name) =>
    calls
      .slice(0, first)
      .some(({ operation, errorCode }) => operation === name && errorCode === 'KMS.0310'),
  );
  if (!permitted) {
    world.violate(
      `material was deleted before the KMS had shown that it may be imported again ${told}`,
    );
  }
}

/**
 * What is proven to be bound to one material is sent no other, and in peace one import is enough.
 */
function checkImports(
  world: World,
  { content, proven }: Before,
  { result, calls, undisturbed, raced }: Deeds,
): void {
  const imports = calls.filter(({ operation }) => operation === 'import-key-material');
  const starts = result.actions.some(
    (action) => action === 'material: create' || action === 'material: replace',
  );
  if (proven && content === 'wrong' && !raced && !starts && imports.length > 0) {
    world.violate(
      `other material was sent to a key that is proven to be bound (${result.actions.join(', ')})`,
    );
  }
  if (undisturbed && imports.filter(({ status }) => status === 200).length > 1) {
    world.violate(`one command imported ${imports.length} times`);
  }
}

/**
 * Of a private key the KMS shows which one it is, so that another one than that at hand is never
 * taken for it.
 */
function checkAdoption(
  world: World,
  terraform: Terraform,
  { content }: Before,
  { result, undisturbed }: Deeds,
): void {
  const adopted =
    result.actions.includes('material: create') && terraform.attributes('material') !== undefined;
  if (adopted && world.isAsymmetric && world.foreign && content !== 'missing' && undisturbed) {
    world.violate('a private key was adopted that is not the one at hand');
  }
}

async function checkKey(world: World, terraform: Terraform): Promise<void> {
  const inState = terraform.attributes('key')?.key_id;
  const key = await world.key();
  if (key === undefined && world.keyId !== undefined) {
    world.bound = false;
    world.frozenFrom = undefined;
  }
  if (typeof inState === 'string' && inState !== world.keyId) {
    if (key !== undefined) {
      world.violate(
        `the key id changed from ${world.keyId ?? ''} to ${inState} while the key lives`,
      );
    }
    world.keyId = inState;
    return checkKey(world, terraform);
  }
  if (key?.key_state === '3') {
    world.bound = true;
  }
  if (key?.key_state === '2') {
    if (world.racedKeyId === key.key_id && (await world.strange.isIn(world.emulator, key.key_id))) {
      world.foreignKeyId = key.key_id;
    }
    world.racedKeyId = undefined;
    world.bound = true;
    if (!(await (world.foreign ? world.strange : world.right).isIn(world.emulator, key.key_id))) {
      world.violate('the key holds other bytes than the right ones');
    }
  }
  return undefined;
}

async function checkDisabled(
  world: World,
  { staysDisabled }: Before,
  { result, undisturbed }: Deeds,
): Promise<void> {
  if (staysDisabled && undisturbed && result.ok && (await world.key())?.key_state === '2') {
    world.violate(
      `a key that is declared disabled was left enabled by an import (${result.actions.join(', ')})`,
    );
  }
}

function checkProof(world: World, terraform: Terraform): void {
  const { fingerprint, fingerprint_verified: verified } = terraform.attributes('material') ?? {};
  if (verified === true && fingerprint !== world.fingerprint) {
    world.violate(
      `fingerprint_verified is true of ${String(fingerprint)}, and the key holds ${world.fingerprint}`,
    );
  }
  // Crashes and failed destroys take private state away, never what it proved.
  if (world.proven && verified === false) {
    world.violate('what was proven is not proven any more');
  }
  world.proven = verified === true;
}
