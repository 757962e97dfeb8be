/** Reads the materials in a state file of Terraform, version 4, as Terraform 1.x and OpenTofu write it. */
import { ByokError } from '../errors';
import type { MaterialRecord } from './material-finding';
import { type Attributes, isRecord, observationOf, parseJson, proofOf, recordsIn, text, wishOf } from './recorded-material';

export interface Reading {
  /** Where the content is from, for people: `state "terraform.tfstate"`. */
  readonly place: string;
  readonly now: Date;
  /** Instead of `warn_before` of each resource; undefined: what each says. */
  readonly warnBeforeMs: number | undefined;
}

const version = 4;

/** @throws ByokError ERR_ARGUMENT when it is no such file */
export function materialsInState(content: string, reading: Reading): MaterialRecord[] {
  const { place } = reading;
  const objects = objectsInState(content, place);
  const aliases = new Map(
    objects.filter(({ type }) => type === 'byok_external_key').map(({ attributes }) => [attributes.key_id, text(attributes, 'alias')]),
  );
  return objects
    .filter(({ type }) => type === 'byok_key_material')
    .map(({ address, attributes }) => {
      const wish = wishOf(attributes, reading.warnBeforeMs);
      return {
        place,
        address,
        keyId: text(attributes, 'key_id'),
        alias: aliases.get(attributes.key_id),
        observation: observationOf(attributes, wish, reading.now),
        wish,
        proof: proofOf(attributes),
        managed: true,
        wanted: true,
        due: undefined,
      };
    });
}

/** One managed object; `type` and `address` as in Terraform. */
export interface StateObject {
  readonly type: string | undefined;
  readonly address: string;
  readonly attributes: Attributes;
}

/** @throws ByokError ERR_ARGUMENT when it is no state file of version 4 */
export function objectsInState(content: string, place: string): StateObject[] {
  const state = parseJson(content, place, 'give a state file, or pipe "terraform state pull" into --state -');
  if (state.version !== version || !Array.isArray(state.resources)) {
    const found = 'encrypted_data' in state ? 'is encrypted' : 'is no state of version 4';
    throw new ByokError('ERR_ARGUMENT', `${place} ${found}; pipe "terraform state pull", or "tofu state pull", into --state -`);
  }
  return recordsIn(state.resources).flatMap(objectsOf);
}

/** Objects that Terraform is done with, but could not destroy yet, are called deposed: they are nobody's any more. */
function objectsOf(resource: Attributes): StateObject[] {
  if (resource.mode !== 'managed') {
    return [];
  }
  const path = [text(resource, 'module'), text(resource, 'type'), text(resource, 'name')].filter((part) => part !== undefined).join('.');
  return recordsIn(resource.instances)
    .filter(({ deposed }) => deposed === undefined)
    .map(({ index_key: index, attributes }) => ({
      type: text(resource, 'type'),
      address: index === undefined ? path : `${path}[${JSON.stringify(index)}]`,
      attributes: isRecord(attributes) ? attributes : {},
    }));
}
