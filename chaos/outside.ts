/** What somebody else does, past Terraform, with every right to do so. */
import { call } from '../test/emulator/plain-http';
import { rollingOf } from './declared';
import type { CaseMaterial } from './material';
import type { World } from './world';

/** By the console of the emulator, where the API has no call for it. */
export async function happen(
  { keyId, trace }: World,
  act: (keyId: string) => void,
): Promise<undefined> {
  try {
    act(keyId ?? '');
  } catch {
    trace.push('  (there was nothing to do it to)');
  }
  return undefined;
}

export async function ask(
  { emulator, keyId, trace }: World,
  verb: string,
  fields: object = {},
): Promise<undefined> {
  const { status } = await call(emulator, verb, { key_id: keyId, ...fields });
  trace.push(`  (the KMS answered ${status})`);
  return undefined;
}

/** As an import of this moment would have it; undefined: never. */
export function declaredExpiry(world: World): string | undefined {
  const expiry = world.declared.material?.expiry;
  const rolling = rollingOf(expiry);
  return rolling === undefined
    ? expiry === 'never'
      ? undefined
      : (expiry as string | undefined)
    : world.inDays(rolling.validForDays);
}

/** By a person with the right to do so, past Terraform. @returns whether the KMS took it */
export async function importOutside(
  { emulator, keyId: ownKeyId, trace, isAsymmetric }: World,
  material: CaseMaterial,
  expiry: string | undefined,
  keyId = ownKeyId,
): Promise<boolean> {
  const found = await call(emulator, 'get-parameters-for-import', {
    key_id: keyId,
    wrapping_algorithm: 'RSAES_OAEP_SHA_256',
  });
  if (found.status !== 200) {
    trace.push('  (the key was not pending import)');
    return false;
  }
  const { import_token, public_key } = JSON.parse(found.text) as {
    import_token: string;
    public_key: string;
  };
  const expires = !isAsymmetric && expiry !== undefined && expiry !== 'never';
  const { status } = await call(emulator, 'import-key-material', {
    key_id: keyId,
    import_token,
    ...material.wrap(public_key),
    ...(expires ? { expiration_time: Date.parse(expiry) / 1000 } : {}),
  });
  return status === 200;
}

/** Other bytes than ours, which the key is bound to from then on if it takes them. */
export async function importStrange(world: World, expiry: string | undefined): Promise<void> {
  if (await importOutside(world, world.strange, expiry)) {
    world.foreignKeyId = world.keyId;
  }
}

/**
 * Somebody else at the same moment: with the same expiry or another one, and with other bytes where
 * the key still takes some.
 */
export function drawRace(world: World): (keyId: string) => Promise<void> {
  const { random, bound, right, strange } = world;
  const material = bound ? right : random.pick([right, strange]);
  const expiry = random.pick([declaredExpiry(world), declaredExpiry(world), world.inDays(33)]);
  return async (keyId) => {
    const taken = await importOutside(world, material, expiry, keyId).catch(() => undefined);
    if (material === strange) {
      // The faults strike this import, too: unless it was told so, whether it took effect is seen
      // afterwards.
      world.foreignKeyId = taken === true ? keyId : world.foreignKeyId;
      world.racedKeyId = keyId;
    }
    const outcome =
      taken === undefined
        ? 'fell victim to a fault'
        : taken
          ? 'was taken'
          : 'was refused, by its answer';
    world.trace.push(
      `  (somebody else's import of ${material === right ? 'the right' : 'other'} bytes ${outcome})`,
    );
  };
}
