/**
 * Reads the materials in a Terraform state.
 * The text is either the file, in version 4, as Terraform 1.x and OpenTofu write it,
 * or their JSON output of it.
 */
import { ByokError } from '../errors';
import { isRecord } from '../json';
import { proofInState } from '../provider/material/memory';
import { documentIn } from './document';
import type { MaterialRecord } from './material-finding';
import {
  type Attributes,
  importedAtIn,
  observationOf,
  readingOf,
  recordsIn,
  text,
  unknownWhereabouts,
  wishOf,
} from './recorded-material';

export interface Reading {
  /** Where the content comes from, for people: `state "terraform.tfstate"`. */
  readonly place: string;
  readonly now: Date;
  /** Replaces `warn_before` of every resource; undefined keeps the value of each. */
  readonly warnBeforeMs: number | undefined;
}

const version = 4;

/** @throws ByokError ERR_ARGUMENT when the content is not a state */
export function materialsInState(content: string, reading: Reading): MaterialRecord[] {
  const { place } = reading;
  const objects = objectsInState(content, place);
  const aliases = new Map(
    objects
      .filter(({ type }) => type === 'byok_external_key')
      .map(({ attributes }) => [attributes.key_id, text(attributes, 'alias')]),
  );
  return objects
    .filter(({ type }) => type === 'byok_key_material')
    .map(({ address, attributes }) =>
      readingOf(place, address, () => {
        const wish = wishOf(attributes, reading.warnBeforeMs);
        return {
          place,
          address,
          keyId: text(attributes, 'key_id'),
          alias: aliases.get(attributes.key_id),
          observation: observationOf(attributes, wish, reading.now),
          wish,
          proof: proofInState(attributes),
          managed: true,
          wanted: true,
          due: undefined,
          whereabouts: unknownWhereabouts,
          importedAt: importedAtIn(attributes),
          pinned: undefined,
        };
      }),
    );
}

/** One managed object. `type` and `address` are those of Terraform. */
export interface StateObject {
  readonly type: string | undefined;
  readonly address: string;
  readonly attributes: Attributes;
}

/** @throws ByokError ERR_ARGUMENT when the content is not a state */
export function objectsInState(content: string, place: string): StateObject[] {
  const { form, json } = documentIn(content, place, 'state');
  if (form === 'shown state' && /^1\./.test(text(json, 'format_version') ?? '')) {
    return objectsShown(isRecord(json.values) ? json.values.root_module : undefined);
  }
  if (json.version !== version || !Array.isArray(json.resources)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is no state of version 4; pipe "terraform state pull", or "tofu state pull", into --state -`,
    );
  }
  return recordsIn(json.resources).flatMap(objectsOf);
}

/** Leaves out deposed objects: Terraform has replaced them but could not destroy them yet. */
function objectsOf(resource: Attributes): StateObject[] {
  if (resource.mode !== 'managed') {
    return [];
  }
  const path = [text(resource, 'module'), text(resource, 'type'), text(resource, 'name')]
    .filter((part) => part !== undefined)
    .join('.');
  return recordsIn(resource.instances)
    .filter(({ deposed }) => deposed === undefined)
    .map(({ index_key: index, attributes }) => ({
      type: text(resource, 'type'),
      address: index === undefined ? path : `${path}[${JSON.stringify(index)}]`,
      attributes: isRecord(attributes) ? attributes : {},
    }));
}

/** The same from the output of `terraform show -json`, with nested modules and full addresses. */
function objectsShown(module: unknown): StateObject[] {
  if (!isRecord(module)) {
    return [];
  }
  const own = recordsIn(module.resources)
    .filter(({ mode, deposed_key: deposed }) => mode === 'managed' && deposed === undefined)
    .map((resource) => ({
      type: text(resource, 'type'),
      address: text(resource, 'address') ?? '',
      attributes: isRecord(resource.values) ? resource.values : {},
    }));
  return [...own, ...recordsIn(module.child_modules).flatMap(objectsShown)];
}
