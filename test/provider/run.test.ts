/** Who comes first when two objects of one run mean the same key: Terraform starts both at once. */
import { Run } from '../../lib/provider/run';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function deferred(): {
  readonly promise: Promise<string>;
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
} {
  let [resolve, reject]: [(text: string) => void, (error: Error) => void] = [
    () => undefined,
    () => undefined,
  ];
  const promise = new Promise<string>((one, other) => {
    [resolve, reject] = [one, other];
  });
  return { promise, resolve, reject };
}

test('a key that was taken is not removed any more', async () => {
  const { material } = new Run();
  expect(await material.take(keyId)).toBe('free');
  expect(await material.take(keyId)).toBe('again');
  const remove = jest.fn(async () => 'removed');
  expect(await material.unlessTaken(keyId, remove)).toBeUndefined();
  expect(remove).not.toHaveBeenCalled();
  expect(await material.unlessTaken('another key', remove)).toBe('removed');
});

test.each(['done', 'failed'])(
  'who takes a key whose removal is under way waits until that is %s, and is told',
  async (end) => {
    const { material } = new Run();
    const { promise, resolve, reject } = deferred();
    const removal = material.unlessTaken(keyId, () => promise).catch(() => 'failed');
    const taken: string[] = [];
    const taking = material.take(keyId).then((first) => taken.push(first));
    await new Promise((next) => setImmediate(next));
    expect(taken).toEqual([]);
    if (end === 'done') {
      resolve('done');
    } else {
      reject(new Error('refused'));
    }
    await taking;
    expect([await removal, taken]).toEqual([end, ['removed']]);
  },
);

describe('two plans for one key', () => {
  test('the second knows of the first, in either order', () => {
    const { material: keptFirst } = new Run();
    expect([keptFirst.keep(keyId), keptFirst.giveUp(keyId)]).toEqual([false, true]);
    const { material: endedFirst } = new Run();
    expect([endedFirst.giveUp(keyId), endedFirst.keep(keyId)]).toEqual([false, true]);
    expect([endedFirst.keep('another key'), endedFirst.giveUp('a third one')]).toEqual([
      false,
      false,
    ]);
  });

  test('an object that was read has the key before its plan comes', () => {
    const { material } = new Run();
    expect([material.found(keyId), material.found(keyId)]).toEqual([false, false]);
    expect(material.giveUp(keyId)).toBe(true);
    expect([material.keep(keyId), material.staying]).toEqual([false, [keyId]]);
  });

  test('what is read after the key was given up is told so', () => {
    const { material } = new Run();
    material.found(keyId);
    expect(material.giveUp(keyId)).toBe(false);
    expect(material.found(keyId)).toBe(true);
  });

  test('the last of several that go takes it along', () => {
    const { material } = new Run();
    for (let objects = 3; objects > 0; objects -= 1) {
      material.found(keyId);
    }
    expect([material.leave(keyId), material.giveUp(keyId), material.giveUp(keyId)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test('a plan that would remove something waits for those that are under way', async () => {
  const run = new Run();
  const { promise, resolve } = deferred();
  const order: string[] = [];
  const other = run.during(async () => order.push(await promise));
  const sleep = async () => {
    await new Promise((next) => setImmediate(next));
    resolve('other');
  };
  await run.during(async () => {
    await run.settled(sleep, new AbortController().signal);
    order.push('removal');
  });
  await other;
  expect(order).toEqual(['other', 'removal']);
});

test('it does not wait for ever', async () => {
  const run = new Run();
  void run.during(() => new Promise(() => {}));
  const sleep = jest.fn(async () => {});
  await run.during(() => run.settled(sleep, new AbortController().signal));
  expect(sleep.mock.calls.length).toBeGreaterThan(1);
});
