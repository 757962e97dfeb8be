/**
 * Reads Terraform values from the wire (DynamicValue: msgpack or JSON) by their schema.
 * An object has every attribute and nested block, and numbers are exact or refused.
 * Errors never show a value.
 */
import { ByokError } from '../../errors';
import type { AttributeType, BlockSchema, ScalarType } from '../../schema/model';
import { decodeMsgpack } from './msgpack-reader';
import { decodeNumber } from './number';
import { unknown, type Value, type Values } from './value';
import {
  entriesOf,
  findExtra,
  isCollection,
  isObject,
  type Shape,
  type Shapes,
  shapesOf,
  shown,
  withoutWriteOnly,
} from './value-shape';

/** What to do with a name that is not in the schema. */
type Extras = 'refuse' | 'drop';

/** A DynamicValue from the wire. One of the two is empty. */
export type WireValue = { readonly msgpack: Uint8Array; readonly json: Uint8Array };

/**
 * Decodes a configuration, the only value that may set write-only attributes.
 * @returns null for the null object or an absent value
 * @throws ByokError ERR_ARGUMENT when a value does not fit the schema or a number is not exact
 */
export function decodeConfig(schema: BlockSchema, value: WireValue | undefined): Values | null {
  const raw = rawValue(value);
  return raw === null ? null : decodeObject(shapesOf(schema), raw, [], 'refuse');
}

/**
 * Like `decodeConfig`, for a block that always exists: a null object becomes one with nothing set.
 */
export function decodeBlockConfig(schema: BlockSchema, value: WireValue | undefined): Values {
  return decodeConfig(schema, value) ?? decodeStateAttributes(schema, {});
}

/**
 * Decodes a prior, proposed or planned state.
 * Terraform does send write-only values in a proposed state.
 * They become null here, so comparisons of states never see them.
 * @throws as decodeConfig
 */
export function decodeState(schema: BlockSchema, value: WireValue | undefined): Values | null {
  const values = decodeConfig(schema, value);
  return values === null ? null : withoutWriteOnly(schema, values);
}

/**
 * Takes the attributes of a state file unchanged, but drops names that are no longer in the schema.
 */
export function decodeStateAttributes(schema: BlockSchema, raw: Record<string, unknown>): Values {
  return decodeObject(shapesOf(schema), raw, [], 'drop');
}

/**
 * Decodes a value that stands alone, such as an argument of a function.
 * @param name what the error calls it
 * @throws as decodeConfig
 */
export function decodeArgument(type: AttributeType, value: WireValue, name: string): Value {
  return decodeShape(type, rawValue(value), [name], 'refuse');
}

/** Null also for an absent value. */
function rawValue(value: WireValue | undefined): unknown {
  if (value === undefined || (value.msgpack.length === 0 && value.json.length === 0)) {
    return null;
  }
  return value.msgpack.length > 0
    ? decodeMsgpack(value.msgpack)
    : JSON.parse(Buffer.from(value.json).toString('utf8'));
}

function decodeObject(
  shapes: Shapes,
  raw: unknown,
  path: readonly string[],
  extras: Extras,
): Values {
  if (!isObject(raw)) {
    throw misfit(path, 'an object');
  }
  const extra = findExtra(shapes, raw);
  if (extra !== undefined && extras === 'refuse') {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${shown([...path, extra])} is not in the schema of this provider version`,
      {
        attribute: path[0],
      },
    );
  }
  const values: Record<string, Value> = {};
  for (const [name, shape] of entriesOf(shapes)) {
    const item = Object.hasOwn(raw, name) ? raw[name] : null;
    values[name] =
      item === null || item === undefined
        ? null
        : decodeShape(shape, item, [...path, name], extras);
  }
  return values;
}

function decodeShape(shape: Shape, raw: unknown, path: readonly string[], extras: Extras): Value {
  if (raw === null || raw === undefined) {
    return null;
  }
  if (raw === unknown) {
    return unknown;
  }
  if (typeof shape === 'string') {
    return decodeScalar(shape, raw, path);
  }
  if (!isCollection(shape)) {
    return decodeObject(shapesOf(shape), raw, path, extras);
  }
  const [collection, element] = shape;
  if (collection === 'object') {
    return decodeObject(element, raw, path, extras);
  }
  if (collection === 'map') {
    if (!isObject(raw)) {
      throw misfit(path, 'a map');
    }
    return Object.fromEntries(
      Object.entries(raw).map(([key, item]) => [
        key,
        decodeShape(element, item, [...path, key], extras),
      ]),
    );
  }
  if (!Array.isArray(raw)) {
    throw misfit(path, `a ${collection}`);
  }
  return raw.map((item: unknown, index) =>
    decodeShape(element, item, [...path, String(index)], extras),
  );
}

function decodeScalar(type: ScalarType, raw: unknown, path: readonly string[]): Value {
  if (type === 'number') {
    const number = decodeNumber(raw);
    if (typeof number === 'number') {
      return number;
    }
    throw new ByokError('ERR_ARGUMENT', `${shown(path)} ${number.problem}`, { attribute: path[0] });
  }
  if (
    (type === 'string' && typeof raw === 'string') ||
    (type === 'bool' && typeof raw === 'boolean')
  ) {
    return raw;
  }
  throw misfit(path, `a ${type}`);
}

function misfit(path: readonly string[], expected: string): ByokError {
  return new ByokError('ERR_ARGUMENT', `${shown(path)} must be ${expected}`, {
    attribute: path[0],
  });
}
