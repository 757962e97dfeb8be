import { runInNewContext } from 'node:vm';
import { isPlain, nearestName, refuseUnknownNames } from '../../lib/terms/known-names';

const allowed = [
  'alias',
  'key',
  'keySpec',
  'fingerprint',
  'onDestroy',
  'keyOnDestroy',
  'kmsEndpoint',
  'expiration',
  'tags',
];

test.each([
  ['fingerprnt', 'fingerprint'],
  ['onDestory', 'onDestroy'],
  ['kmsEndpont', 'kmsEndpoint'],
  ['kmsEndPoint', 'kmsEndpoint'],
  ['key_spec', 'keySpec'],
  ['aliass', 'alias'],
  ['tag', 'tags'],
  ['keyOnDestory', 'keyOnDestroy'],
  ['xpiration', 'expiration'],
  ['owner', undefined],
  ['k', undefined],
  ['', undefined],
])('of %j the nearest is %s', (name, nearest) => {
  expect(nearestName(name, allowed)).toBe(nearest);
});

test('names every unknown name, and what was probably meant, and no value', () => {
  const refuse = () =>
    refuseUnknownNames(
      { alias: 'a', fingerprnt: 's3cret', owner: 's3cret' },
      ['fingerprint', 'alias'],
      'ImportedKey',
    );
  expect(refuse).toThrow(
    'ImportedKey has no property "fingerprnt" (did you mean "fingerprint"?) and no "owner"; allowed are alias, fingerprint',
  );
  expect(refuse).not.toThrow('s3cret');
});

test('a name counts also when nothing is given by it: a variable that is not set today is set tomorrow', () => {
  expect(() => refuseUnknownNames({ fingerprnt: undefined }, allowed, 'ImportedKey')).toThrow(
    'did you mean "fingerprint"?',
  );
});

test.each([undefined, null, 'hex', ['alias']])('refuses %j, which has no names', (given) => {
  expect(() =>
    refuseUnknownNames(given as never, ['encoding'], 'KeyMaterialSource.fromFile'),
  ).toThrow(
    'the properties of KeyMaterialSource.fromFile are not an object; give one, such as { encoding: … }',
  );
});

test('takes what is allowed, in any part', () => {
  expect(() => refuseUnknownNames({}, allowed, 'it')).not.toThrow();
  expect(() => refuseUnknownNames({ alias: undefined, tags: {} }, allowed, 'it')).not.toThrow();
});

class WithGetter {
  get fingerprint(): string {
    return 's3cret';
  }
}

class WithField {
  readonly alias = 'orders';
}

test.each([
  ['a getter of a class', new WithGetter()],
  ['an inherited value', Object.create({ fingerprint: 's3cret' })],
  ['a hidden value', Object.defineProperty({}, 'fingerprint', { value: 's3cret' })],
])('%s, which would be lost, is refused', (_what, given) => {
  const refuse = () => refuseUnknownNames(given, allowed, 'ImportedKey');
  expect(refuse).toThrow(
    'fingerprint of ImportedKey is inherited or not enumerable, so that it would be lost; give a plain object, such as { fingerprint: … }',
  );
  expect(refuse).not.toThrow('s3cret');
});

test('a Map is no properties, and an object of a class is if they are all its own', () => {
  expect(() => refuseUnknownNames(new Map([['alias', 'a']]), allowed, 'ImportedKey')).toThrow(
    'the properties of ImportedKey are no plain object; give a plain object, such as { alias: … }',
  );
  refuseUnknownNames(new WithField(), allowed, 'ImportedKey');
  refuseUnknownNames(Object.create(null), allowed, 'ImportedKey');
});

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [Object.assign(Object.create(null), { a: 1 }), true],
  [runInNewContext('({ a: 1 })'), true],
  [new Map([['a', 1]]), false],
  [new WithField(), false],
  [Object.create({ a: 1 }), false],
  [Object.defineProperty({}, 'a', { value: 1 }), false],
])('%p is plain: %p', (value, plain) => {
  expect(isPlain(value)).toBe(plain);
});
