/** `byok review`: what it reads, prints and writes, and its exit codes. It asks nobody. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
const fingerprint = `sha256:${'ab'.repeat(32)}`;

interface Resource {
  readonly type?: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly before?: object | null;
  readonly after?: object | null;
  readonly unknown?: object;
}

const resource = ({ type = 'byok_external_key', name, actions, ...change }: Resource) => ({
  address: `${type}.${name}`,
  mode: 'managed',
  type,
  name,
  change: {
    actions,
    before: change.before ?? null,
    after: change.after ?? null,
    after_unknown: change.unknown ?? {},
  },
});

/** A key and its material that go, or stay. */
const key = (n: number, actions: readonly string[] = ['delete'], alias = `key-${n}`) => {
  const attributes = { alias, key_id: id(n), on_destroy: 'schedule_deletion', pending_days: 7 };
  const material = { key_id: id(n), on_destroy: 'delete_material', fingerprint };
  const [after, kept] = actions[0] === 'delete' ? [null, null] : [attributes, material];
  return [
    resource({ name: `k${n}`, actions, before: attributes, after }),
    resource({ type: 'byok_key_material', name: `k${n}`, actions, before: material, after: kept }),
  ];
};

const planOf = (changes: readonly object[], more: object = {}) =>
  JSON.stringify({ format_version: '1.2', resource_changes: changes, ...more });

let count = 0;

function file(content: string): string {
  const path = join(folder, `file-${count++}`);
  writeFileSync(path, content);
  return path;
}

/** All that is planned, in which a change may be missing. */
const plannedValues = { root_module: { resources: [resource({ name: 'k1', actions: [] })] } };

const noReview = JSON.stringify({ schema: 'byok-review/1', stacks: [], keys: [], policy: [] });

const emptyReview = JSON.stringify({
  ...JSON.parse(noReview),
  stacks: [{ name: 'x', status: 'planned', unchanged: 0, hooks: 0, modules: 0, judged: null }],
});

function synthesized(material: unknown): string {
  const path = join(folder, `stack-${count++}.json`);
  const declared = {
    '//': { metadata: {} },
    resource: { byok_key_material: { m: material } },
  };
  writeFileSync(path, JSON.stringify(declared));
  return path;
}

const review = (...args: string[]) => byok.runHere(['review', ...args]);
const gone = () => file(planOf(key(1)));

test.each([
  [planOf(key(1, ['no-op']))],
  [planOf([])],
  [planOf([resource({ type: 'other_thing', name: 'x', actions: ['delete'] })])],
])('a plan that changes no key is silent, and always with --when always', async (content) => {
  const plan = file(content);
  expect(await review('--plan', plan, '--format', 'markdown', '--fail-on', 'destroy')).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect((await review('--plan', plan, '--when', 'always')).stdout).toBe('Keys: no key changes\n');
});

test('what cannot be undone comes first, with its way back, and twice the same', async () => {
  const plan = file(planOf([...key(2, ['no-op']), ...key(1)]));
  const args = ['--plan', plan, '--format', 'markdown'];
  const { status, stdout, stderr } = await review(...args);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^<!-- byok-review \{.*\} -->\n\n## Keys: 1 stops working, 1 unchanged\n/);
  expect(stdout).toContain('> [!CAUTION]\n> **`key-1` stops encrypting and decrypting at apply.**');
  expect(stdout).toContain('Way back, within 7 days: cancel the deletion and enable the key');
  expect(stdout).toContain(`import material \`${fingerprint}\` again`);
  expect(stdout.indexOf('key-1')).toBeLessThan(stdout.indexOf('<details>'));
  expect((await review(...args)).stdout).toBe(stdout);
});

test.each([
  ['destroy', 5],
  ['refused,drift', 0],
  ['outage,destroy', 5],
  ['', 0],
])('--fail-on "%s" ends with %i', async (list, status) => {
  expect((await review('--plan', gone(), '--fail-on', list)).status).toBe(status);
});

