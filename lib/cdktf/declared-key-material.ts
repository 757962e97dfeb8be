/**
 * Marks a construct as one that imports material, whichever engine does it: what is declared is checked at synthesis, and found by whoever
 * walks the tree, such as a policy.
 */
import type { IConstruct } from 'constructs';
import { annotate } from './annotate';
import type { KeyMaterialConfig } from './key-material-config';
import { faultsOfMaterial, isPastExpiration } from './key-material-faults';
import { synthesisTime } from './synthesis-time';

/** Global, so that a construct of another copy of this package on disk is found, too. */
const declared = Symbol.for('cdktf-byok/declaredKeyMaterial');

/**
 * Adds the checks of a configuration to the construct that carries it out. What can never work is an error of validation. A past expiry is a
 * warning: `cdktf destroy` synthesizes, too, and a stack that outlived its material must stay destroyable. The plan tells a past expiry that
 * is new, which is an error there, from one that was declared before.
 */
export function declareKeyMaterial(construct: IConstruct, config: KeyMaterialConfig, now: Date = synthesisTime()): void {
  Object.defineProperty(construct, declared, { value: config });
  construct.node.addValidation({ validate: () => faultsOfMaterial(config) });
  if (isPastExpiration(config.expirationTime, now)) {
    annotate(
      construct,
      'warning',
      `expirationTime is "${config.expirationTime}", which is past, so that the KMS has deleted the material or is about to; allowed for an import is a later instant or "never": give one, unless this stack is to be destroyed`,
    );
  }
}

/** What a construct imports: undefined when it imports nothing itself. */
export function tryFindKeyMaterial(construct: IConstruct): KeyMaterialConfig | undefined {
  return (construct as { readonly [declared]?: KeyMaterialConfig })[declared];
}
