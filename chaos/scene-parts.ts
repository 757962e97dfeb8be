/** What several scenes need. */
import type { Act, Outcome } from './encounter';
import { drawFault, type FaultOrder } from './faults';
import type { Random } from './random';
import type { Stage } from './stage';
import type { Terraform } from './terraform';
import type { Attributes } from './terraform-values';

export interface Scene {
  readonly weight: number;
  /** Leaves declared what can be had. */
  readonly play: (stage: Stage, terraform: Terraform, act: Act) => Promise<void>;
}

export function drawPolicy({ random }: Stage): Attributes {
  return {
    on_destroy: random.pick(['delete_material', 'delete_material', 'delete_material', 'retain']),
  };
}

export function drawExpiry(stage: Stage): Attributes {
  const { random } = stage;
  const none = { expiration_time: undefined, valid_for: undefined, renew_before: undefined };
  return random.pick<Attributes>([
    none,
    { ...none, expiration_time: stage.inDays(20 + random.below(60)) },
    { ...none, valid_for: '60d', renew_before: '9d' },
  ]);
}

/** Mostly none: what is to be seen is mostly seen in peace. */
export function drawFaults(random: Random): FaultOrder[] {
  return random.chance(0.35) ? [drawRaceless(random)] : [];
}

/** Nobody imports from outside here. */
function drawRaceless(random: Random): FaultOrder {
  const order = drawFault(random);
  return order.name.startsWith('somebody') ? drawRaceless(random) : order;
}

/** One key with material. */
export function declareBoth(stage: Stage): void {
  stage.declareKey('key', 'x');
  stage.declareMaterial('material', 'key', 'a', {
    attributes: { ...drawPolicy(stage), ...drawExpiry(stage) },
  });
}

/** Nothing disturbs. */
export async function setUp(
  stage: Stage,
  terraform: Terraform,
  act: Act,
  title = 'apply of the beginning',
): Promise<Outcome> {
  const outcome = await act(title, () => terraform.apply(stage.configuration));
  if (!outcome.ok) {
    stage.violate(`${title} failed`);
  }
  return outcome;
}

/**
 * What is wrong shows in the plan, or not at all: nothing fails half-way where nothing disturbs.
 */
export function expectWhole(
  stage: Stage,
  { ok, planned, undisturbed }: Outcome,
  what: string,
): void {
  if (undisturbed && planned && !ok) {
    stage.violate(`${what} was planned, and apply refused it half-way`);
  }
}

export function expectDone(stage: Stage, { ok, undisturbed }: Outcome, what: string): void {
  if (undisturbed && !ok) {
    stage.violate(`${what} failed`);
  }
}
