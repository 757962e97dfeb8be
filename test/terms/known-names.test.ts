import { nearestName, refuseUnknownNames } from '../../lib/terms/known-names';

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
