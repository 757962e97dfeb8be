/**
 * What a change does to pins, against a review of the base: in a plan, material that lost its pin
 * looks as if nothing changed, since the provider knows the fingerprint by itself. Pure.
 */
import { ByokError } from '../../errors';
import { type Pin, withoutInstances } from '../configuration';
import type { KeyReview, ReviewedEffect } from './key-review';

/** How the base pins the material at an address of a stack; undefined if it does not tell. */
export type BasePins = (address: string) => Pin | undefined;

/** Of a review. */
interface Base {
  readonly stacks: readonly { readonly name: string }[];
  readonly keys: readonly Pick<KeyReview, 'stack' | 'addresses' | 'pin'>[];
}

/** @throws ByokError ERR_ARGUMENT if the base does not know the stack */
export function pinsOfStack({ stacks, keys }: Base, stack: string, place: string): BasePins {
  if (stacks.every(({ name }) => name !== stack)) {
    const known = stacks.map(({ name }) => JSON.stringify(name)).join(', ');
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is a review of ${known === '' ? 'no stack' : known}, so that ${JSON.stringify(stack)} cannot be compared with it; give the stack the same name in both`,
    );
  }
  const pins = new Map(
    keys
      .filter((key) => key.stack === stack)
      .flatMap(({ addresses, pin }) =>
        pin === null
          ? []
          : addresses.map((address): [string, Pin] => [withoutInstances(address), pin]),
      ),
  );
  return (address) => pins.get(withoutInstances(address));
}

export function pinEffects(
  address: string,
  now: Pin | undefined,
  base: BasePins | undefined,
): readonly ReviewedEffect[] {
  const before = base?.(address);
  if (before === undefined || now === undefined || (before === 'none') === (now === 'none')) {
    return [];
  }
  const effect = now === 'none' ? 'pin_removed' : 'pin_added';
  return [{ effect, address, reason: null, days: null }];
}
