import { decode, ExtData, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import type { AttributeType, BlockSchema } from '../../lib/schema/model';
import { unknown, type Value, type Values } from '../../lib/tfplugin/values/value';
import {
  decodeArgument,
  decodeConfig,
  decodeState,
  decodeStateAttributes,
} from '../../lib/tfplugin/values/value-decoder';
import { encodeResult, encodeState } from '../../lib/tfplugin/values/value-encoder';

const nothing = new Uint8Array();
const attribute = (type: AttributeType, writeOnly = false) => ({
  type,
  description: '',
  optional: true,
  writeOnly,
});

const schema: BlockSchema = {
  description: '',
  attributes: {
    s: attribute('string'),
    n: attribute('number'),
    b: attribute('bool'),
    list: attribute(['list', 'string']),
    set: attribute(['set', 'number']),
    map: attribute(['map', 'bool']),
    objects: attribute([
      'list',
      ['object', { s: 'string', n: 'number', inner: ['object', { tags: ['set', 'string'] }] }],
    ]),
    grid: attribute(['map', ['list', 'number']]),
    secret_wo: attribute('string', true),
  },
  blocks: { timeouts: { description: '', attributes: { create: attribute('string') } } },
};

const nulls = {
  s: null,
  n: null,
  b: null,
  list: null,
  set: null,
  map: null,
  objects: null,
  grid: null,
  secret_wo: null,
  timeouts: null,
};

const fromMsgpack = (raw: unknown) =>
  decodeConfig(schema, { msgpack: encode(raw, { useBigInt64: true }), json: nothing });
const fromBytes = (hex: string) =>
  decodeConfig(schema, { msgpack: Buffer.from(hex, 'hex'), json: nothing });
const fromJson = (json: string) =>
  decodeConfig(schema, { msgpack: nothing, json: Buffer.from(json) });
const sent = (values: Values | null) => decode(encodeState(schema, values).msgpack ?? nothing);

const orUnset = (value: fc.Arbitrary<Value>) =>
  fc.oneof(fc.constant(null), fc.constant(unknown), value);
const exactNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
);
const key = fc.oneof(fc.string(), fc.constant('__proto__'));
const anyValues: fc.Arbitrary<Values> = fc.record({
  s: orUnset(fc.string({ unit: 'grapheme' })),
  n: orUnset(exactNumber),
  b: orUnset(fc.boolean()),
  list: orUnset(fc.array(fc.string())),
  set: orUnset(fc.uniqueArray(exactNumber)),
  map: orUnset(fc.dictionary(key, fc.boolean(), { noNullPrototype: true })),
  objects: orUnset(
    fc.array(
      orUnset(
        fc.record({
          s: orUnset(fc.string()),
          n: orUnset(exactNumber),
          inner: orUnset(fc.record({ tags: orUnset(fc.array(fc.string())) })),
        }),
      ),
    ),
  ),
  grid: orUnset(fc.dictionary(key, orUnset(fc.array(exactNumber)), { noNullPrototype: true })),
  secret_wo: fc.constant(null),
  timeouts: orUnset(fc.record({ create: orUnset(fc.string()) })),
});

test('any value survives the way to Terraform and back', () => {
  fc.assert(
    fc.property(anyValues, (values) => {
      expect(
        decodeConfig(schema, {
          msgpack: encodeState(schema, values).msgpack ?? nothing,
          json: nothing,
        }),
      ).toEqual(values);
    }),
  );
});

