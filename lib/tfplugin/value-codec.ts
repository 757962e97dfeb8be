/**
 * Terraform values on the wire (DynamicValue: msgpack or JSON), coded by schema: an object carries every attribute and
 * nested block, numbers are exact or refused, and a write-only value never goes into a state. Never prints a value.
 */
import { Decoder, Encoder, ExtData } from '@msgpack/msgpack';
import { ByokError } from '../errors';
import type { AttributeType, BlockSchema, ScalarType } from '../schema/model';
import type { DynamicValueInput } from './messages';
import { decodeNumber, encodeNumber } from './number';
import { unknown, type Value, type Values } from './value';

/** What to do with a name that the schema does not have. */
type Extras = 'refuse' | 'drop';

/** A block stands in a value as an object does; only its write-only attributes tell them apart. */
type Shape = AttributeType | BlockSchema;

type Shapes = Readonly<Record<string, Shape>>;

const decoder = new Decoder({ useBigInt64: true });
const encoder = new Encoder();
/** Any extension reads as unknown (12 is an unknown with known bounds); this is the plain one. */
const unknownExtension = new ExtData(0, new Uint8Array(1));

/** A DynamicValue as it came: one of the two is empty. */
export type WireValue = { readonly msgpack: Uint8Array; readonly json: Uint8Array };

/**
 * A configuration: the only value in which write-only attributes may be set.
 * @returns null for the null object, also when the value is absent
 * @throws ByokError ERR_ARGUMENT when a value does not fit the schema or cannot be held exactly
 */
export function decodeConfig(schema: BlockSchema, value: WireValue | undefined): Values | null {
  const raw = rawValue(value);
  return raw === null ? null : decodeObject(shapesOf(schema), raw, [], 'refuse');
}

/** As `decodeConfig`, of a block that is always there: a null object reads as one in which nothing is set. */
export function decodeBlockConfig(schema: BlockSchema, value: WireValue | undefined): Values {
  return decodeConfig(schema, value) ?? decodeStateAttributes(schema, {});
}

/**
 * A prior, proposed or planned state. Terraform does send write-only values in a proposed state; they become null here, so that
 * comparing states never sees them.
 * @throws as decodeConfig
 */
export function decodeState(schema: BlockSchema, value: WireValue | undefined): Values | null {
  const values = decodeConfig(schema, value);
  return values === null ? null : withoutWriteOnly(schema, values);
}

/** Takes the attributes of a state file as they are; names that the schema has dropped are dropped. */
export function decodeStateAttributes(schema: BlockSchema, raw: Record<string, unknown>): Values {
  return decodeObject(shapesOf(schema), raw, [], 'drop');
}

/**
 * A value that stands by itself, as an argument of a function does.
 * @param name of it, for the error
 * @throws as decodeConfig
 */
export function decodeArgument(type: AttributeType, value: WireValue, name: string): Value {
  return decodeShape(type, rawValue(value), [name], 'refuse');
}

/**
 * A planned or new state. Attributes left out become null, write-only ones always.
 * @throws ByokError ERR_INTERNAL when the provider's own value does not fit its schema
 */
export function encodeState(schema: BlockSchema, values: Values | null): DynamicValueInput {
  return { msgpack: encoder.encode(values === null ? null : encodeObject(shapesOf(schema), withoutWriteOnly(schema, values), [])) };
}

/** What a function answers. @throws as encodeState */
export function encodeResult(type: AttributeType, value: Value): DynamicValueInput {
  return { msgpack: encoder.encode(encodeShape(type, value, ['result'])) };
}

// A plan of a thousand resources codes tens of thousands of values by the same few schemas.
const shapesBySchema = new WeakMap<BlockSchema, Shapes>();
const entriesByShapes = new WeakMap<Shapes, readonly (readonly [name: string, shape: Shape])[]>();

function shapesOf(schema: BlockSchema): Shapes {
  const known = shapesBySchema.get(schema);
  if (known !== undefined) {
    return known;
  }
  const { attributes, blocks = {} } = schema;
  const shapes = { ...Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type])), ...blocks };
  shapesBySchema.set(schema, shapes);
  return shapes;
}

function entriesOf(shapes: Shapes): readonly (readonly [name: string, shape: Shape])[] {
  const known = entriesByShapes.get(shapes);
  if (known !== undefined) {
    return known;
  }
  const entries = Object.entries(shapes);
  entriesByShapes.set(shapes, entries);
  return entries;
}

function isCollection(shape: Exclude<Shape, string>): shape is Exclude<AttributeType, string> {
  return Array.isArray(shape);
}

function withoutWriteOnly({ attributes, blocks = {} }: BlockSchema, values: Values): Values {
  const kept: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) {
    const block = blocks[name];
    kept[name] = block !== undefined && isObject(value) ? withoutWriteOnly(block, value) : attributes[name]?.writeOnly ? null : value;
  }
  return kept;
}

