import { randomBytes } from 'node:crypto';
import { HiddenTexts } from '../../lib/kms/hidden-texts';

const token = randomBytes(300).toString('base64');
const password = 'Sup3r"Secret';

test('finds a secret whole, in every longer piece, and as JSON spells it', () => {
  const hidden = new HiddenTexts([token, password]);
  for (let at = 0; at + 16 <= token.length; at += 1) {
    expect([at, hidden.standIn(`(${token.slice(at, at + 16)})`)]).toEqual([at, true]);
  }
  expect(hidden.removeFrom(`a ${token}, b ${password}, c ${JSON.stringify({ password })}`)).toBe(
    'a [secret], b [secret], c {"password":"[secret]"}',
  );
});

test('leaves what is not secret, and shorter pieces', () => {
  const hidden = new HiddenTexts([token, password]);
  expect(hidden.removeFrom(`the key ${token.slice(40, 55)}* is not there`)).toBe(
    `the key ${token.slice(40, 55)}* is not there`,
  );
  expect(hidden.standIn('Sup3r')).toBe(false);
  expect(new HiddenTexts().removeFrom('all of it')).toBe('all of it');
});

test('two secrets one after the other, and pieces that overlap, leave nothing', () => {
  const other = randomBytes(90).toString('hex');
  const hidden = new HiddenTexts([token, other]);
  expect(hidden.removeFrom(`${token}${other}`)).toBe('[secret][secret]');
  expect(
    hidden.removeFrom(`${token.slice(0, 100)}${token.slice(60)}`).replaceAll('[secret]', ''),
  ).toBe('');
});

test('what is added later is hidden as well, by those who asked before', () => {
  const known = new HiddenTexts();
  const hidden = new HiddenTexts(['Authorization-0123456789'], known);
  known.add([token]);
  expect(hidden.removeFrom(`${token} Authorization-0123456789`)).toBe('[secret] [secret]');
  expect(known.standIn('Authorization-0123456789')).toBe(false);
});

test('a secret of a few characters is hidden everywhere, and makes no other word a secret', () => {
  const hidden = new HiddenTexts(['abc', '']);
  expect(hidden.removeFrom('abc, and an abcess')).toBe('[secret], and an [secret]ess');
  expect([hidden.standIn('abcess'), hidden.standIn('abc'), hidden.standIn('')]).toEqual([
    false,
    true,
    false,
  ]);
});

test('thousands of secrets, some that repeat themselves, are searched for at once', () => {
  const many = Array.from({ length: 3000 }, () => randomBytes(258).toString('base64'));
  const hidden = new HiddenTexts([...many, 'A'.repeat(6144), 'AB'.repeat(3000)]);
  const text = `${'A'.repeat(5000)} ${many[1234]} ${'AB'.repeat(2500)}`;
  expect(hidden.removeFrom(text).replaceAll('[secret]', '').trim()).toBe('');
  expect(hidden.standIn('a description of this key')).toBe(false);
});
