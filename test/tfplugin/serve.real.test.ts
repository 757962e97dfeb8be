/** The real terraform drives the test-only provider `box` through a whole life. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleBoxProvider } from './fixtures/bundle';
import { finished, type Run, requireTerraform, Workspace } from './fixtures/terraform';

const folder = mkdtempSync(join(tmpdir(), 'provider-'));
const provider = join(folder, 'terraform-provider-box');
const workspaces: Workspace[] = [];

beforeAll(() => {
  requireTerraform();
  bundleBoxProvider(provider);
});

afterEach(() => {
  for (const workspace of workspaces.splice(0)) {
    const left = readdirSync(workspace.temp);
    workspace.remove();
    expect(left).toEqual([]);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

async function workspaceWith(resources: string): Promise<Workspace> {
  const workspace = new Workspace(provider);
  workspaces.push(workspace);
  workspace.write(resources);
  succeeded(await workspace.run(['init']));
  return workspace;
}

function succeeded(run: Run): string {
  expect(run).toMatchObject({ code: 0 });
  return run.output;
}

const item = (attributes: string) => `resource "box_item" "a" {\n${attributes}\n}`;

/**
 * Every kind of value; the numbers are those that arrive in different forms from configuration and
 * from state.
 */
const everything = `
  name      = "first"
  size      = 0.1
  ready     = true
  parts     = ["lid", "wall", "lid"]
  colours   = ["red", "blue"]
  weights   = { lid = 1, wall = 2.75, "odd key" = 5000000000 }
  secret_wo = "hush-hush"
  timeouts {
    create = "5m"
  }`;

const apply = ['apply', '-auto-approve'];
/** Exit code 0: nothing to do, 2: changes. */
const plan = ['plan', '-detailed-exitcode'];

test('a resource lives: created, unchanged, changed, replaced, drifted, destroyed', async () => {
  const workspace = await workspaceWith(item(everything));
  expect(succeeded(await workspace.run(apply))).toContain(
    'Resources: 1 added, 0 changed, 0 destroyed.',
  );
  expect(workspace.item()).toEqual({
    id: 'item-first',
    name: 'first',
    size: 0.1,
    ready: true,
    parts: ['lid', 'wall', 'lid'],
    colours: expect.arrayContaining(['blue', 'red']),
    weights: { lid: 1, wall: 2.75, 'odd key': 5000000000 },
    secret_wo: null,
    secret_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    mood: null,
    timeouts: { create: '5m' },
    writes: 1,
  });

  expect(succeeded(await workspace.run(plan))).toContain('No changes.');
  expect(succeeded(await workspace.run(apply))).toContain('0 added, 0 changed, 0 destroyed');

  workspace.write(item(everything.replace('size      = 0.1', 'size      = 9007199254740991')));
  expect(succeeded(await workspace.run(apply))).toContain('0 added, 1 changed, 0 destroyed');
  expect(workspace.item()).toMatchObject({ size: Number.MAX_SAFE_INTEGER, writes: 2 });
  expect(succeeded(await workspace.run(plan))).toContain('No changes.');

  workspace.write(item(everything.replace('"first"', '"second"')));
  const replacing = await workspace.run(plan);
  expect(replacing).toMatchObject({
    code: 2,
    output: expect.stringContaining('# forces replacement'),
  });
  expect(succeeded(await workspace.run(apply))).toContain('1 added, 0 changed, 1 destroyed');

  const stored = join(workspace.folder, 'box/item-second.json');
  writeFileSync(stored, JSON.stringify({ ...JSON.parse(readFileSync(stored, 'utf8')), size: 99 }));
  expect(await workspace.run(plan)).toMatchObject({
    code: 2,
    output: expect.stringMatching(/size +: *|~ size +=/),
  });
  rmSync(stored);
  expect(await workspace.run(plan)).toMatchObject({
    code: 2,
    output: expect.stringContaining('1 to add'),
  });
  succeeded(await workspace.run(apply));

  expect(succeeded(await workspace.run(['destroy', '-auto-approve']))).toContain('1 destroyed');
  expect(existsSync(stored)).toBe(false);
  expect(succeeded(await workspace.run(['destroy', '-auto-approve']))).toContain('0 destroyed');
});

test('a saved plan with values known only after apply is carried out', async () => {
  const workspace = await workspaceWith(`${item(everything)}
resource "box_item" "b" {
  name      = box_item.a.id
  size      = box_item.a.writes
  secret_wo = box_item.a.id
  weights   = { one = box_item.a.writes }
}`);
  succeeded(await workspace.run(['plan', '-out=saved']));
  expect(succeeded(await workspace.run(['apply', 'saved']))).toContain('2 added');
  expect(succeeded(await workspace.run(plan))).toContain('No changes.');
});

