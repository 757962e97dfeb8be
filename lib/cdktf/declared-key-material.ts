/**
 * Marks a construct that imports material, whatever its engine is.
 * Synthesis checks the declaration, and code that walks the tree, such as a policy, finds it.
 */
import type { IConstruct } from 'constructs';
import { materialSettings } from '../terms/setting';
import { annotate } from './annotate';
import { declaredIn, faultsOf, materialSpelling } from './declaration';
import { isPastExpiration } from './expiry-at-synthesis';
import type { KeyMaterialConfig } from './key-material-config';
import { synthesisTime } from './synthesis-time';

/** Global, so we also find constructs of another copy of this package on disk. */
const declared = Symbol.for('cdktf-byok/declaredKeyMaterial');

/**
 * Adds the checks of a configuration to the construct that implements it.
 * A configuration that can never work is a validation error.
 * A past expiry is only a warning: `cdktf destroy` synthesizes, too,
 * and a stack that outlived its material must stay destroyable.
 * The plan can distinguish: a past expiry that is new is an error there,
 * one that was declared before is not.
 */
export function declareKeyMaterial(
  construct: IConstruct,
  config: KeyMaterialConfig,
  now: Date = synthesisTime(),
): void {
  Object.defineProperty(construct, declared, { value: config });
  construct.node.addValidation({
    validate: () =>
      faultsOf(declaredIn(config, materialSettings, materialSpelling), materialSpelling),
  });
  if (isPastExpiration(config.expirationTime, now)) {
    annotate(
      construct,
      'warning',
      `expirationTime is "${config.expirationTime}", which is past, so that the KMS has deleted the material or is about to; allowed for an import is a later instant or "never": give one, unless this stack is to be destroyed`,
    );
  }
}

/**
 * The configuration that a construct imports; undefined if the construct itself imports nothing.
 */
export function tryFindKeyMaterial(construct: IConstruct): KeyMaterialConfig | undefined {
  return (construct as { readonly [declared]?: KeyMaterialConfig })[declared];
}
