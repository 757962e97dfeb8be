import { decode, ExtData, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { decodeMsgpack } from '../../lib/tfplugin/values/msgpack-reader';
import { encodeMsgpack, type Packable } from '../../lib/tfplugin/values/msgpack-writer';
import { unknown } from '../../lib/tfplugin/values/value';

const text = fc.string({ unit: 'grapheme', maxLength: 100 });
const libraryKey = text.filter((name) => name !== '__proto__');

/** Whatever both sides write: the library knows `unknown` as an extension. */
const { value: written } = fc.letrec<{ value: Packable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.constant(unknown),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.integer({ min: -200, max: 200 }),
    text,
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(libraryKey, tie('value'), { maxKeys: 20, noNullPrototype: true }),
  ),
}));

/** A tree with some of its leaves replaced. */
function mapped(value: unknown, leaf: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => mapped(item, leaf));
  }
  return typeof value === 'object' &&
    value !== null &&
    !(value instanceof ExtData) &&
    !(value instanceof Uint8Array)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapped(item, leaf)]))
    : leaf(value);
}

const toLibrary = (value: unknown) =>
  value === unknown ? new ExtData(0, new Uint8Array(1)) : value;
const fromReader = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value);

test('what is written is read by the library', () => {
  fc.assert(
    fc.property(written, (value) => {
      expect(decode(encodeMsgpack(value))).toEqual(mapped(value, toLibrary));
    }),
  );
});

test('what the library writes is read', () => {
  fc.assert(
    fc.property(written, (value) => {
      expect(mapped(decodeMsgpack(encode(mapped(value, toLibrary))), fromReader)).toEqual(value);
    }),
  );
});

test.each([0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536])(
  'lengths of %d go both ways',
  (size) => {
    const list = Array.from({ length: size }, (_, index) => index % 100);
    const map = Object.fromEntries(list.map((item, index) => [`k${index}`, item]));
    for (const value of ['x'.repeat(size), list, map]) {
      expect(decode(encodeMsgpack(value))).toEqual(value);
      expect(decodeMsgpack(encode(value))).toEqual(value);
    }
  },
);

test.each<[string, unknown]>([
  ['c403010203', Buffer.from([1, 2, 3])],
  ['c5000101', Buffer.from([1])],
  ['c60000000101', Buffer.from([1])],
  ['ca3fc00000', 1.5],
  ['cb3fb999999999999a', 0.1],
  ['ccff', 255],
  ['cdffff', 65_535],
  ['ceffffffff', 4_294_967_295],
  ['cfffffffffffffffff', 2n ** 64n - 1n],
  ['d080', -128],
  ['d18000', -32_768],
  ['d280000000', -2_147_483_648],
  ['d38000000000000000', -(2n ** 63n)],
  ['d40000', unknown],
  ['d50c8000', unknown],
  ['d60000000000', unknown],
  ['d7000000000000000000', unknown],
  ['d80000000000000000000000000000000000', unknown],
  ['c70c0c', undefined],
  ['c7020c8000', unknown],
  ['c800020c8000', unknown],
  ['c9000000020c8000', unknown],
  ['92c70100ff05', [unknown, 5]],
])('reads %s', (hex, value) => {
  const read = () => decodeMsgpack(Buffer.from(hex, 'hex'));
  if (value === undefined) {
    expect(read).toThrow(RangeError);
  } else {
    expect(read()).toEqual(value);
  }
});

test('a map takes any name, also those that objects have of their own', () => {
  const map = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}') as Record<
    string,
    string
  >;
  expect(Object.entries(decodeMsgpack(encodeMsgpack(map)) as object)).toEqual(Object.entries(map));
});

test.each([
  ['nothing', '', 'ends 1 bytes early'],
  ['a byte that begins no value', 'c1', 'no value begins with the byte 193'],
  ['half a text', 'a568', 'ends 4 bytes early'],
  ['half a number', 'cf00', 'ends 7 bytes early'],
  ['a list without its last item', '9201', 'ends 1 bytes early'],
  ['a list that says it is endless', 'ddffffffff', 'ends 1 bytes early'],
  ['a name that is a number', '810102', 'a name in a map is no string'],
  ['two values', 'c0c0', 'after the value are 1 more bytes'],
])('refuses %s', (_what, hex, problem) => {
  expect(() => decodeMsgpack(Buffer.from(hex, 'hex'))).toThrow(
    expect.objectContaining({ name: 'RangeError', message: expect.stringContaining(problem) }),
  );
});
