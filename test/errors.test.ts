import { stackOf } from '../lib/errors';

test('the stack of an error is told', () => {
  expect(stackOf(new TypeError('x is not a function'))).toMatch(
    /^TypeError: x is not a function\n {4}at /,
  );
});

test.each<[string, unknown]>([
  ['Uint8Array', Buffer.from('hush')],
  ['Uint8Array', Uint8Array.from(Buffer.from('hush'))],
  ['String', 'hush'],
  ['Object', { message: 'hush', stack: 'hush', toString: () => 'hush' }],
  ['Array', ['hush']],
  ['Number', 104],
  ['Null', null],
  ['Undefined', undefined],
])('of anything else only its type: %s', (type, thrown) => {
  expect(stackOf(thrown)).toBe(`something was thrown that is no error but of type ${type}`);
});
