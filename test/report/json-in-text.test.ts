import fc from 'fast-check';
import { jsonObjectsIn } from '../../lib/report/json-in-text';

const object = {
  version: 4,
  name: 'a "b" {c} \\',
  nested: { list: [{}, { x: null }], text: 'line\nfeed' },
};
const compact = JSON.stringify(object);
const pretty = JSON.stringify(object, undefined, 2);

function prefixed(text: string, prefix: (line: number) => string): string {
  return text
    .split('\n')
    .map((line, index) => `${prefix(index)}${line}`)
    .join('\n');
}

const clock = (line: number) => `14:20:1${line % 10}.123 STDOUT terraform: `;

test.each([
  ['alone', pretty],
  [
    'between the lines of make',
    `make: Entering directory '/srv'\n${pretty}\nmake: Leaving directory '/srv'\n`,
  ],
  ['after a warning with a brace', `Warning: {"it"} is odd, and so is { and "this\n${compact}\n`],
  [
    'behind a plan for people',
    `  # byok_external_key.k will be created\n  + resource "byok_external_key" "k" {\n      + alias = "orders"\n    }\n${pretty}`,
  ],
  ['behind the name of a stack', `orders  ${compact}\norders  done\n`],
  [
    'behind the name of a stack on each line',
    `Synthesizing\n${prefixed(pretty, () => 'orders  ')}\norders  done`,
  ],
  ['behind a time on each line', `${prefixed(pretty, clock)}\n${clock(3)}done`],
  ['with Windows line ends', `a line\r\n${pretty.replaceAll('\n', '\r\n')}\r\nanother\r\n`],
  ['in colour', `\u001b[1mInitializing\u001b[0m\n\u001b[32morders  \u001b[0m${compact}\n`],
])('finds an object %s', (_, text) => {
  expect(jsonObjectsIn(text)).toEqual({ objects: [object] });
});

test('finds each of several, and none inside another', () => {
  expect(jsonObjectsIn(`${compact}\n${pretty}\n`)).toEqual({ objects: [object, object] });
  expect(
    jsonObjectsIn(`${prefixed(pretty, () => 'a  ')}\n${prefixed(pretty, () => 'bb  ')}`),
  ).toEqual({ objects: [object, object] });
});

test.each(['', 'null', '[1, 2]', '"text"', '{', 'no braces', 'orders  {"cut": {"off": 1}'])(
  'finds none in %j',
  (text) => {
    expect(jsonObjectsIn(text)).toEqual({ objects: [] });
  },
);

const cutOff = 'is cut off in the middle of a JSON object';

test.each([
  '{"cut": "off',
  '{"cut": {"off": 1}',
  '{\n  "cut": {\n    "off": 1\n  }\n',
  compact.slice(0, -1),
  `orders  ${compact.slice(0, -1)}`,
  prefixed(pretty.slice(0, -2), () => 'orders  '),
])('tells that %j is cut off, and behind an object, too', (text) => {
  expect(jsonObjectsIn(text)).toEqual({ objects: [], missed: cutOff });
  expect(jsonObjectsIn(`${compact}\n${text}`)).toEqual({ objects: [object], missed: cutOff });
  expect(jsonObjectsIn(`${prefixed(pretty, () => 'bills  ')}\n${text}`)).toEqual({
    objects: [object],
    missed: cutOff,
  });
});

test('a log full of braces is read in reasonable time, and not taken for whole', () => {
  const missed = 'has too many braces (500) that belong to no JSON object';
  expect(jsonObjectsIn('{"a\n'.repeat(20_000))).toEqual({ objects: [], missed: cutOff });
  expect(jsonObjectsIn('x {"a" and "b": 1\n'.repeat(20_000))).toEqual({
    objects: [],
    missed: expect.stringContaining('has too many braces'),
  });
  expect(jsonObjectsIn(`${compact}\n${'x {"a" and "b": 1\n'.repeat(600)}${compact}`)).toEqual({
    objects: [object],
    missed,
  });
  expect(jsonObjectsIn('x {"a\n'.repeat(200_000))).toEqual({
    objects: [],
    missed: expect.stringContaining('has too many braces'),
  });
});

test('whatever stands around it on other lines', () => {
  const lines = fc
    .array(
      fc.stringMatching(/^[^\r\n{}"]*$/).map((line) => line.replaceAll('\u001b', '')),
      { maxLength: 5 },
    )
    .map((all) => all.join('\n'));
  const value = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 });
  fc.assert(
    fc.property(lines, lines, value, fc.boolean(), (before, after, json, isPretty) => {
      const text = JSON.stringify(json, undefined, isPretty ? 2 : 0);
      expect(jsonObjectsIn(`${before}\n${text}\n${after}`)).toEqual({
        objects: [JSON.parse(text)],
      });
    }),
  );
});
