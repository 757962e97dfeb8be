/** Who comes first when two objects of one run mean the same key: Terraform starts both at once. */
import { Run } from '../../lib/provider/run';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function deferred(): {
  readonly promise: Promise<string>;
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
} {
  let [resolve, reject]: [(text: string) => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<string>((one, other) => {
    [resolve, reject] = [one, other];
  });
  return { promise, resolve, reject };
}

test('a key that was taken is not removed any more', async () => {
  const { material } = new Run();
  expect(await material.take(keyId)).toBe(true);
  const remove = jest.fn(async () => 'removed');
  expect(await material.unlessTaken(keyId, remove)).toBeUndefined();
  expect(remove).not.toHaveBeenCalled();
  expect(await material.unlessTaken('another key', remove)).toBe('removed');
});

test.each(['done', 'failed'])('who takes a key whose removal is under way waits until that is %s, and is told', async (end) => {
  const { material } = new Run();
  const { promise, resolve, reject } = deferred();
  const removal = material.unlessTaken(keyId, () => promise).catch(() => 'failed');
  const taken: boolean[] = [];
  const taking = material.take(keyId).then((first) => taken.push(first));
  await new Promise((next) => setImmediate(next));
  expect(taken).toEqual([]);
  if (end === 'done') {
    resolve('done');
  } else {
    reject(new Error('refused'));
  }
  await taking;
  expect([await removal, taken]).toEqual([end, [false]]);
});

test('the second of two plans for one key knows of the first, in either order', () => {
  const keptFirst = new Run();
  expect([keptFirst.planKept(keyId), keptFirst.planDeleted(keyId)]).toEqual([false, true]);
  const deletedFirst = new Run();
  expect([deletedFirst.planDeleted(keyId), deletedFirst.planKept(keyId)]).toEqual([false, true]);
  expect([deletedFirst.planKept('another key'), deletedFirst.planDeleted('a third one')]).toEqual([false, false]);
});
