import { wording } from '../../lib/provider/wording';
import {
  formatExpirationTime,
  parseExpirationTime,
  sameExpiration,
} from '../../lib/terms/expiration-time';

test.each([
  ['2030-01-31T00:00:00Z', '2030-01-31T00:00:00Z'],
  ['2030-01-31t02:00:00+02:00', '2030-01-31T00:00:00Z'],
  ['2028-02-29T23:59:59-01:30', '2028-03-01T01:29:59Z'],
  ['1550291833', '2019-02-16T04:37:13Z'],
  ['10000000000', '2286-11-20T17:46:40Z'],
  ['never', 'never'],
])('%s is %s', (text, expected) => {
  expect(formatExpirationTime(parseExpirationTime(text, wording))).toBe(expected);
});

test.each([
  '',
  'tomorrow',
  'Never',
  '2030-01-31',
  '2030-01-31T00:00:00',
  '2030-01-31T00:00:00.5Z',
  '2030-02-30T00:00:00Z',
  '2029-02-29T00:00:00Z',
  '2030-01-31T25:00:00Z',
  '2030-13-01T00:00:00Z',
  '-1',
  '1e9',
  '10000000001',
  '1550291833000',
])('fails for "%s", and says what is allowed', (text) => {
  expect(() => parseExpirationTime(text, wording)).toThrow(
    `expiration_time is "${text}"; allowed are`,
  );
});

test('instants are the same when they fall into the same second', () => {
  const instant = new Date('2030-01-31T00:00:00Z');
  expect(sameExpiration(instant, new Date(instant.getTime() + 999))).toBe(true);
  expect(sameExpiration(instant, new Date(instant.getTime() + 1000))).toBe(false);
  expect(sameExpiration(undefined, undefined)).toBe(true);
  expect(sameExpiration(undefined, new Date(0))).toBe(false);
});
