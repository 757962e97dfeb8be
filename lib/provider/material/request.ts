/** What apply asks of the lifecycle. */
import { ByokError } from '../../errors';
import type { ReconcileRequest } from '../../lifecycle/material-request';
import type { Material } from '../../material/material';
import type { Values } from '../../tfplugin/values/value';
import { text } from '../attributes';
import { expirationOf, reviewedConfig, wishOf, wrappingAlgorithmOf } from './config';
import type { MaterialMemory } from './memory';
import {
  materialOf,
  type Opening,
  preWrappedMaterialOf,
  preWrappedOf,
  sourceAttributeOf,
} from './source';

export function requestOf(
  prior: Values | null,
  planned: Values,
  rawConfig: Values,
  opening: Opening,
  { proof, ours, disabled, permitted, declared }: MaterialMemory,
): ReconcileRequest {
  const config = reviewedConfig(planned, rawConfig, declared);
  const preWrapped = preWrappedOf(config, prior);
  return {
    keyId: text(planned, 'key_id') ?? '',
    wish: wishOf(config, ours),
    permitted,
    disabled,
    reviewed: text(planned, 'fingerprint'),
    lastKnown: prior === null ? undefined : expirationOf(prior),
    proof,
    sourceAttribute: sourceAttributeOf(config),
    source:
      preWrapped === undefined
        ? {
            open: () =>
              openOrThrow(config, opening, prior === null ? text(planned, 'key_id') : undefined),
            wrappingAlgorithm: wrappingAlgorithmOf(planned),
          }
        : { preWrapped, openPreWrapped: () => preWrappedMaterialOf(config) },
  };
}

/** @param newKeyId key of a new object; this run may have made it */
async function openOrThrow(
  config: Values,
  opening: Opening,
  newKeyId: string | undefined,
): Promise<Material> {
  const found = await materialOf(config, opening);
  if ('missing' in found) {
    const left =
      newKeyId === undefined
        ? 'nothing was done'
        : `nothing was imported, and key ${newKeyId} exists without material`;
    const message = `an import is due, but ${found.missing}; ${left}: provide it and apply again`;
    throw new ByokError('ERR_MATERIAL_NOT_AT_HAND', message, { attribute: found.attribute });
  }
  return found.material;
}