test('a write-only value given by an ephemeral variable is in no file and no log', async () => {
  const workspace = await workspaceWith(
    `variable "secret" {\n  type      = string\n  ephemeral = true\n}\n${item('name = "a"\nsecret_wo = var.secret')}`,
  );
  const secret = { TF_VAR_secret: 'hush-hush', TF_LOG: 'TRACE', TF_LOG_PATH: 'trace.log' };
  succeeded(await workspace.run(['plan', '-out=saved'], secret));
  succeeded(await workspace.run(['apply', 'saved'], secret));
  const shown = succeeded(await workspace.run(['show', '-json', 'saved']));
  const files = ['terraform.tfstate', 'saved', 'trace.log', 'box/item-a.json'];
  for (const text of [shown, ...files.map((name) => workspace.read(name))]) {
    expect(text).not.toContain('hush-hush');
  }
  expect(workspace.item()?.secret_digest).toMatch(/^[0-9a-f]{64}$/);
});

test('an existing item is imported without a change', async () => {
  const workspace = await workspaceWith(item('name = "old"\nsize = 4.5'));
  succeeded(await workspace.run(apply));
  rmSync(join(workspace.folder, 'terraform.tfstate'));
  succeeded(await workspace.run(['import', 'box_item.a', 'item-old']));
  expect(workspace.item()).toMatchObject({ id: 'item-old', name: 'old', size: 4.5, writes: 1 });
  expect(succeeded(await workspace.run(plan))).toContain('No changes.');
});

test('fails to import what is not there', async () => {
  const workspace = await workspaceWith(item('name = "old"'));
  const run = await workspace.run(['import', 'box_item.a', 'item-none']);
  expect(run.code).toBe(1);
  expect(run.output).toContain('Cannot import box_item "item-none"');
});

test('a data source shows a list of objects', async () => {
  const workspace = await workspaceWith(`${item(everything)}
data "box_items" "all" {
  min_size   = 0.1
  depends_on = [box_item.a]
}
output "seen" {
  value = [for one in data.box_items.all.items : "\${one.name} \${one.size} \${length(one.colours)}"]
}`);
  succeeded(await workspace.run(apply));
  expect(JSON.parse(succeeded(await workspace.run(['output', '-json', 'seen'])))).toEqual([
    'first 0.1 2',
  ]);
  expect(succeeded(await workspace.run(plan))).toContain('No changes.');
});

test('an ephemeral value feeds a write-only attribute, is stored nowhere and given back', async () => {
  const workspace = await workspaceWith(`ephemeral "box_lease" "key" {
  holder = "ann"
  until  = "2020-01-01T00:00:00Z"
}
${item('name = "a"\nsecret_wo = ephemeral.box_lease.key.token')}`);
  expect(succeeded(await workspace.run(['plan', '-out=saved']))).toContain(
    'ephemeral.box_lease.key: Renewal complete',
  );
  succeeded(await workspace.run(['apply', 'saved'], { TF_LOG: 'TRACE', TF_LOG_PATH: 'trace.log' }));
  const token = createHash('sha256').update('ann').digest('hex');
  expect(workspace.item()?.secret_digest).toBe(createHash('sha256').update(token).digest('hex'));
  for (const name of ['terraform.tfstate', 'saved', 'trace.log']) {
    expect(workspace.read(name)).not.toContain(token);
  }
  expect(readdirSync(join(workspace.folder, 'box')).sort()).toEqual(['item-a.json', 'returned']);
});

test('functions are called without a provider block', async () => {
  const workspace = await workspaceWith(`locals {
  items = [{ name = "a", size = 0.5, colours = ["red"] }, { name = "b", size = 4, colours = null }]
}
output "results" {
  value = [provider::box::joined(", ", "a", "b"), provider::box::joined(null, "a", "b"), provider::box::sizes(local.items)]
}`);
  succeeded(await workspace.run(apply));
  expect(JSON.parse(succeeded(await workspace.run(['output', '-json', 'results'])))).toEqual([
    'a, b',
    'ab',
    { a: 0.5, b: 4 },
  ]);
});

test.each([
  [
    'a function',
    'output "x" {\n  value = provider::box::joined("-", "a", "")\n}',
    'Invalid value for "words" parameter: a word must not be empty (ERR_ARGUMENT).',
  ],
  [
    'a function with no argument to blame',
    'output "x" {\n  value = provider::box::joined("-")\n}',
    'there is nothing to join (ERR_ARGUMENT)',
  ],
  ['a data source', 'data "box_items" "x" {\n  min_size = 13\n}', 'The size 13 is not allowed.'],
  [
    'an ephemeral resource',
    'ephemeral "box_lease" "x" {\n  holder = ""\n}',
    'A key must have a holder.',
  ],
])('fails with the sentence of %s', async (_what, resources, sentence) => {
  const workspace = await workspaceWith(resources);
  const { code, output } = await workspace.run(['validate']);
  expect(code).toBe(1);
  expect(output.replace(/[│╷╵\s]+/g, ' ')).toContain(sentence);
});

