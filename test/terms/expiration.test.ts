import { Token } from 'cdktf';
import { Expiration } from '../../lib/terms/expiration';

test('never expires', () => {
  expect(Expiration.never().bind()).toEqual({ expirationTime: 'never' });
});

test('writes a Date as RFC 3339 in whole seconds', () => {
  expect(Expiration.at(new Date(Date.UTC(2030, 0, 31, 12, 30, 15))).bind()).toEqual({
    expirationTime: '2030-01-31T12:30:15Z',
  });
});

test.each([
  '2030-01-31T00:00:00+01:00',
  '1893456000',
  Token.asString({ resolve: () => 'whatever' }),
])('keeps the text it was given', (text) => {
  expect(Expiration.at(text).bind()).toEqual({ expirationTime: text });
});

test.each([
  ['a Date with milliseconds', new Date(1), '1970-01-01T00:00:00.001Z'],
  ['an invalid Date', new Date(Number.NaN), 'Invalid Date'],
])('leaves %s as it is, for the construct to refuse', (_, instant, text) => {
  expect(Expiration.at(instant).bind()).toEqual({ expirationTime: text });
});

test('rolls, as validity and window', () => {
  expect(Expiration.rolling({ validFor: '90d', renewBefore: '14d' }).bind()).toEqual({
    validFor: '90d',
    renewBefore: '14d',
  });
});