test('the JSON of several reviews merges to the review of all', async () => {
  const plans = [file(planOf(key(1))), file(planOf(key(2)))];
  const parts = plans.map((_, at) => join(folder, `part-${at}.json`));
  for (const [at, plan] of plans.entries()) {
    await review('--plan', `stack-${at}=${plan}`, '--json', String(parts[at]));
  }
  const whole = await review(
    ...plans.flatMap((plan, at) => ['--plan', `stack-${at}=${plan}`]),
    '--json',
    '-',
  );
  const merged = await review(...parts.flatMap((part) => ['--merge', part]), '--json', '-');
  expect(merged).toEqual(whole);
  expect(JSON.parse(whole.stdout)).toMatchObject({
    schema: 'byok-review/1',
    stacks: [{ name: 'stack-0' }, { name: 'stack-1' }],
    keys: [{ name: 'key-1' }, { name: 'key-2' }],
  });
});

test('a plan that does more to a key than was reviewed ends with 6, less does not', async () => {
  const [reviewed, less] = ['reviewed.json', 'less.json'].map((name) => join(folder, name));
  const both = file(planOf([...key(1), ...key(2)]));
  await review('--plan', both, '--json', String(reviewed));
  await review('--plan', gone(), '--json', String(less));
  const against = (plan: string, known = '') => review('--plan', plan, '--reviewed', known);
  expect((await against(both, reviewed)).status).toBe(0);
  expect((await against(gone(), reviewed)).status).toBe(0);
  const { status, stderr } = await against(both, less);
  expect(status).toBe(6);
  expect(stderr).toMatch(/^byok: this plan does more to keys than was reviewed, so do not apply/);
  expect(stderr).toContain(id(2));
  expect(stderr).not.toContain(id(1));
});

/** The log of a plan that went through. */
const ended = `${JSON.stringify({ '@level': 'info', type: 'change_summary', changes: { operation: 'plan', remove: 1 } })}\n`;

const diagnostic = (given: object) =>
  `${JSON.stringify({ '@level': 'error', type: 'diagnostic', diagnostic: { severity: 'error', ...given } })}\n`;

test('a refused plan is reviewed from its log alone, and other failures are an error', async () => {
  const ours = diagnostic({
    summary: 'The material is protected',
    detail: `on_destroy of the material of key ${id(1)} is "refuse".\n\n(ERR_REFUSED)`,
  });
  const refused = await review('--log', file(ours), '--fail-on', 'refused');
  expect([refused.status, refused.stderr]).toEqual([5, '']);
  expect(refused.stdout).toContain('Keys: this plan is refused, so nothing is applied');
  expect(refused.stdout).toContain('The material is protected. on_destroy of the material of key');
  const secret = 'password hunter2 of another provider';
  const failed = await review(
    '--log',
    file(`${ours}${diagnostic({ summary: secret, detail: secret })}`),
  );
  expect(failed.status).toBe(1);
  expect(failed.stderr).toMatch(
    /^byok: the plan of "default" failed for reasons that are not about/,
  );
  expect(`${failed.stdout}${failed.stderr}`).not.toContain('hunter2');
});