function savedState(schemaVersion: number, attributes: Record<string, unknown>): string {
  return JSON.stringify({
    version: 4,
    terraform_version: '1.11.0',
    serial: 1,
    lineage: '00000000-0000-4000-8000-000000000000',
    outputs: {},
    resources: [
      {
        mode: 'managed',
        type: 'box_item',
        name: 'a',
        provider: 'provider["terraform.local/test/box"]',
        instances: [{ schema_version: schemaVersion, attributes }],
      },
    ],
  });
}

test('state of schema version 0 is upgraded', async () => {
  const workspace = await workspaceWith(item('name = "old"\nsize = 4.5'));
  succeeded(await workspace.run(apply));
  const { name: _name, ...rest } = workspace.item() ?? {};
  writeFileSync(
    join(workspace.folder, 'terraform.tfstate'),
    savedState(0, { ...rest, label: 'old', size: '4.5' }),
  );
  expect(succeeded(await workspace.run(plan))).toContain('No changes.');
  succeeded(await workspace.run(['apply', '-auto-approve', '-refresh-only']));
  expect(workspace.item()).toMatchObject({ name: 'old', size: 4.5 });
});

test('refuses state of a newer schema version', async () => {
  const workspace = await workspaceWith(item('name = "old"'));
  writeFileSync(join(workspace.folder, 'terraform.tfstate'), savedState(2, { name: 'old' }));
  expect(await workspace.run(plan)).toMatchObject({ code: 1 });
});

test('our log lines are in the log with their level', async () => {
  const workspace = await workspaceWith(item('name = "a"'));
  succeeded(await workspace.run(apply));
  const { output } = await workspace.run(plan, { TF_LOG: 'TRACE' });
  expect(output).toMatch(
    /\[DEBUG\] +provider\.terraform-provider-box_v1\.0\.0: serving provider box 1\.0\.0/,
  );
  expect(output).toMatch(
    /\[INFO\] +provider\.terraform-provider-box_v1\.0\.0: reading an item: .*id=item-a/,
  );
  expect(output).not.toContain('0001-01-01');
});

test('an error stands under the line that it is about', async () => {
  const workspace = await workspaceWith(item('name = "a"\nmood = "fails"'));
  const { code, output } = await workspace.run(apply);
  expect(code).toBe(1);
  expect(output.replace(/[│╷╵]/g, '')).toMatch(
    /Error: Cannot create box_item\s+with box_item\.a,\s+on main\.tf line \d+, in resource "box_item" "a":\s+\d+: mood = "fails"\s+The item is in a bad mood\./,
  );
  expect(workspace.item()).toBeUndefined();
});

test.each([
  ['a number that would be rounded', 'size = 9007199254740993', 'Size is too large'],
  ["a value that the resource's own check refuses", 'size = 13', 'The size 13 is not allowed.'],
])('refuses %s', async (_what, attribute, sentence) => {
  const workspace = await workspaceWith(item(`name = "a"\n${attribute}`));
  const { code, output } = await workspace.run(['validate']);
  expect(code).toBe(1);
  expect(output).toContain(sentence);
  expect(output).toContain(attribute);
});

test('a crash shows the stack to the user', async () => {
  const workspace = await workspaceWith(item('name = "a"\nmood = "crashes"'));
  const { code, output } = await workspace.run(apply);
  expect(code).toBe(1);
  expect(output).toMatch(
    /Stack trace from the terraform-provider-box_v1\.0\.0 plugin:\s+panic: Error: the box fell over\s+at /,
  );
});

test('Ctrl-C ends a waiting apply with the provider told to stop', async () => {
  const workspace = await workspaceWith(item('name = "a"\nmood = "waits"'));
  const terraform = workspace.start(apply);
  const run = finished(terraform);
  while (!existsSync(join(workspace.folder, 'box/waiting'))) {
    expect(terraform.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill(-Number(terraform.pid), 'SIGINT');
  const { code, output } = await run;
  expect(code).toBe(1);
  expect(output).toContain('Stopped while waiting.');
});

test('the user may turn TLS off', async () => {
  const workspace = await workspaceWith(item('name = "a"'));
  expect(succeeded(await workspace.run(apply, { TF_DISABLE_PLUGIN_TLS: '1' }))).toContain(
    '1 added',
  );
});
