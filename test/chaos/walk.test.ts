/**
 * The order in which the campaign's Terraform goes: what must be over first is, and what cannot be
 * done keeps only what needs it.
 */
import { Random } from '../../chaos/random';
import { type Manner, type Step, walk } from '../../chaos/walk';

/** @param seed of the order of what is free */
function setUp(
  seed: number,
  change: Partial<Manner> = {},
): { manner: Manner; begun: string[]; failures: unknown[]; step: typeof step } {
  const [begun, failures]: [string[], unknown[]] = [[], []];
  const manner = {
    random: new Random(seed),
    atOnce: false,
    halted: () => false,
    onFailure: (error: unknown) => failures.push(error),
    ...change,
  };
  const step = (name: string, after: readonly string[] = [], fails = false): Step => ({
    name,
    after,
    run: async () => {
      begun.push(name);
      await Promise.resolve();
      if (fails) {
        throw new Error(name);
      }
    },
  });
  return { manner, begun, failures, step };
}

test.each([false, true])(
  'what depends on nothing comes in any order, the rest after what it waits for (at once: %s)',
  async (atOnce) => {
    const orders = await Promise.all(
      Array.from({ length: 20 }, async (_, seed) => {
        const { manner, begun, step } = setUp(seed, { atOnce });
        expect(await walk([step('c', ['a', 'b', 'not there']), step('a'), step('b')], manner)).toBe(
          true,
        );
        return begun.join('');
      }),
    );
    expect(new Set(orders)).toEqual(new Set(['abc', 'bac']));
  },
);

test('a step that fails keeps what comes after it, and nothing else', async () => {
  const { manner, begun, failures, step } = setUp(1);
  expect(
    await walk([step('a', [], true), step('b', ['a']), step('c', ['b']), step('d')], manner),
  ).toBe(false);
  expect(begun.sort()).toEqual(['a', 'd']);
  expect(failures).toEqual([new Error('a')]);
});

test('after Ctrl-C nothing is begun any more', async () => {
  const { manner, begun, step } = setUp(1, { halted: () => begunSoFar.length > 0 });
  const begunSoFar = begun;
  expect(await walk([step('a'), step('b', ['a'])], manner)).toBe(false);
  expect(begun).toEqual(['a']);
});
