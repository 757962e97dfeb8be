import { Token } from 'cdktf';
import { Expiration } from '../../lib/cdktf/expiration';

test('never expires', () => {
  expect(Expiration.never().bind().expirationTime).toBe('never');
});

test('writes a Date as RFC 3339 in whole seconds', () => {
  expect(Expiration.at(new Date(Date.UTC(2030, 0, 31, 12, 30, 15))).bind().expirationTime).toBe('2030-01-31T12:30:15Z');
});

test('keeps the text it was given, offset included', () => {
  expect(Expiration.at('2030-01-31T00:00:00+01:00').bind().expirationTime).toBe('2030-01-31T00:00:00+01:00');
});

test('lets tokens through', () => {
  const token = Token.asString({ resolve: () => 'whatever' });
  expect(Expiration.at(token).bind().expirationTime).toBe(token);
});

test.each([
  ['a day that does not exist', '2030-02-30T00:00:00Z'],
  ['a text without a zone', '2030-01-31T00:00:00'],
  ['a date without a time', '2030-01-31'],
  ['fractions of a second', '2030-01-31T00:00:00.5Z'],
  ['an instant beyond what the KMS takes', '2300-01-01T00:00:00Z'],
  ['a Date with milliseconds', new Date(1)],
  ['an invalid Date', new Date(Number.NaN)],
])('refuses %s', (_, instant) => {
  expect(() => Expiration.at(instant)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT', attribute: 'expiration_time' }));
});

test('rolls, as validity and window', () => {
  expect(Expiration.rolling({ validFor: '90d', renewBefore: '14d' }).bind()).toEqual({ validFor: '90d', renewBefore: '14d' });
});

test.each([
  ['a window as long as the validity', '14d', '14d', 'renew_before'],
  ['a window longer than the validity', '36h', '2d', 'renew_before'],
  ['a validity that is no duration', 'soon', '14d', 'valid_for'],
  ['a window without a unit', '90d', '14', 'renew_before'],
])('refuses %s', (_, validFor, renewBefore, attribute) => {
  expect(() => Expiration.rolling({ validFor, renewBefore })).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT', attribute }));
});