describe('towards Terraform', () => {
  test('every attribute and block is present, null where left out', () => {
    expect(sent({})).toEqual(nulls);
    expect(sent({ timeouts: {} })).toEqual({ ...nulls, timeouts: { create: null } });
  });

  test('every field of an object is present, null where left out', () => {
    expect(sent({ objects: [{ s: 'x' }, { inner: {} }] })).toEqual({
      ...nulls,
      objects: [
        { s: 'x', n: null, inner: null },
        { s: null, n: null, inner: { tags: null } },
      ],
    });
  });

  test('no object is nil', () => {
    expect(sent(null)).toBeNull();
  });

  test('unknown is the extension that Terraform expects', () => {
    const only: BlockSchema = { description: '', attributes: { s: attribute('string') } };
    expect(Buffer.from(encodeState(only, { s: unknown }).msgpack ?? nothing).toString('hex')).toBe(
      '81a173d40000',
    );
  });

  test('a write-only value is never sent', () => {
    expect(sent({ secret_wo: 'hush' })).toEqual(nulls);
    expect(sent({ secret_wo: unknown })).toEqual(nulls);
  });

  test('numbers go as their decimal text, as exact as they stand in a state file', () => {
    expect(sent({ n: 2 ** 53 - 1, set: [0.1, -5, 1e-7, 0] })).toMatchObject({
      n: '9007199254740991',
      set: ['0.1', '-5', '1e-7', '0'],
    });
  });

  test.each<[string, Values, string]>([
    ['a name that the schema lacks', { colour: 'red' }, 'colour is not in the schema'],
    [
      'a nested name that the schema lacks',
      { timeouts: { read: '1m' } },
      'timeouts.read is not in the schema',
    ],
    ['a value of another type', { b: 'yes' }, 'b is not a bool'],
    ['an element of another type', { list: ['a', 1] }, 'list.1 is not a string'],
    [
      'an object with a field too many',
      { objects: [{ colour: 'red' }] },
      'objects.0.colour is not in the schema',
    ],
    [
      'a field of another type',
      { objects: [{ inner: { tags: [true] } }] },
      'objects.0.inner.tags.0 is not a string',
    ],
    ['a list for an object', { objects: [[]] }, 'objects.0 is not an object'],
    [
      'a number beyond exactness',
      { n: 2 ** 53 },
      'n is not a finite number that can be held exactly',
    ],
    ['not a number', { n: Number.NaN }, 'n is not a finite number that can be held exactly'],
  ])('refuses %s as a defect of the provider', (_what, values, problem) => {
    expect(() => encodeState(schema, values)).toThrow(problem);
  });
});

