/**
 * Writes Terraform values to the wire and checks them against their schema.
 * An object has every attribute and nested block, numbers are exact,
 * and a write-only value never goes into a state. Errors never show a value.
 */
import { ByokError } from '../../errors';
import type { AttributeType, BlockSchema, ScalarType } from '../../schema/model';
import type { DynamicValueInput } from '../grpc/messages';
import { encodeMsgpack, type Packable } from './msgpack-writer';
import { encodeNumber } from './number';
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

/**
 * Encodes a planned or new state. Omitted attributes become null, and write-only ones always do.
 * @throws ByokError ERR_INTERNAL when the provider's own value does not fit its schema
 */
export function encodeState(schema: BlockSchema, values: Values | null): DynamicValueInput {
  return {
    msgpack: encodeMsgpack(
      values === null ? null : encodeObject(shapesOf(schema), withoutWriteOnly(schema, values), []),
    ),
  };
}

/**
 * Encodes the result of a function.
 * @throws as encodeState
 */
export function encodeResult(type: AttributeType, value: Value): DynamicValueInput {
  return { msgpack: encodeMsgpack(encodeShape(type, value, ['result'])) };
}

function encodeObject(shapes: Shapes, value: Value, path: readonly string[]): Packable {
  if (!isObject(value)) {
    throw defect(path, 'is not an object');
  }
  const given = value as Values;
  const extra = findExtra(shapes, given);
  if (extra !== undefined) {
    throw defect([...path, extra], 'is not in the schema');
  }
  const encoded: Record<string, Packable> = {};
  for (const [name, shape] of entriesOf(shapes)) {
    const item = given[name];
    encoded[name] =
      item === null || item === undefined ? null : encodeShape(shape, item, [...path, name]);
  }
  return encoded;
}

function encodeShape(shape: Shape, value: Value | undefined, path: readonly string[]): Packable {
  if (value === null || value === undefined) {
    return null;
  }
  if (value === unknown) {
    return unknown;
  }
  if (typeof shape === 'string') {
    return encodeScalar(shape, value, path);
  }
  if (!isCollection(shape)) {
    return encodeObject(shapesOf(shape), value, path);
  }
  const [collection, element] = shape;
  if (collection === 'object') {
    return encodeObject(element, value, path);
  }
  if (collection === 'map') {
    if (!isObject(value)) {
      throw defect(path, 'is not a map');
    }
    return Object.fromEntries(
      Object.entries(value as Values).map(([key, item]) => [
        key,
        encodeShape(element, item, [...path, key]),
      ]),
    );
  }
  if (!Array.isArray(value)) {
    throw defect(path, `is not a ${collection}`);
  }
  return value.map((item, index) => encodeShape(element, item, [...path, String(index)]));
}

function encodeScalar(type: ScalarType, value: Value, path: readonly string[]): Packable {
  if (type === 'number') {
    const number = typeof value === 'number' ? encodeNumber(value) : undefined;
    if (number !== undefined) {
      return number;
    }
    throw defect(path, 'is not a finite number that can be held exactly');
  }
  if (
    (type === 'string' && typeof value === 'string') ||
    (type === 'bool' && typeof value === 'boolean')
  ) {
    return value;
  }
  throw defect(path, `is not a ${type}`);
}

function defect(path: readonly string[], problem: string): ByokError {
  return new ByokError(
    'ERR_INTERNAL',
    `the provider answered with a value that does not fit its schema: ${shown(path)} ${problem}`,
  );
}
