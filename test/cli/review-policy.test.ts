/** `byok review --policy`: what it judges, where it is told, and which exit code it leads to. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../support/scratch-folder';
import { type ByokProcess, bundleByok } from './byok-process';

const folder = scratchFolder();
let byok: ByokProcess;

beforeAll(() => {
  byok = bundleByok();
});
afterAll(() => byok.remove());

const id = (n: number) => `0d0466b0-e727-4d9c-b35d-${n.toString(16).padStart(12, '0')}`;

interface Material {
  /** @default nothing happens to it */
  readonly update?: boolean;
  readonly module?: string;
  readonly onDestroy?: string;
  readonly pinned?: boolean;
  readonly alias?: string;
}

/** A key and its material, and how the material is written. */
function key(n: number, { update, module, onDestroy, pinned, alias = `key-${n}` }: Material = {}) {
  const [prefix, actions] = [module === undefined ? '' : `module.${module}.`, ['no-op']];
  const of = (type: string, before: object, after = before, done = actions) => ({
    address: `${prefix}${type}.k${n}`,
    mode: 'managed',
    type,
    name: `k${n}`,
    change: { actions: done, before, after, after_unknown: {} },
  });
  const material = { key_id: id(n), on_destroy: onDestroy, warn_before: '14d' };
  return {
    changes: [
      of('byok_external_key', { alias, key_id: id(n) }),
      update === true
        ? of('byok_key_material', material, { ...material, warn_before: '30d' }, ['update'])
        : of('byok_key_material', material),
    ],
    resource: {
      address: `byok_key_material.k${n}`,
      type: 'byok_key_material',
      expressions: pinned === true ? { fingerprint: { constant_value: 'sha256:00' } } : {},
    },
  };
}

const hook = {
  address: 'null_resource.hook',
  mode: 'managed',
  type: 'null_resource',
  name: 'hook',
  change: { actions: ['no-op'], before: {}, after: { triggers: { drift_token: 'x' } } },
};

type Key = ReturnType<typeof key>;

const planOf = (
  keys: readonly Key[],
  { inModule = [] as readonly Key[], more = [] as object[] } = {},
) =>
  JSON.stringify({
    format_version: '1.2',
    resource_changes: [...keys, ...inModule]
      .flatMap(({ changes }): object[] => changes)
      .concat(more),
    configuration: {
      root_module: {
        resources: keys.map(({ resource }) => resource),
        module_calls: { app: { module: { resources: inModule.map(({ resource }) => resource) } } },
      },
    },
  });

let count = 0;

function file(content: string): string {
  const path = join(folder, `file-${count++}`);
  writeFileSync(path, content);
  return path;
}

const review = (...args: string[]) => byok.runHere(['review', ...args]);
const policy = (rules: object) => ['--policy', file(JSON.stringify(rules))];
const strict = {
  requirePin: true,
  requiredOnDestroy: ['retain'],
  severities: { requiredOnDestroy: 'warning' },
};

test('errors and warnings are in text, diff and comment, below what happens to the keys', async () => {
  const plan = file(
    planOf([key(1, { update: true, onDestroy: 'refuse' }), key(2, { pinned: true })], {
      inModule: [key(3, { module: 'app' })],
    }),
  );
  const args = ['--plan', plan, ...policy(strict)];
  const { status, stdout } = await review(...args);
  expect(status).toBe(0);
  expect(stdout).toContain('Keys: 1 changes, 2 unchanged; 2 policy errors\n');
  expect(stdout).toContain('\nPolicy: 2 errors, 1 warning\nERROR    key-1  requirePin ');
  expect(stdout).toMatch(/\nERROR {4}key-3 {2}requirePin {9}fingerprint is not given; required is/);
  expect(stdout).toMatch(
    /\nWARNING {2}key-1 {2}requiredOnDestroy {2}on_destroy is "refuse"; allowed/,
  );
  expect(stdout).not.toContain('key-2');
  expect((await review(...args, '--format', 'diff')).stdout).toMatch(
    /\n- ERROR .*\n- ERROR .*\n! WARNING /,
  );
  const comment = (await review(...args, '--format', 'markdown')).stdout;
  expect(comment).toContain(
    '**Policy:** 2 errors, 1 warning\n\n| rule | key | says |\n| --- | --- | --- |\n',
  );
  expect(comment).toContain(
    '| **error** `requirePin` | `key-3` | fingerprint is not given; required is',
  );
  expect(comment).toContain(
    '| warning `requiredOnDestroy` | `key-1` | on\\_destroy is "refuse"; allowed',
  );
  const places = ['| key | what happens', '**Policy:**', '<details>'].map((part) =>
    comment.indexOf(part),
  );
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect((await review(...args, '--format', 'markdown')).stdout).toBe(comment);
});