describe('from Terraform', () => {
  test('missing attributes read as null', () => {
    expect(fromMsgpack({})).toEqual(nulls);
    expect(fromJson('{"s":"x","timeouts":{}}')).toEqual({
      ...nulls,
      s: 'x',
      timeouts: { create: null },
    });
  });

  test.each([
    ['nil', () => fromBytes('c0')],
    ['JSON null', () => fromJson('null')],
    ['an empty message', () => decodeConfig(schema, { msgpack: nothing, json: nothing })],
    ['no message', () => decodeConfig(schema, undefined)],
  ])('%s is no object', (_what, read) => {
    expect(read()).toBeNull();
  });

  test('any extension is unknown, also one with known bounds and a block', () => {
    expect(fromBytes('81a173d40000')).toEqual({ ...nulls, s: unknown });
    expect(
      fromMsgpack({
        s: new ExtData(12, encode({ 1: false })),
        timeouts: new ExtData(0, Buffer.from([0])),
      }),
    ).toEqual({
      ...nulls,
      s: unknown,
      timeouts: unknown,
    });
    expect(fromMsgpack({ list: ['a', new ExtData(0, Buffer.from([0]))] })).toEqual({
      ...nulls,
      list: ['a', unknown],
    });
  });

  test.each<[string, unknown, number]>([
    ['an integer', 7, 7],
    ['a negative integer', -7, -7],
    ['a float', 0.1, 0.1],
    ['decimal text', '0.1', 0.1],
    ['decimal text with an exponent', '1.5e-7', 1.5e-7],
    ['decimal text of a whole number', '120', 120],
    ['a 64-bit integer', 5_000_000_000n, 5_000_000_000],
    ['the largest exact integer', BigInt(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
  ])('reads a number that comes as %s', (_what, raw, number) => {
    expect(fromMsgpack({ n: raw })?.n).toBe(number);
  });

  test.each<[string, unknown, string]>([
    ['a uint64 beyond exactness', 2n ** 53n, 'is too large'],
    ['the text of a large integer', '9007199254740993', 'is too large'],
    ['text beyond any double', '1e400', 'is too large'],
    ['more digits than a double has', '0.12345678901234567891', 'has too many digits'],
    ['words', 'many', 'must be a number'],
    ['a truth value', true, 'must be a number'],
  ])('refuses %s for a number rather than rounding it', (_what, raw, problem) => {
    expect(() => fromMsgpack({ n: raw })).toThrow(`n ${problem}`);
  });

  test('refuses an inexact integer in JSON', () => {
    expect(() => fromJson('{"n":9007199254740993}')).toThrow('n is too large');
  });

  test.each<[string, unknown, string]>([
    ['an unknown name', { colour: 'red' }, 'colour is not in the schema'],
    ['text for a list', { list: 'a' }, 'list must be a list'],
    ['a list for a map', { map: [true] }, 'map must be a map'],
    ['a number for text', { s: 5 }, 's must be a string'],
    ['bytes for text', { s: Buffer.from('x') }, 's must be a string'],
    ['a list for the object', [1], 'the value must be an object'],
    [
      'an object with a field too many',
      { objects: [{ colour: 'red' }] },
      'objects.0.colour is not in the schema',
    ],
    [
      'a field of another type',
      { objects: [{ inner: { tags: [1] } }] },
      'objects.0.inner.tags.0 must be a string',
    ],
    ['text for an object', { objects: ['x'] }, 'objects.0 must be an object'],
    ['text for a block', { timeouts: 'x' }, 'timeouts must be an object'],
  ])('refuses %s', (_what, raw, problem) => {
    expect(() => fromMsgpack(raw)).toThrow(problem);
  });

  test('never puts a value into an error', () => {
    for (const raw of [{ b: 'hush' }, { n: 'hush' }, { secret_wo: ['hush'] }, { list: 'hush' }]) {
      expect(() => fromMsgpack(raw)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hush') }),
      );
    }
  });

  test('names the attribute that Terraform shall underline', () => {
    expect(() => fromMsgpack({ set: [1, 'x'] })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT', attribute: 'set' }),
    );
  });
});

test('write-only values are read from a configuration, never from a state', () => {
  const nested: BlockSchema = {
    description: '',
    attributes: schema.attributes,
    blocks: { inner: schema },
  };
  const value = {
    msgpack: encode({ secret_wo: 'hush', inner: { secret_wo: 'hush', s: 'x' } }),
    json: nothing,
  };
  expect(decodeConfig(nested, value)).toMatchObject({
    secret_wo: 'hush',
    inner: { secret_wo: 'hush', s: 'x' },
  });
  expect(decodeState(nested, value)).toMatchObject({
    secret_wo: null,
    inner: { secret_wo: null, s: 'x' },
  });
});

test('a state file may hold names that the schema has dropped', () => {
  const saved = {
    s: 'x',
    colour: 'red',
    objects: [{ s: 'y', colour: 'blue' }],
    timeouts: { create: '5m', read: '1m' },
  };
  expect(decodeStateAttributes(schema, saved)).toEqual({
    ...nulls,
    s: 'x',
    objects: [{ s: 'y', n: null, inner: null }],
    timeouts: { create: '5m' },
  });
});

describe('a value by itself', () => {
  test.each<[AttributeType, Value]>([
    ['string', 'x'],
    ['number', 0.1],
    ['bool', false],
    [
      ['list', ['object', { s: 'string' }]],
      [{ s: 'x' }, { s: null }],
    ],
    ['string', null],
    ['string', unknown],
  ])('%j survives both ways', (type, value) => {
    const wire = { msgpack: encodeResult(type, value).msgpack ?? nothing, json: nothing };
    expect(decodeArgument(type, wire, 'argument')).toEqual(value);
  });

  test('a misfit names the argument, never its content', () => {
    const wire = { msgpack: encode('hush'), json: nothing };
    expect(() => decodeArgument('bool', wire, 'flag')).toThrow(
      expect.objectContaining({
        code: 'ERR_ARGUMENT',
        attribute: 'flag',
        message: 'flag must be a bool',
      }),
    );
  });
});
