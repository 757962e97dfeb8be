/**
 * What the provider processes of one Terraform run see of each other, and what stays of it:
 * nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Claims } from '../../lib/provider/claims';
import { joinRun } from '../../lib/provider/run-folder';
import { noSharedMarks } from '../../lib/provider/shared-marks';
import { root } from '../support/checkout';

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
const now = new Date();
const joined = (pid: number, parentPid = one, parents = [tempFolder]) =>
  joinRun({ parents, pid, parentPid, userId, now });

test('marks of one are seen by the others of the same run, and by nobody else', () => {
  const [first, second, foreign] = [joined(one), joined(other), joined(one, other)];
  first.marks.set('material-taken-x');
  expect([second, foreign].map(({ marks }) => marks.has('material-taken-x'))).toEqual([
    true,
    false,
  ]);
  const release = first.marks.hold('material-removing-x');
  expect(second.marks.isHeld('material-removing-x')).toBe(true);
  release();
  expect(second.marks.isHeld('material-removing-x')).toBe(false);
});

test('what one found counts after it is over, in the same run', () => {
  const first = joined(one);
  first.marks.set('x');
  first.marks.note('material-has', keyId);
  first.leave();
  const { marks } = joined(one);
  expect([
    marks.has('x'),
    marks.hasNow('x'),
    marks.timesNotedBefore('material-has', keyId),
  ]).toEqual([true, false, 1]);
});

test('the next run takes away what is over, and what is old of another machine', () => {
  const lost = 2 ** 22 + 1;
  joined(one, lost).marks.set('x');
  const [left = ''] = readdirSync(tempFolder);
  const uid = left.split('-')[2];
  const [young, old] = ['young', 'old'].map((host) =>
    join(tempFolder, `byok-run-${uid}-${host}-7-${one}-1`),
  ) as [string, string];
  for (const folder of [young, old]) {
    mkdirSync(folder);
  }
  const longAgo = (now.getTime() - 2 * 86_400_000) / 1000;
  utimesSync(old, longAgo, longAgo);
  joined(one);
  const names = readdirSync(tempFolder);
  expect(names).toHaveLength(2);
  expect(names).toContain(basename(young));
  expect(names).not.toContain(left);
});

test('the first folder that can be written to is taken; where there is none, nothing is shared', () => {
  const missing = join(tempFolder, 'missing');
  expect(joined(one, one, [missing, tempFolder]).marks.areShared).toBe(true);
  expect(readdirSync(tempFolder)).toHaveLength(1);
  expect(joined(one, one, [missing]).marks).toBe(noSharedMarks);
});

test('a process id that came round again is another process', () => {
  joined(one).leave();
  const [folder = ''] = readdirSync(tempFolder);
  writeFileSync(join(tempFolder, folder, `process-${other}-1`), '');
  const { marks } = joined(one);
  marks.set('x');
  expect(readdirSync(join(tempFolder, folder))).toContain('walk-2-x');
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
  rmSync(join(tempFolder, name), { recursive: true });
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

test('a block whose process is over when the other one begins still has what it had', () => {
  const first = joined(one);
  const before = new Claims('material', first.marks);
  before.found(keyId);
  before.keep(keyId);
  const second = '1d0466b0-e727-4d9c-b35d-f84bb474a37f';
  before.announce(second);
  first.leave();
  const after = new Claims('material', joined(one).marks);
  after.found(keyId);
  expect([after.giveUp(keyId), after.giveUp(second)]).toEqual([true, true]);
});

test('the end of an object that was planned alone is planned once more in apply, and is the same; of one that another has, too, it is not', () => {
  const [alone, shared] = [keyId, '1d0466b0-e727-4d9c-b35d-f84bb474a37f'];
  const plan = joined(one);
  const planned = new Claims('key', plan.marks);
  for (const found of [alone, shared, shared]) {
    planned.found(found);
  }
  plan.leave();
  const apply = new Claims('key', joined(one).marks);
  expect([apply.giveUp(alone), apply.giveUp(shared)]).toEqual([false, true]);
});

test('of processes that come at the same time, one begins the walk, and the others are of it', async () => {
  joined(one).leave();
  const script = `
    const { joinRun } = require(${JSON.stringify(join(root, 'lib', 'provider', 'run-folder.ts'))});
    process.on('message', () => {
      const { marks } = joinRun({ parents: [${JSON.stringify(tempFolder)}], pid: process.pid, parentPid: ${one}, userId: process.getuid?.(), now: new Date() });
      process.send(marks.areShared);
    });
    process.send('ready');`;
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const joins = children.map((child) => once(child, 'message'));
    for (const child of children) {
      child.send('join');
    }
    expect((await Promise.all(joins)).map(([shared]) => shared)).toEqual([true, true, true, true]);
    const walks = readdirSync(join(tempFolder, readdirSync(tempFolder)[0] ?? '')).filter((name) =>
      name.endsWith('-begun'),
    );
    expect(walks.sort()).toEqual(['walk-1-begun', 'walk-2-begun']);
  } finally {
    for (const child of children) {
      child.kill();
    }
  }
});
