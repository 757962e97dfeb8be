/** Instants as Terraform's side spells them. */
import type { KeyInfo } from '../test/support/emulated-key';

/** @param instant in milliseconds; whole seconds come out */
export function rfc3339(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** Of material. */
export function expiryOf({ expiration_time: instant }: KeyInfo): string {
  return instant === '' ? 'never' : rfc3339(Number(instant));
}
