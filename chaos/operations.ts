/** What happens in a case, one row each: the world changes, and then Terraform runs. */
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { call } from '../test/emulator/plain-http';
import type { CommandResult, Terraform } from './terraform';
import type { World } from './world';

export interface Operation {
  readonly weight: number;
  /** @default always */
  readonly when?: (world: World, terraform: Terraform) => boolean;
  /** Changes the world. @returns the command to run instead of apply */
  readonly run: (world: World, terraform: Terraform) => Promise<Command | undefined> | Command | undefined;
}

export type Command = () => Promise<CommandResult>;

const hour = 3600;
const day = 24 * hour;

const hasKey = ({ keyId }: World): boolean => keyId !== undefined;

export const operations: Readonly<Record<string, Operation>> = {
  'no change': { weight: 3, run: () => undefined },

  'plan only': { weight: 1, run: (world, terraform) => () => terraform.plan(world.declared) },

  'material deleted outside': { weight: 4, when: hasKey, run: (world) => outside(world, (id) => world.emulator.deleteMaterial(id)) },

  'material expires': {
    weight: 2,
    when: hasKey,
    run: (world) => outside(world, (id) => world.emulator.expireNow(id, { purge: world.random.chance(0.5) })),
  },

  'another expiry': {
    weight: 6,
    when: ({ declared }) => declared.material !== undefined,
    run(world) {
      const { material } = world.declared;
      if (material !== undefined) {
        material.expirationTime = world.random.pick([
          undefined,
          'never',
          world.inDays(10),
          world.inDays(40),
          world.inDays(400),
          world.inDays(2 / 24),
          world.inDays(-1 / 24),
        ]);
      }
      return undefined;
    },
  },

  'material not declared': {
    weight: 2,
    when: ({ declared }) => declared.material !== undefined,
    run(world) {
      world.declared.material = undefined;
      return undefined;
    },
  },

  'material declared again': {
    weight: 6,
    when: ({ declared }) => declared.material === undefined,
    run(world) {
      world.declared.material = {
        file: world.file,
        expirationTime: world.random.pick([undefined, 'never', world.inDays(15)]),
        onDestroy: world.random.pick(['retain', 'delete_material', 'refuse']),
        pin: world.random.chance(0.3) ? world.fingerprint : undefined,
        allowUnverifiedRenewal: false,
      };
      return undefined;
    },
  },

  'another policy': {
    weight: 2,
    when: ({ declared }) => declared.material !== undefined,
    run(world) {
      if (world.declared.material !== undefined) {
        world.declared.material.onDestroy = world.random.pick(['retain', 'delete_material', 'refuse']);
      }
      return undefined;
    },
  },

  'material imported into state': {
    weight: 2,
    when: ({ declared, keyId }, terraform) =>
      keyId !== undefined && declared.material !== undefined && terraform.attributes('key') !== undefined,
    async run(world, terraform) {
      await terraform.forget('material');
      world.proven = false;
      return () => terraform.import('material', world.keyId ?? '', world.declared);
    },
  },

  'key imported into state': {
    weight: 1,
    when: (world, terraform) => hasKey(world) && terraform.attributes('key') !== undefined,
    async run(world, terraform) {
      await terraform.forget('key');
      world.keyForgotten = true;
      return () => terraform.import('key', world.keyId ?? '', world.declared);
    },
  },

  'key disabled outside': { weight: 2, when: hasKey, run: (world) => ask(world, 'disable-key') },
  'key enabled outside': { weight: 1, when: hasKey, run: (world) => ask(world, 'enable-key') },
  'key scheduled outside': { weight: 2, when: hasKey, run: (world) => ask(world, 'schedule-key-deletion', { pending_days: '7' }) },
  'deletion cancelled outside': { weight: 1, when: hasKey, run: (world) => ask(world, 'cancel-key-deletion') },

  'rescue declared': {
    weight: 1,
    run({ declared }) {
      declared.cancelPendingDeletion = true;
      return undefined;
    },
  },

  'enabled declared': {
    weight: 2,
    run(world) {
      world.declared.enabled = world.random.pick([undefined, true, false]);
      return undefined;
    },
  },

  'key frozen': {
    weight: 1,
    when: (world) => hasKey(world) && world.frozenFrom === undefined,
    async run(world) {
      const key = await world.key();
      if (key !== undefined && ['2', '3', '5'].includes(key.key_state)) {
        world.frozenFrom = key.key_state;
        world.emulator.setKeyState(key.key_id, '7');
      }
      return undefined;
    },
  },

  'clocks move': {
    weight: 3,
    async run(world, terraform) {
      await world.moveClocks(terraform, world.random.pick([hour, day, 6 * day, 25 * day, 45 * day]));
      return undefined;
    },
  },

  'clocks differ': {
    weight: 1,
    async run(world, terraform) {
      world.skewMs = world.random.pick([-3 * hour, 3 * hour, 600]) * 1000;
      await terraform.end();
      return undefined;
    },
  },

  'wrong material': {
    weight: 3,
    // Before the first import, whatever lies there is the right material, unless a pin says otherwise.
    when: ({ declared, bound }) => bound || declared.material?.pin !== undefined,
    run(world) {
      world.write('wrong');
      return undefined;
    },
  },

  'missing material': {
    weight: 2,
    run(world) {
      world.write('missing');
      return undefined;
    },
  },

  'right material': {
    weight: 3,
    run(world) {
      world.write('right');
      return undefined;
    },
  },

  'imported by somebody else': {
    weight: 1,
    when: (world) => hasKey(world) && !world.foreign,
    async run(world) {
      const expiry = world.random.pick([undefined, world.declared.material?.expirationTime, world.inDays(33)]);
      await importOutside(world, world.right, expiry);
      return undefined;
    },
  },
};

async function outside({ keyId, trace }: World, act: (keyId: string) => void): Promise<undefined> {
  try {
    act(keyId ?? '');
  } catch {
    trace.push('  (there was nothing to do it to)');
  }
  return undefined;
}

async function ask({ emulator, keyId, trace }: World, verb: string, fields: object = {}): Promise<undefined> {
  const { status } = await call(emulator, verb, { key_id: keyId, ...fields });
  trace.push(`  (the KMS answered ${status})`);
  return undefined;
}

/** By a person with the right to do so, past Terraform. @returns whether the KMS took it */
export async function importOutside({ emulator, keyId, trace }: World, material: Buffer, expiry: string | undefined): Promise<boolean> {
  const found = await call(emulator, 'get-parameters-for-import', { key_id: keyId, wrapping_algorithm: 'RSAES_OAEP_SHA_256' });
  if (found.status !== 200) {
    trace.push('  (the key was not pending import)');
    return false;
  }
  const { import_token, public_key } = JSON.parse(found.text) as { import_token: string; public_key: string };
  const key = createPublicKey({ key: Buffer.from(public_key, 'base64'), format: 'der', type: 'spki' });
  const wrapped = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, material);
  const instant = expiry === undefined || expiry === 'never' ? {} : { expiration_time: Date.parse(expiry) / 1000 };
  const { status } = await call(emulator, 'import-key-material', {
    key_id: keyId,
    import_token,
    encrypted_key_material: wrapped.toString('base64'),
    ...instant,
  });
  return status === 200;
}