test.each([
  [
    'an error about a key that does not change',
    strict,
    {},
    /^Keys: no key changes; 1 policy error\nPolicy: 1 error\n/,
  ],
  ['a warning about one', { ...strict, severity: 'warning' }, {}, /^$/],
  ['nothing', strict, { pinned: true }, /^$/],
])('%s is shown, or is no news', async (_name, rules, material, shown) => {
  const args = ['--plan', file(planOf([key(1, material)])), ...policy(rules)];
  expect((await review(...args)).stdout).toMatch(shown);
  expect((await review(...args, '--when', 'always')).stdout).toMatch(/\nPolicy: /);
});

test('warnings about keys that do not change are counted only, and clean plans say so', async () => {
  const keys = [key(1, { update: true }), key(2), key(3)];
  const { stdout } = await review(
    ...['--plan', file(planOf(keys)), '--format', 'markdown'],
    ...policy({ ...strict, severity: 'warning' }),
  );
  expect(stdout).toContain('**Policy:** 3 warnings\n');
  expect(stdout.match(/\| warning /g)).toHaveLength(1);
  expect(stdout).toContain('2 warnings are about keys that do not change; the JSON');
  const clean = await review(
    ...['--plan', file(planOf([key(1, { update: true, pinned: true })], { more: [hook] }))],
    ...policy(strict),
  );
  expect(clean.stdout).toContain('Policy: no violation in 1 key; 1 key kept by hooks not judged\n');
});

test.each([
  [{}, 'policy', 5],
  [{}, 'destroy,outage,unpinned,refused,drift', 0],
  [{ severity: 'warning' }, 'policy', 0],
  [{ severity: 'warning', severities: { requirePin: 'error' } }, 'policy', 5],
])('a policy with %j and --fail-on "%s" ends with %i', async (more, list, status) => {
  const args = ['--plan', file(planOf([key(1)])), ...policy({ requirePin: true, ...more })];
  expect((await review(...args, '--fail-on', list)).status).toBe(status);
});

test('the JSON has all that was found, merges to the review of all, and counts for no --reviewed', async () => {
  const plans = [1, 2].map((n) => file(planOf([key(n, { update: true })])));
  const rules = policy(strict);
  const parts = plans.map((_, at) => join(folder, `part-${at}.json`));
  for (const [at, plan] of plans.entries()) {
    await review('--plan', `stack-${at}=${plan}`, '--json', String(parts[at]), ...rules);
  }
  const named = plans.flatMap((plan, at) => ['--plan', `stack-${at}=${plan}`]);
  const whole = await review(...named, ...rules, '--json', '-');
  const merge = parts.flatMap((part) => ['--merge', part]);
  expect(await review(...merge, '--json', '-')).toEqual(whole);
  expect((await review(...merge, '--json', '-', '--fail-on', 'policy')).status).toBe(5);
  expect(JSON.parse(whole.stdout)).toMatchObject({
    stacks: [{ judged: 1 }, { judged: 1 }],
    policy: [
      {
        stack: 'stack-0',
        key: 'key-1',
        address: 'byok_key_material.k1',
        rule: 'requirePin',
        level: 'error',
        message: expect.stringMatching(/^fingerprint is not given; /),
      },
      { stack: 'stack-1', key: 'key-2' },
    ],
  });
  const unjudged = join(folder, 'unjudged.json');
  await review(...named, '--json', unjudged);
  expect(JSON.parse(readFileSync(unjudged, 'utf8'))).toMatchObject({
    stacks: [{ judged: null }, {}],
    policy: [],
  });
  expect((await review(...named, ...rules, '--reviewed', unjudged)).status).toBe(0);
});

