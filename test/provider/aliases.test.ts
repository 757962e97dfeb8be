/** Aliases of the keys of one plan, in whichever order Terraform plans them. */
import { Aliases } from '../../lib/provider/aliases';

const [a, b] = ['0d0466b0-e727-4d9c-b35d-f84bb474a37f', '1d0466b0-e727-4d9c-b35d-f84bb474a37f'];

test('two new keys of one alias', () => {
  const aliases = new Aliases();
  expect([aliases.want('x'), aliases.want('y'), aliases.want('x')]).toEqual([undefined, undefined, { kind: 'twice' }]);
});

test('a new key, and one of the state that ends with the alias', () => {
  const newFirst = new Aliases();
  expect([newFirst.want('x'), newFirst.end(a, 'x')]).toEqual([undefined, { kind: 'ended', keyId: a }]);
  const endFirst = new Aliases();
  expect([endFirst.end(a, 'x'), endFirst.want('x')]).toEqual([undefined, { kind: 'ended', keyId: a }]);
});

test('a new key, and one of the state that keeps the alias, planned or only read', () => {
  const planned = new Aliases();
  expect([planned.keep(a, 'x', 'x'), planned.want('x')]).toEqual([undefined, { kind: 'kept', keyId: a }]);
  const read = new Aliases();
  read.found(a, 'x');
  expect(read.want('x')).toEqual({ kind: 'kept', keyId: a });
  const newFirst = new Aliases();
  expect([newFirst.want('x'), newFirst.keep(a, 'x', 'x')]).toEqual([undefined, { kind: 'twice' }]);
});

test('a new key takes the alias that a key of the state gives up, if that comes first', () => {
  const ordered = new Aliases();
  ordered.found(a, 'x');
  expect([ordered.keep(a, 'x', 'y'), ordered.want('x'), ordered.isFreedBy(a, 'x')]).toEqual([undefined, undefined, true]);
  const unordered = new Aliases();
  expect([unordered.want('x'), unordered.keep(a, 'x', 'y')]).toEqual([undefined, { kind: 'unordered', keyId: a }]);
});

test('two keys of the state change their aliases with each other, but never to one', () => {
  const swapped = new Aliases();
  expect([swapped.keep(a, 'x', 'y'), swapped.keep(b, 'y', 'x')]).toEqual([undefined, undefined]);
  const same = new Aliases();
  expect([same.keep(a, 'x', 'z'), same.keep(b, 'y', 'z')]).toEqual([undefined, { kind: 'twice' }]);
});

test('an alias that only apply knows is nobody’s yet', () => {
  const aliases = new Aliases();
  expect([aliases.keep(a, 'x', undefined), aliases.want('x'), aliases.has(a), aliases.has(b)]).toEqual([undefined, undefined, true, false]);
});