// --- decoding ---

/** Null also when there is no value. */
function rawValue(value: WireValue | undefined): unknown {
  if (value === undefined || (value.msgpack.length === 0 && value.json.length === 0)) {
    return null;
  }
  return value.msgpack.length > 0 ? decoder.decode(value.msgpack) : JSON.parse(Buffer.from(value.json).toString('utf8'));
}

function decodeObject(shapes: Shapes, raw: unknown, path: readonly string[], extras: Extras): Values {
  if (!isObject(raw)) {
    throw misfit(path, 'an object');
  }
  const extra = findExtra(shapes, raw);
  if (extra !== undefined && extras === 'refuse') {
    throw new ByokError('ERR_ARGUMENT', `${shown([...path, extra])} is not in the schema of this provider version`, {
      attribute: path[0],
    });
  }
  const values: Record<string, Value> = {};
  for (const [name, shape] of entriesOf(shapes)) {
    const item = Object.hasOwn(raw, name) ? raw[name] : null;
    values[name] = item === null || item === undefined ? null : decodeShape(shape, item, [...path, name], extras);
  }
  return values;
}

function decodeShape(shape: Shape, raw: unknown, path: readonly string[], extras: Extras): Value {
  if (raw === null || raw === undefined) {
    return null;
  }
  if (raw instanceof ExtData) {
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
    return Object.fromEntries(Object.entries(raw).map(([key, item]) => [key, decodeShape(element, item, [...path, key], extras)]));
  }
  if (!Array.isArray(raw)) {
    throw misfit(path, `a ${collection}`);
  }
  return raw.map((item: unknown, index) => decodeShape(element, item, [...path, String(index)], extras));
}

function decodeScalar(type: ScalarType, raw: unknown, path: readonly string[]): Value {
  if (type === 'number') {
    const number = decodeNumber(raw);
    if (typeof number === 'number') {
      return number;
    }
    throw new ByokError('ERR_ARGUMENT', `${shown(path)} ${number.problem}`, { attribute: path[0] });
  }
  if ((type === 'string' && typeof raw === 'string') || (type === 'bool' && typeof raw === 'boolean')) {
    return raw;
  }
  throw misfit(path, `a ${type}`);
}

// --- encoding ---

function encodeObject(shapes: Shapes, value: Value, path: readonly string[]): unknown {
  if (!isObject(value)) {
    throw defect(path, 'is not an object');
  }
  const given = value as Values;
  const extra = findExtra(shapes, given);
  if (extra !== undefined) {
    throw defect([...path, extra], 'is not in the schema');
  }
  const encoded: Record<string, unknown> = {};
  for (const [name, shape] of entriesOf(shapes)) {
    const item = given[name];
    encoded[name] = item === null || item === undefined ? null : encodeShape(shape, item, [...path, name]);
  }
  return encoded;
}

function encodeShape(shape: Shape, value: Value | undefined, path: readonly string[]): unknown {
  if (value === null || value === undefined) {
    return null;
  }
  if (value === unknown) {
    return unknownExtension;
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
    return Object.fromEntries(Object.entries(value as Values).map(([key, item]) => [key, encodeShape(element, item, [...path, key])]));
  }
  if (!Array.isArray(value)) {
    throw defect(path, `is not a ${collection}`);
  }
  return value.map((item, index) => encodeShape(element, item, [...path, String(index)]));
}

function encodeScalar(type: ScalarType, value: Value, path: readonly string[]): unknown {
  if (type === 'number') {
    const number = typeof value === 'number' ? encodeNumber(value) : undefined;
    if (number !== undefined) {
      return number;
    }
    throw defect(path, 'is not a finite number that can be held exactly');
  }
  if ((type === 'string' && typeof value === 'string') || (type === 'bool' && typeof value === 'boolean')) {
    return value;
  }
  throw defect(path, `is not a ${type}`);
}

// --- errors ---

/** The first name that does not belong there. */
function findExtra(shapes: Shapes, given: object): string | undefined {
  return Object.keys(given).find((name) => !Object.hasOwn(shapes, name));
}

function isObject<T>(raw: T): raw is T & Values {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !(raw instanceof Uint8Array) && !(raw instanceof ExtData);
}

function shown(path: readonly string[]): string {
  return path.length === 0 ? 'the value' : path.join('.');
}

function misfit(path: readonly string[], expected: string): ByokError {
  return new ByokError('ERR_ARGUMENT', `${shown(path)} must be ${expected}`, { attribute: path[0] });
}

function defect(path: readonly string[], problem: string): ByokError {
  return new ByokError('ERR_INTERNAL', `the provider answered with a value that does not fit its schema: ${shown(path)} ${problem}`);
}
