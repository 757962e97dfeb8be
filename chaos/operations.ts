/** What happens in a case, one row each: the world changes, and then Terraform runs. */
import type { Command } from './command';
import { rollingOf } from './declared';
import { ask, declaredExpiry, happen, importOutside, importStrange } from './outside';
import type { Terraform } from './terraform';
import type { World } from './world';

export interface Operation {
  readonly weight: number;
  /** @default always */
  readonly when?: (world: World, terraform: Terraform) => boolean;
  /** Changes the world. @returns the command to run instead of apply */
  readonly run: (
    world: World,
    terraform: Terraform,
  ) => Promise<Command | undefined> | Command | undefined;
}

const hour = 3600;
const day = 24 * hour;

const hasKey = ({ keyId }: World): boolean => keyId !== undefined;

export const operations: Readonly<Record<string, Operation>> = {
  'no change': { weight: 3, run: () => undefined },

  'plan only': { weight: 1, run: (world, terraform) => () => terraform.plan(world.configuration) },

  'material deleted outside': {
    weight: 4,
    when: hasKey,
    run: (world) => happen(world, (id) => world.emulator.deleteMaterial(id)),
  },

  'material expires': {
    weight: 2,
    when: hasKey,
    run: (world) =>
      happen(world, (id) => world.emulator.expireNow(id, { purge: world.random.chance(0.5) })),
  },

  'another expiry': {
    weight: 6,
    when: ({ declared }) => declared.material !== undefined,
    run(world) {
      declareAnotherExpiry(world);
      return undefined;
    },
  },

  // What must never be done: to delete, with the wrong bytes at hand.
  'another expiry, and wrong material': {
    weight: 6,
    when: ({ declared, bound }) => declared.material !== undefined && bound,
    run(world) {
      declareAnotherExpiry(world);
      world.write('wrong');
      return undefined;
    },
  },

  'another source': {
    weight: 2,
    run(world) {
      world.changeSource();
      return undefined;
    },
  },

  'another wrapping algorithm': {
    weight: 2,
    when: ({ declared }) => declared.material !== undefined,
    run({ declared, random }) {
      if (declared.material !== undefined) {
        declared.material.wrappingAlgorithm = random.pick([
          undefined,
          'RSAES_OAEP_SHA_256',
          'RSAES_OAEP_SHA_1',
          'RSAES_PKCS1_V1_5',
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
      world.declared.material = world.newMaterial();
      return undefined;
    },
  },

  'another policy': {
    weight: 2,
    when: ({ declared }) => declared.material !== undefined,
    run(world) {
      if (world.declared.material !== undefined) {
        world.declared.material.onDestroy = world.random.pick([
          'retain',
          'delete_material',
          'refuse',
        ]);
      }
      return undefined;
    },
  },

  'material imported into state': {
    weight: 2,
    when: ({ declared, keyId }, terraform) =>
      keyId !== undefined &&
      declared.material !== undefined &&
      terraform.attributes('key') !== undefined,
    async run(world, terraform) {
      await terraform.forget('material');
      world.proven = false;
      return () => terraform.import('material', world.keyId ?? '', world.configuration);
    },
  },

  'key imported into state': {
    weight: 1,
    when: (world, terraform) => hasKey(world) && terraform.attributes('key') !== undefined,
    async run(world, terraform) {
      await terraform.forget('key');
      world.keyForgotten = true;
      return () => terraform.import('key', world.keyId ?? '', world.configuration);
    },
  },

  'key disabled outside': { weight: 2, when: hasKey, run: (world) => ask(world, 'disable-key') },
  'disabled key loses its material': {
    weight: 3,
    when: hasKey,
    async run(world) {
      world.declared.enabled = false;
      await ask(world, 'disable-key');
      return happen(world, (keyId) => world.emulator.deleteMaterial(keyId));
    },
  },
  'key enabled outside': { weight: 1, when: hasKey, run: (world) => ask(world, 'enable-key') },
  'key scheduled outside': {
    weight: 2,
    when: hasKey,
    run: (world) => ask(world, 'schedule-key-deletion', { pending_days: '7' }),
  },
  'deletion cancelled outside': {
    weight: 1,
    when: hasKey,
    run: (world) => ask(world, 'cancel-key-deletion'),
  },

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
      world.declared.enabled = world.random.pick([undefined, true, false, false]);
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
      await world.moveClocks(
        terraform,
        world.random.pick([hour, day, 6 * day, 25 * day, 45 * day]),
      );
      return undefined;
    },
  },

  'clocks move into the window': {
    weight: 5,
    when: ({ declared, keyId }) =>
      keyId !== undefined && rollingOf(declared.material?.expiry) !== undefined,
    async run(world, terraform) {
      const rolling = rollingOf(world.declared.material?.expiry);
      const expiry = Number((await world.key())?.expiration_time);
      if (rolling !== undefined && expiry > 0) {
        const windowMs = rolling.renewBeforeDays * day * 1000;
        // Now and then past its end, where the material expires.
        const target = expiry - windowMs * (1 - world.random.next() * 1.1);
        await world.moveClocks(
          terraform,
          Math.max(0, Math.round((target - world.emulator.now().getTime()) / 1000)),
        );
      }
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
    weight: 5,
    // Before the first import, whatever lies there is the right material, unless a pin says
    // otherwise.
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
      await importOutside(
        world,
        world.right,
        world.random.pick([undefined, declaredExpiry(world), world.inDays(33)]),
      );
      return undefined;
    },
  },

  'other bytes imported by somebody else': {
    weight: 4,
    when: (world) => hasKey(world) && !world.foreign && !world.bound,
    async run(world) {
      await importStrange(world, world.random.pick([undefined, declaredExpiry(world)]));
      return undefined;
    },
  },
};

function declareAnotherExpiry(world: World): void {
  const { material } = world.declared;
  if (material !== undefined) {
    const others = [
      world.aboutInDays(10),
      world.aboutInDays(400),
      world.inDays(2 / 24),
      world.inDays(-1 / 24),
    ];
    material.expiry = world.random.pick([world.drawExpiry(), world.drawExpiry(), ...others]);
  }
}