test('in which order the host tells of refusals does not show, and the state gives the key its name', async () => {
  const [one, other] = ['is "refuse"', 'keeps it'].map((text) =>
    diagnostic({
      summary: 'Protected',
      detail: `on_destroy of key ${id(1)} ${text}.\n\n(ERR_REFUSED)`,
    }),
  );
  const before = {
    prior_state: {
      values: {
        root_module: {
          child_modules: [
            {
              resources: [
                {
                  address: 'module.keys.byok_external_key.k',
                  type: 'byok_external_key',
                  values: { key_id: id(1), alias: 'orders' },
                },
              ],
            },
          ],
        },
      },
    },
  };
  const plan = file(planOf([], before));
  const [first, second] = [
    await review('--plan', plan, '--log', file(`${one}${other}`)),
    await review('--plan', plan, '--log', file(`${other}${one}`)),
  ];
  expect([first.status, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toContain('orders');
  expect(first.stdout).toContain('module.keys.byok_external_key.k');
  expect(second.stdout).toBe(first.stdout);
});

test('of 5,000 keys that go, each is named as long as there is room, and then the exit says so', async () => {
  const all = Array.from({ length: 5000 }, (_, n) => n);
  const keys = all.flatMap((n) => key(n, ['delete'], `application-key-${n}`));
  const plan = file(planOf(keys));
  const named = await review('--plan', plan, '--format', 'markdown', '--limit', 'gitlab');
  expect([named.status, named.stderr]).toEqual([0, '']);
  expect(Buffer.byteLength(named.stdout)).toBeLessThanOrEqual(990_000);
  expect(new Set(named.stdout.match(/key-\d+/g)).size).toBe(5000);
  const short = await review('--plan', plan, '--format', 'markdown');
  expect(short.status).toBe(5);
  expect(Buffer.byteLength(short.stdout)).toBeLessThanOrEqual(65_000);
  expect(short.stdout).toContain('**5000 keys stop working or are refused, and there is no room');
});

test.each<[string, () => string[], RegExp]>([
  ['nothing to review', () => [], /there is nothing to review; give --plan FILE/],
  ['a missing file', () => ['--plan', 'none.json'], /--plan "none.json" does not exist/],
  ['an empty file', () => ['--plan', file('')], /is empty; give what/],
  [
    'cut JSON',
    () => ['--plan', file(planOf(key(1)).slice(0, -9))],
    /is cut off in the middle|is no/,
  ],
  [
    'another format',
    () => ['--plan', file(planOf(key(1), { format_version: '2.0' }))],
    /is no plan in JSON of format 1/,
  ],
  [
    'a state',
    () => ['--plan', file(JSON.stringify({ version: 4, resources: [] }))],
    /it is a state: give it by --state/,
  ],
  [
    'a plan that ended in an error, without its log',
    () => ['--plan', file(planOf(key(1), { errored: true }))],
    /ended in an error, and does not say in which; .*--log/,
  ],
  ...[
    ['changes that are no list', { resource_changes: {} }],
    ['changes that are none', { resource_changes: null }],
    ['a change without content', { resource_changes: [{ ...key(1)[0], change: null }] }],
    ['a change without an address', { resource_changes: [{ ...key(1)[0], address: undefined }] }],
    [
      'an action of another kind',
      { resource_changes: [resource({ name: 'x', actions: ['obliterate'], before: {} })] },
    ],
    [
      'a removal that does not show what is removed',
      { resource_changes: [resource({ name: 'x', actions: ['delete'] })] },
    ],
    [
      'a change that does not show what becomes of it',
      { resource_changes: [resource({ name: 'x', actions: ['update'], before: {} })] },
    ],
    ['planned keys without their changes', { planned_values: plannedValues }],
    [
      'planned keys of a module without their changes',
      { planned_values: { root_module: { child_modules: [plannedValues.root_module] } } },
    ],
    ['keys put off that are no list', { deferred_changes: {} }],
    ['a key that is put off', { deferred_changes: [{ resource_change: key(1)[0] }] }],
  ].map(([name, more]): [string, () => string[], RegExp] => [
    String(name),
    () => ['--plan', file(planOf([], more as object)), '--fail-on', 'destroy'],
    /the plan (?:is not as Terraform writes it|defers changes of keys)/,
  ]),
  [
    'a declared resource that is no object',
    () => ['--synth', `x=${synthesized([{ key_id: id(1) }])}`],
    /is not as cdktf writes it: the resource "byok_key_material.m" is no object/,
  ],
  [
    'a declaration in place of the plan to be compared',
    () => ['--synth', `x=${synthesized({})}`, '--reviewed', file(emptyReview)],
    /--reviewed compares plans, and of "x" there is none; give --plan NAME=FILE/,
  ],
  [
    'a failure of a policy that was not given',
    () => ['--plan', gone(), '--fail-on', 'destroy,policy'],
    /--fail-on holds "policy", and no policy judged "default"; give --policy FILE/,
  ],
  [
    'a review to merge that no policy judged',
    () => ['--merge', file(emptyReview), '--fail-on', 'policy'],
    /no policy judged "x"/,
  ],
  [
    'a log without an error, and no plan',
    () => ['--log', file(ended)],
    /tells of no error, so there is a plan: give it by --plan/,
  ],
  [
    'a plan that ended in an error, with the log of another',
    () => ['--plan', file(planOf(key(1), { errored: true })), '--log', file(ended)],
    /ended in an error, and does not say in which/,
  ],
  ['a plan as log', () => ['--log', gone()], /is no log of a plan/],
  [
    'a log that is cut off',
    () => ['--log', file('{"@level":"info","type":"version"}\n')],
    /ends before the plan does/,
  ],
  [
    'two plans of one stack',
    () => ['--plan', gone(), '--plan', gone()],
    /"default" is given twice/,
  ],
  ['a plan to merge', () => ['--merge', gone()], /has no schema "byok-review\/1"/],
  [
    'a review with another member',
    () => ['--merge', file('{"schema":"byok-review/1","stacks":[{"name":"x"}],"keys":[]}')],
    /is no complete review: stacks is not/,
  ],
  [
    'a review of no stack',
    () => ['--merge', file(noReview)],
    /is no complete review: stacks is not/,
  ],
  [
    'an unknown failure',
    () => ['--plan', gone(), '--fail-on', 'drop'],
    /holds "drop"; allowed are/,
  ],
  ['a limit of nothing', () => ['--plan', gone(), '--limit', '10'], /--limit is "10"; allowed are/],
  [
    'a folder for the JSON',
    () => ['--plan', gone(), '--json', folder],
    /--json ".*" (?:is a folder|cannot be written)/,
  ],
])('%s is one sentence, and nothing is written', async (_name, args, message) => {
  const before = readdirSync(folder).length;
  const given = args();
  const { status, stderr } = await review(...given);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(readdirSync(folder).length - before).toBeLessThanOrEqual(2);
});

test('the JSON is written as a whole, and replaces what was there', async () => {
  mkdirSync(join(folder, 'out'));
  const path = join(folder, 'out', 'review.json');
  writeFileSync(path, 'old');
  await review('--plan', gone(), '--json', path);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ schema: 'byok-review/1' });
  expect(readdirSync(join(folder, 'out'))).toEqual(['review.json']);
});

