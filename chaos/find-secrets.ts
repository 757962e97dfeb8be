/**
 * Looks for the material of a case in everything that the case wrote: its trace with all that was
 * printed, the state, the logs.
 */
import { findLeaks, needlesOf } from '../test/support/leak-scanner';
import type { Terraform } from './terraform';
import type { World } from './world';

/** @returns a line for each find */
export function findSecrets(
  { secrets, trace }: Pick<World, 'secrets' | 'trace'>,
  terraform: Pick<Terraform, 'written'>,
): string[] {
  const needles = Object.entries(secrets).flatMap(([name, secret]) => needlesOf(name, secret));
  return findLeaks(
    [
      { name: 'material in the trace', content: Buffer.from(trace.join('\n')) },
      { name: 'material in state or log', content: terraform.written() },
    ],
    needles,
  );
}