test('of thousands of findings, errors are the last to go', async () => {
  const keys = Array.from({ length: 300 }, (_, n) =>
    key(n, { update: true, onDestroy: n < 100 ? 'refuse' : 'retain' }),
  );
  const plan = file(planOf(keys));
  const severities = { requirePin: 'warning', requiredOnDestroy: 'error' };
  const args = ['--plan', plan, '--format', 'markdown', ...policy({ ...strict, severities })];
  const rows = async (limit: string) => {
    const { stdout } = await review(...args, '--limit', limit);
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(
      limit === 'gitlab' ? 990_000 : Number(limit),
    );
    expect(stdout).toContain('100 policy errors');
    return ['error', 'warning'].map(
      (level) => stdout.split(`\n| ${level === 'error' ? '**error**' : level} `).length - 1,
    );
  };
  expect(await rows('gitlab')).toEqual([100, 300]);
  for (const limit of ['40000', '20000', '12000']) {
    expect(await rows(limit)).toEqual([100, 0]);
  }
  expect(await rows('2000')).toEqual([0, 0]);
  const { stdout } = await review(...args, '--limit', '2000');
  expect(stdout).toContain('100 errors and 300 warnings are left out, for want of room;');
});

test('code quality and SARIF have each finding, by its rule', async () => {
  const path = join(folder, 'quality.json');
  const sarif = join(folder, 'review.sarif');
  const plan = file(planOf([key(1, { onDestroy: 'refuse' })]));
  await review('--plan', plan, ...policy(strict), '--code-quality', path, '--sarif', sarif);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject([
    {
      check_name: 'byok/policy/requirePin',
      severity: 'major',
      description: expect.stringMatching(/^key-1: fingerprint is/),
    },
    { check_name: 'byok/policy/requiredOnDestroy', severity: 'minor' },
  ]);
  expect(JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results).toMatchObject([
    { ruleId: 'byok/policy/requirePin', level: 'error' },
    { ruleId: 'byok/policy/requiredOnDestroy', level: 'warning' },
  ]);
});

test('names of keys come to life nowhere', async () => {
  const alias = 'a|b`<img src=x> @all\n| x';
  const plan = file(planOf([key(1, { update: true, alias })]));
  const { stdout } = await review('--plan', plan, ...policy(strict), '--format', 'markdown');
  const row = stdout.split('\n').find((line) => line.startsWith('| **error**'));
  expect(row).toContain('| ``a\\|b`<img src=x> @all\\n\\| x`` |');
});

test.each<[string, () => string[], RegExp]>([
  [
    'a file that is missing',
    () => ['--plan', 'p', '--policy', 'none.json'],
    /^byok: --policy "none.json" does not exist/,
  ],
  ['a folder', () => ['--plan', 'p', '--policy', folder], /--policy ".*" is a folder/],
  [
    'a misspelt rule',
    () => ['--plan', 'p', ...policy({ requirepins: true })],
    /policy ".*": KeyMaterialPolicy has no property "requirepins" \(did you mean "requirePin"\?\)/,
  ],
  [
    'a rule that is given twice',
    () => ['--plan', 'p', '--policy', file('{"severity":"error","severity":"warning"}')],
    /gives "severity" twice/,
  ],
  [
    'a policy and no plan',
    () => ['--merge', 'm', ...policy(strict)],
    /^byok: --policy judges plans, and there is none; give --plan FILE/,
  ],
  ...[
    ['a rule', { rule: 'require_pin' }],
    ['a level', { level: 'none' }],
    ['a stack', { stack: 'other' }],
    ['a member', { more: 1 }],
  ].map(([name, wrong]): [string, () => string[], RegExp] => [
    `${name} of a review to merge that no review has`,
    () => {
      const finding = {
        stack: 's',
        key: 'k',
        address: 'a',
        rule: 'requirePin',
        level: 'error',
        message: 'm',
      };
      const stacks = [
        { name: 's', status: 'planned', unchanged: 0, hooks: 0, modules: 0, judged: 1 },
      ];
      const content = {
        schema: 'byok-review/1',
        stacks,
        keys: [],
        policy: [{ ...finding, ...(wrong as object) }],
      };
      return ['--merge', file(JSON.stringify(content))];
    },
    /is no complete review: policy is not as/,
  ]),
])('%s is one sentence', async (_name, args, message) => {
  const { status, stdout, stderr } = await review(...args());
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
