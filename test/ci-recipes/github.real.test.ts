/** examples/ci/github and github-matrix: what their jobs do to a pull request, and to a push. */
import { commandsIn, readWorkflow, WorkflowRun } from './github-workflow';
import { key, material } from './keys';
import { RecipeBench } from './recipe-bench';

const bench = new RecipeBench();
const workflow = readWorkflow('github/keys.yml');
const table = () => ({
  'github.event.repository.default_branch': 'main',
  'vars.KMS_REGION': 'ap-southeast-3',
  'vars.KMS_PROJECT_ID': bench.emulator.projectId,
  'secrets.KMS_READ_ACCESS_KEY': bench.emulator.accessKey,
  'secrets.KMS_READ_SECRET_KEY': bench.emulator.secretKey,
  'secrets.KMS_IMPORT_ACCESS_KEY': bench.emulator.accessKey,
  'secrets.KMS_IMPORT_SECRET_KEY': bench.emulator.secretKey,
  'secrets.ORDERS_KEY': material,
});

const head = 'f00dfeedf00dfeedf00dfeedf00dfeedf00dfeed';
const pullRequest = { pull_request: { number: 7, head: { sha: head } } };
const start = (event: object, number = 1) =>
  new WorkflowRun(bench, workflow, { table: table(), event, number });

/** As a merge does: both jobs of a push. */
async function deploy(): Promise<void> {
  const run = start({ ref: 'refs/heads/main' });
  expect(await run.job('plan')).toMatchObject({ code: 0 });
  const applied = await run.job('apply');
  expect([applied.failed, applied.output]).toEqual([undefined, expect.stringContaining('Apply')]);
}

/** What both jobs of a pull request do. */
async function review(number: number, more: Record<string, string> = {}) {
  const run = start(pullRequest, number);
  return { planned: await run.job('plan', more), commented: await run.job('comment') };
}

const comment = () => bench.forge.comments.map(({ body }) => body).join('\n--- another ---\n');

test('a pull request has one comment, a push applies what was reviewed, and a removal is red', async () => {
  await bench.declare(key('orders'));
  const first = await review(1);
  expect(first.planned).toMatchObject({ code: 0, failed: undefined });
  expect(first.planned.output).toContain('Plan: 2 to add');
  expect(first.planned.summary).toContain('| `orders` | first import, new key |');
  expect(first.commented).toMatchObject({ code: 0, failed: undefined });
  expect(comment()).toMatch(/^<!-- byok-review .*-->\n\n## Keys: 1 is filled/);
  expect(comment()).toContain(`commit \`${head.slice(0, 8)}\``);

  await deploy();
  expect((await review(2)).commented.code).toBe(0);
  expect(comment()).toContain('## Keys: no key changes');

  await bench.declare('');
  expect((await review(3)).commented).toMatchObject({ code: 5, failed: 'Comment' });
  expect(bench.forge.comments).toHaveLength(1);
  expect(comment()).toContain('## Keys: 1 stops working');
});

test('a plan that is refused is told in the comment, and red', async () => {
  await bench.declare(key('orders', 'on_destroy = "refuse"'));
  await deploy();
  await bench.declare('');
  const { planned, commented } = await review(2);
  expect(planned).toMatchObject({ code: 0, failed: undefined });
  expect(commented).toMatchObject({ code: 5, failed: 'Comment' });
  expect(comment()).toContain('## Keys: this plan is refused');
});

test('a plan that fails for another reason is told in the comment, and red', async () => {
  const other = 'resource "terraform_data" "other" {\n  input = file("nowhere.txt")\n}';
  await bench.declare(`${key('orders')}\n${other}`);
  const { planned, commented } = await review(1);
  expect(planned.output).toContain('nowhere.txt');
  expect(planned).toMatchObject({ code: 0, failed: undefined });
  expect(commented).toMatchObject({ code: 1, failed: 'Comment' });
  expect(comment()).toContain(
    'The plan of stack `prod` failed for reasons that are not about keys',
  );
});

test('a login that the KMS refuses is red', async () => {
  await bench.declare(key('orders'));
  const { commented } = await review(1, { 'secrets.KMS_READ_SECRET_KEY': 'another' });
  expect(commented).toMatchObject({ failed: 'Comment' });
  expect(comment()).toContain('aksk signature fail; check the login');
});

test('nothing in a plan is a command to the runner', async () => {
  const hostile = '"harmless <!-- \\r\\n```\\n::error::no\\r</pre> ##[error]no"';
  await bench.declare(key('orders').replace('alias =', `description = ${hostile}\n  alias =`));
  const { planned, commented } = await review(1);
  expect(planned.output).toContain('::error::no');
  expect(commandsIn(`${planned.output}${commented.output}`)).toEqual([]);
  expect(`${planned.summary}${comment()}`).not.toContain('harmless');
});

test('a push applies nothing that was not reviewed', async () => {
  await bench.declare(key('orders'));
  const run = start({ ref: 'refs/heads/main' });
  await run.job('plan');
  await bench.declare(`${key('orders')}${key('cards')}`);
  const applied = await run.job('apply');
  expect(applied).toMatchObject({ code: 6, failed: expect.stringMatching(/^Plan again/) });
  expect(applied.output).toContain('byok: this plan does more to keys than was reviewed');
  expect(commandsIn(applied.output)).toEqual([]);
});

describe('a matrix', () => {
  const matrix = readWorkflow('github-matrix/keys.yml');
  const stacks = matrix.jobs.plan?.strategy?.matrix.stack ?? [];

  /** A leg for each stack, then the job that reads them all. */
  async function reviewAll(number: number, legs = stacks) {
    const run = new WorkflowRun(bench, matrix, { table: table(), event: pullRequest, number });
    for (const stack of legs) {
      expect(await run.job('plan', { 'matrix.stack': stack })).toMatchObject({ code: 0 });
    }
    const result = legs.length === stacks.length ? 'success' : 'failure';
    return run.job('comment', { 'needs.plan.result': result });
  }

  test('has one comment for all stacks, and says where a review is missing', async () => {
    expect(stacks).toEqual(['staging', 'prod']);
    await bench.declare(key('orders'), 'staging');
    await bench.declare(key('cards'), 'prod');
    expect(await reviewAll(1)).toMatchObject({ code: 0, failed: undefined });
    expect(comment()).toMatch(/## Keys: 2 are filled[\s\S]*\| `staging` \|/);
    const commented = await reviewAll(2, ['prod']);
    expect(commented).toMatchObject({ code: 1, failed: 'Comment' });
    expect(commented.output).toContain('At least one stack has no review');
    expect(bench.forge.comments).toHaveLength(1);
    expect(comment()).toContain('## Keys: 1 is filled');
  });
});
