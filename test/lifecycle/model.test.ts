/**
 * The lifecycle of material against a model of the KMS: random lives with crashes, lost answers and
 * meddling, then recovery. The same invariants as in the campaign (chaos/), without processes.
 * SLOW=1 runs fifty times as many.
 */

import fc from 'fast-check';
import { ByokError } from '../../lib/errors';
import type { LifecycleContext } from '../../lib/lifecycle/context';
import { createMaterial } from '../../lib/lifecycle/create-material';
import { decide } from '../../lib/lifecycle/decide';
import type { Wish } from '../../lib/lifecycle/decision';
import { keep } from '../../lib/lifecycle/expiration-wish';
import type { ReconcileRequest } from '../../lib/lifecycle/material-request';
import { observeMaterial } from '../../lib/lifecycle/material-status';
import type { Proof } from '../../lib/lifecycle/proof';
import { reconcileMaterial } from '../../lib/lifecycle/reconcile-material';
import { removeMaterial } from '../../lib/lifecycle/remove-material';
import type { Material } from '../../lib/material/material';
import { wording } from '../../lib/provider/wording';
import { asWish } from './as-wish';
import { Died, ModelKms, type Trouble } from './model-kms';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const day = 86_400_000;

/** What lies where the material is read from. */
type AtHand = 'right' | 'wrong' | undefined;

/** What Terraform would keep between two runs. */
interface Memory {
  readonly lastKnown: Date | undefined;
  readonly proof: Proof | undefined;
  readonly ours: boolean;
}

interface World {
  readonly kms: ModelKms;
  memory: Memory | undefined;
  atHand: AtHand;
  /** Days from the beginning; undefined: never, or what is there. */
  expiry: Date | undefined;
  allowUnverified: boolean;
}

const fingerprints = { right: `sha256:${'1'.repeat(64)}`, wrong: `sha256:${'2'.repeat(64)}` };

function materialOf(name: 'right' | 'wrong'): Material {
  return {
    fingerprint: fingerprints[name],
    isPrivateKey: false,
    checkFits: () => undefined,
    checkStrength: () => undefined,
    wrap: async () => ({ encryptedKeyMaterial: Buffer.from(name) }),
    wipe: () => undefined,
  };
}

function contextOf({ kms }: World): LifecycleContext {
  return {
    kms: kms.client,
    now: () => kms.now,
    sleep: async (ms) => {
      kms.now = new Date(kms.now.getTime() + ms);
    },
    signal: new AbortController().signal,
    words: wording,
    deadline: new Date(kms.now.getTime() + 300_000),
    log: () => undefined,
  };
}

function wishOf({ expiry, allowUnverified, memory }: World): Wish {
  return {
    expiration: asWish(expiry ?? (memory === undefined || memory.ours ? undefined : keep)),
    warnBeforeMs: 0,
    pin: undefined,
    allowInterruption: true,
    allowUnverifiedRenewal: allowUnverified,
    allowWeakMaterial: false,
  };
}

/** Refresh, plan, apply. @returns whether all of it went well */
async function apply(world: World): Promise<boolean> {
  const { kms, atHand } = world;
  const context = contextOf(world);
  try {
    const wish = wishOf(world);
    const request: ReconcileRequest = {
      keyId,
      wish,
      permitted: ['import'],
      reviewed: atHand && fingerprints[atHand],
      lastKnown: world.memory?.lastKnown,
      proof: world.memory?.proof,
      sourceAttribute: 'material_file',
      source: {
        open: async () => {
          if (atHand === undefined) {
            throw new ByokError('ERR_MATERIAL_NOT_AT_HAND', 'there is no file');
          }
          return materialOf(atHand);
        },
        wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      },
    };
    if (world.memory === undefined) {
      const outcome = await createMaterial(context, request);
      world.memory = {
        lastKnown: outcome.observation.expiration,
        proof: outcome.proof,
        ours: outcome.importedAt !== undefined,
      };
      return true;
    }
    const { memory } = world;
    const observation = observeMaterial(
      await kms.client.describeKey(keyId),
      memory.lastKnown,
      kms.now,
    );
    world.memory = { ...memory, lastKnown: observation.expiration };
    const plan = decide(
      wish,
      { observation, proof: memory.proof, atHand: request.reviewed, preWrapped: undefined },
      kms.now,
      wording,
    );
    if (plan.refusal !== undefined) {
      return false;
    }
    if (plan.steps.length > 0) {
      const known = { ...request, lastKnown: observation.expiration, permitted: plan.steps };
      const outcome = await reconcileMaterial(context, known);
      world.memory = { ...memory, lastKnown: outcome.observation.expiration, proof: outcome.proof };
    }
    return true;
  } catch (error) {
    if (error instanceof Died || error instanceof ByokError) {
      return false;
    }
    throw error;
  }
}

/** No other bytes are ever in the key, and a proof is true. */
function expectSafe({ kms, memory }: World): void {
  expect([undefined, 'right']).toContain(kms.held);
  expect([undefined, 'right']).toContain(kms.bound);
  if (memory?.proof !== undefined) {
    expect([memory.proof.fingerprint, kms.bound]).toEqual([fingerprints.right, 'right']);
  }
}