test('the reports of GitLab count and name what is done, the same in each pipeline', async () => {
  const [counts, quality] = ['tf.json', 'quality.json'].map((name) => join(folder, name));
  const args = ['--gitlab-terraform', String(counts), '--code-quality', String(quality)];
  const plan = file(
    planOf([
      ...key(1),
      ...key(2, ['no-op']),
      resource({ name: 'k3', actions: ['create'], after: { alias: 'key-3' } }),
    ]),
  );
  await review('--plan', plan, ...args, '--location', 'lib/keys.ts');
  const read = (path = '') => readFileSync(path, 'utf8');
  expect(JSON.parse(read(counts))).toEqual({ create: 1, update: 0, delete: 1 });
  const findings = JSON.parse(read(quality)) as Record<string, unknown>[];
  expect(findings).toEqual([
    {
      description: 'key-1: material deleted',
      check_name: 'byok/destroy',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: 'critical',
      location: { path: 'lib/keys.ts', lines: { begin: 1 } },
    },
    expect.objectContaining({ description: 'key-1: key scheduled for deletion' }),
  ]);
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
  const before = read(quality);
  await review('--plan', plan, ...args, '--location', 'lib/keys.ts');
  expect(read(quality)).toBe(before);
});

test('what a removal does is told although its policy is sensitive, and nothing else that is', async () => {
  const [, material] = key(1);
  const sensitive = { on_destroy: true, fingerprint: true };
  const marked = { ...material?.change, before_sensitive: sensitive };
  const { stdout } = await review('--plan', file(planOf([{ ...material, change: marked }])));
  expect(stdout).toContain('material deleted');
  expect(stdout).not.toContain(fingerprint);
});

test('names of any length are cut, and cost no time', async () => {
  const long = 'a'.repeat(200_000);
  const plan = file(planOf(key(1, ['delete'], long)));
  for (const format of ['text', 'diff', 'markdown']) {
    const { stdout } = await review('--plan', plan, '--format', format);
    expect(stdout.length).toBeLessThan(20_000);
  }
});

test('another value than was reviewed is more', async () => {
  const weaker = (policy: string) => {
    const before = { key_id: id(1), on_destroy: 'refuse' };
    const after = { ...before, on_destroy: policy };
    const type = 'byok_key_material';
    return file(planOf([resource({ type, name: 'm', actions: ['update'], before, after })]));
  };
  const known = join(folder, 'weaker.json');
  await review('--plan', weaker('retain'), '--json', known);
  expect((await review('--plan', weaker('retain'), '--reviewed', known)).status).toBe(0);
  expect((await review('--plan', weaker('delete_material'), '--reviewed', known)).status).toBe(6);
});
