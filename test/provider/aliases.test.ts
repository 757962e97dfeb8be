/** Aliases of the keys of one plan, in whichever order Terraform plans them. */
import { Aliases } from '../../lib/provider/aliases';

const [a, b] = ['0d0466b0-e727-4d9c-b35d-f84bb474a37f', '1d0466b0-e727-4d9c-b35d-f84bb474a37f'];

test('two new keys of one alias', () => {
  const aliases = new Aliases();
  expect([aliases.want('x'), aliases.want('y'), aliases.want('x')]).toEqual([
    undefined,
    undefined,
    { kind: 'twice', alias: 'x' },
  ]);
});

test('a new key, and one of the state that ends with the alias', () => {
  const newFirst = new Aliases();
  expect([newFirst.want('x'), newFirst.end(a, 'x')]).toEqual([
    undefined,
    { kind: 'ended', alias: 'x', keyId: a },
  ]);
  const endFirst = new Aliases();
  expect([endFirst.end(a, 'x'), endFirst.want('x')]).toEqual([
    undefined,
    { kind: 'ended', alias: 'x', keyId: a },
  ]);
});

test('a new key, and one of the state that keeps the alias, planned or only read', () => {
  const planned = new Aliases();
  expect([planned.keep(a, 'x', 'x'), planned.want('x')]).toEqual([
    undefined,
    { kind: 'kept', alias: 'x', keyId: a },
  ]);
  const read = new Aliases();
  read.found(a, 'x');
  expect(read.want('x')).toEqual({ kind: 'kept', alias: 'x', keyId: a });
  const newFirst = new Aliases();
  expect([newFirst.want('x'), newFirst.keep(a, 'x', 'x')]).toEqual([
    undefined,
    { kind: 'twice', alias: 'x' },
  ]);
});

test('a new key takes the alias that a key of the state gives up, if that comes first', () => {
  const ordered = new Aliases();
  ordered.found(a, 'x');
  expect([ordered.keep(a, 'x', 'y'), ordered.want('x'), ordered.isFreedBy(a, 'x')]).toEqual([
    undefined,
    undefined,
    true,
  ]);
  const unordered = new Aliases();
  expect([unordered.want('x'), unordered.keep(a, 'x', 'y')]).toEqual([
    undefined,
    { kind: 'unordered', alias: 'x', keyId: a },
  ]);
});

describe('two keys of the state', () => {
  test('never get one alias', () => {
    const aliases = new Aliases();
    expect([aliases.keep(a, 'x', 'z'), aliases.keep(b, 'y', 'z')]).toEqual([
      undefined,
      { kind: 'twice', alias: 'z' },
    ]);
  });

  test('hand one on if the one that gives it up comes first', () => {
    const ordered = new Aliases();
    expect([ordered.keep(a, 'x', 'old'), ordered.keep(b, 'y', 'x')]).toEqual([
      undefined,
      undefined,
    ]);
    const unordered = new Aliases();
    unordered.found(a, 'x');
    expect(unordered.keep(b, 'y', 'x')).toEqual({ kind: 'unordered', alias: 'x', keyId: a });
  });

  test('cannot swap theirs, whichever comes first', () => {
    const aliases = new Aliases();
    expect(aliases.keep(a, 'x', 'y')).toBeUndefined();
    expect(aliases.keep(b, 'y', 'x')).toMatchObject({ kind: 'unordered', alias: 'y' });
  });

  test('that are one key under two addresses have one alias', () => {
    const aliases = new Aliases();
    expect([aliases.keep(a, 'x', 'x'), aliases.keep(a, 'x', 'x')]).toEqual([undefined, undefined]);
    expect(aliases.keep(a, 'x', 'y')).toEqual({ kind: 'shared', alias: 'y', keyId: a });
  });
});

test('a key that is replaced by force while its alias changes is one, not two', () => {
  const replaced = new Aliases();
  expect([replaced.keep(a, 'x', 'y', 'declared'), replaced.want('y', 'declared')]).toEqual([
    undefined,
    undefined,
  ]);
  const second = new Aliases();
  expect([second.keep(a, 'x', 'y', 'declared'), second.want('y', 'otherwise')]).toEqual([
    undefined,
    { kind: 'kept', alias: 'y', keyId: a },
  ]);
});

test('a new key of an alias that only apply knows, and one of the state that ends', () => {
  const newFirst = new Aliases();
  expect([newFirst.want(undefined), newFirst.end(a, 'x')]).toEqual([
    undefined,
    { kind: 'unknown', alias: 'x', keyId: a },
  ]);
  const endFirst = new Aliases();
  expect([endFirst.end(a, 'x'), endFirst.want(undefined)]).toEqual([
    undefined,
    { kind: 'unknown', alias: 'x', keyId: a },
  ]);
});

test('an alias that only apply knows is nobody’s yet', () => {
  const aliases = new Aliases();
  expect([
    aliases.keep(a, 'x', undefined),
    aliases.want('x'),
    aliases.has(a),
    aliases.has(b),
  ]).toEqual([undefined, undefined, true, false]);
});