type Event = (world: World) => Promise<void> | void;

const instants = [5, 20, 60, 400].map(
  (days) => new Date(Date.parse('2030-01-01T00:00:00Z') + days * day),
);

type Named = readonly [string, Event];

const states = ['2', '3', '4', '7'] as const;
const policies = ['retain', 'delete_material', 'refuse'] as const;

function declare(expiry: Date | undefined): Named {
  return [
    `expiry ${expiry?.toISOString() ?? 'none'}`,
    (world) => {
      world.expiry = expiry;
    },
  ];
}

/** The wrong bytes are only wrong once the right ones are bound. */
function lay(atHand: AtHand): Named {
  return [
    `${atHand ?? 'no'} material at hand`,
    (world) => {
      world.atHand = world.kms.bound === undefined ? 'right' : atHand;
    },
  ];
}

function putInto(state: (typeof states)[number]): Named {
  return [
    `state ${state}`,
    ({ kms }) => {
      kms.state = kms.held === undefined && state !== '4' ? '5' : state;
    },
  ];
}

function pass(days: number): Named {
  return [
    `${days} days pass`,
    ({ kms }) => {
      kms.now = new Date(kms.now.getTime() + days * day);
    },
  ];
}

function remove(policy: (typeof policies)[number]): Named {
  return [
    `removed with ${policy}`,
    async (world) => {
      const { kms } = world;
      const [before, held] = [kms.deletes, kms.held];
      kms.order([]);
      const removed = await removeMaterial(contextOf(world), keyId, policy).catch(() => undefined);
      if (policy !== 'delete_material') {
        expect([kms.deletes, kms.held]).toEqual([before, held]);
      }
      world.memory = removed === undefined ? world.memory : undefined;
    },
  ];
}

const deleted: Named = [
  'deleted outside',
  ({ kms }) => {
    if (kms.held !== undefined) {
      kms.drop();
    }
  },
];

const adopted: Named = [
  'adopted',
  (world) => {
    world.memory = { lastKnown: world.kms.expiration, proof: undefined, ours: false };
  },
];

const event: fc.Arbitrary<Named> = fc.oneof(
  fc.constantFrom<Named>(['no change', () => undefined], deleted, adopted),
  fc.constantFrom(undefined, ...instants).map(declare),
  fc.constantFrom<AtHand>('right', 'wrong', undefined).map(lay),
  fc.constantFrom(...states).map(putInto),
  fc.constantFrom(1, 6, 30).map(pass),
  fc.constantFrom(...policies).map(remove),
);

const troubles: readonly Trouble[] = [
  'died before',
  'died after',
  'lost before',
  'lost after',
  'only said',
  'refused',
  'unavailable',
];
const trouble = fc.record({ after: fc.nat(8), trouble: fc.constantFrom(...troubles) });
/**
 * A KMS that refuses the look in its own words is believed to have said "done" itself, too: both
 * are never of one run.
 */
const isBelievable = (orders: readonly { trouble: Trouble }[]) =>
  !['only said', 'refused'].every((name) => orders.some((order) => order.trouble === name));
const life = fc.array(fc.tuple(event, fc.array(trouble, { maxLength: 2 }).filter(isBelievable)), {
  minLength: 1,
  maxLength: 8,
});

/** The right material, a key that can be used, an expiry that can be had: then two applies do. */
async function expectRecovered(world: World): Promise<void> {
  const { kms } = world;
  kms.order([]);
  kms.purge();
  [world.atHand, world.allowUnverified] = ['right', true];
  kms.state = kms.held === undefined ? '5' : '2';
  world.expiry = new Date(kms.now.getTime() + 90 * day);
  // Created in the key already, with another expiry: the instruction is `terraform import`.
  if (world.memory === undefined && kms.held !== undefined) {
    world.memory = { lastKnown: kms.expiration, proof: undefined, ours: false };
  }
  await apply(world);
  expect(await apply(world)).toBe(true);
  expect({ held: kms.held, state: kms.state, expiration: kms.expiration }).toEqual({
    held: 'right',
    state: '2',
    expiration: world.expiry,
  });
  expect(world.memory).toMatchObject({
    lastKnown: world.expiry,
    proof: { fingerprint: fingerprints.right },
  });
}

test('whatever happens, no other bytes, no untrue proof, no delete without a way back, and two applies bring all back', async () => {
  await fc.assert(
    fc.asyncProperty(life, async (events) => {
      const world: World = {
        kms: new ModelKms(),
        memory: undefined,
        atHand: 'right',
        expiry: undefined,
        allowUnverified: false,
      };
      for (const [[, happen], orders] of events) {
        await happen(world);
        const deletes = world.kms.deletes;
        world.kms.order(orders);
        await apply(world);
        if (world.atHand !== 'right') {
          expect(world.kms.deletes).toBe(deletes);
        }
        expectSafe(world);
      }
      await expectRecovered(world);
      expectSafe(world);
    }),
    { numRuns: process.env.SLOW === '1' ? 2000 : 40 },
  );
});
