/** What the provider processes of one Terraform run see of each other, and what stays of it: nothing. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Claims } from '../../lib/provider/claims';
import { Run } from '../../lib/provider/run';
import { joinRun, noSharedMarks } from '../../lib/provider/run-folder';

let tempFolder: string;

beforeEach(() => {
  tempFolder = mkdtempSync(join(tmpdir(), 'byok-run-folder-'));
});

afterEach(() => {
  rmSync(tempFolder, { recursive: true });
});

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const userId = process.getuid?.();
// Two that are alive: this process and its parent.
const [one, other] = [process.pid, process.ppid];
const joined = (pid: number, parentPid = one) => joinRun({ tempFolder, pid, parentPid, userId, appliesAtOnce: () => true });

test('marks of one are seen by the others of the same run, and by nobody else', () => {
  const [first, second, foreign] = [joined(one), joined(other), joined(one, other)];
  first.marks.set('material-taken-x');
  expect([second, foreign].map(({ marks }) => marks.has('material-taken-x'))).toEqual([true, false]);
  const release = first.marks.hold('material-removing-x');
  expect(second.marks.isHeld('material-removing-x')).toBe(true);
  release();
  expect(second.marks.isHeld('material-removing-x')).toBe(false);
});

test('the last one that leaves takes the folder away', () => {
  const [first, second] = [joined(one), joined(other)];
  first.marks.set('x');
  first.leave();
  expect(second.marks.has('x')).toBe(true);
  second.leave();
  expect(readdirSync(tempFolder)).toEqual([]);
});

test('what a plan keeps for its apply stays until then, what an apply plans once more does not', () => {
  const plan = joined(one);
  new Run(plan.marks).keys.giveUp(keyId);
  plan.leave();
  expect(readdirSync(tempFolder)).toHaveLength(1);
  joined(one).leave();
  expect(readdirSync(tempFolder)).toEqual([]);
  const apply = joined(one);
  const run = new Run(apply.marks);
  run.keys.giveUp(keyId);
  run.declareFinal();
  apply.leave();
  expect(readdirSync(tempFolder)).toEqual([]);
});

test('what a run that was killed left behind does not count for one that begins alone', () => {
  joined(one).marks.set('x');
  expect(joined(one).marks.has('x')).toBe(false);
});

test('a removal by a process that died is over', () => {
  const { marks } = joined(2 ** 22 + 1);
  marks.hold('x');
  expect(joined(one).marks.isHeld('x')).toBe(false);
});

test('a folder that others may write to, or a link in its place, is not used', () => {
  const probe = joined(one);
  const [name = ''] = readdirSync(tempFolder);
  probe.leave();
  mkdirSync(join(tempFolder, name));
  chmodSync(join(tempFolder, name), 0o777);
  expect(joined(one).marks).toBe(noSharedMarks);
  rmSync(join(tempFolder, name), { recursive: true });
  mkdirSync(join(tempFolder, 'elsewhere'), { mode: 0o700 });
  symlinkSync(join(tempFolder, 'elsewhere'), join(tempFolder, name));
  expect(joined(one).marks).toBe(noSharedMarks);
  expect(readdirSync(join(tempFolder, 'elsewhere'))).toEqual([]);
});

describe('claims of two processes', () => {
  let here: Claims;
  let there: Claims;

  beforeEach(() => {
    const pause = () => new Promise((next) => setImmediate(next));
    here = new Claims('material', joined(one).marks, pause);
    there = new Claims('material', joined(other).marks, pause);
  });

  test('what is taken here is not removed there', async () => {
    expect(await here.take(keyId)).toBe('free');
    expect(await there.unlessTaken(keyId, async () => 'removed')).toBeUndefined();
  });

  test('what this run made itself is nobody else’s', async () => {
    await here.take(keyId, false);
    expect(await there.unlessTaken(keyId, async () => 'removed')).toBe('removed');
  });

  test('who takes here what is being removed there waits, and is told', async () => {
    const events: string[] = [];
    let end = () => {};
    const removal = there.unlessTaken(keyId, async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      events.push('removed');
    });
    const taking = here.take(keyId).then((how) => events.push(how));
    await new Promise((next) => setImmediate(next));
    end();
    await Promise.all([removal, taking]);
    expect(events).toEqual(['removed', 'removed']);
  });

  test('plans know of each other, in either order', () => {
    here.announce(keyId);
    expect(there.giveUp(keyId)).toBe(true);
    const second = '1d0466b0-e727-4d9c-b35d-f84bb474a37f';
    expect([there.giveUp(second), here.announce(second)]).toEqual([false, true]);
  });
});
