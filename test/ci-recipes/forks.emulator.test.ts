/** examples/ci/github-forks: what a stranger's pull request can have posted, and where. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import { ByokProvider, ImportedKey, KeyMaterialSource } from 'cdktf-byok';
import { fakeBundle } from '../mirror/fake-bundle';
import { scratchFolder } from '../support/scratch-folder';
import { readWorkflow, WorkflowRun } from './github-workflow';
import { RecipeBench, recipes } from './recipe-bench';

const bench = new RecipeBench();
const [first, second] = ['keys-of-forks.yml', 'comment-on-forks.yml'].map((name) =>
  readWorkflow(`github-forks/${name}`),
);
const note = readFileSync(join(recipes, 'github-forks', 'keys-of-forks.md'), 'utf8');
const sha = 'f00dfeedf00dfeedf00dfeedf00dfeedf00dfeed';

/** The folder of the stack of a program with one key. */
function synthesized(alias: string): string {
  const outdir = scratchFolder();
  mkdirSync(join(outdir, 'stacks'), { recursive: true });
  const context = { 'cdktf-byok:bundle': fakeBundle(scratchFolder()).folder };
  const stack = new TerraformStack(new App({ outdir, context }), 'prod');
  new ByokProvider(stack, 'byok');
  const source = KeyMaterialSource.fromEnvironment('ORDERS_KEY');
  new ImportedKey(stack, 'orders', { alias, source });
  App.of(stack).synth();
  return join(outdir, 'stacks', 'prod');
}

/** The job of the fork, and what is then handed over. */
async function declare() {
  const event = { pull_request: { number: 7, head: { sha } } };
  const run = new WorkflowRun(bench, present(first), { table: {}, event });
  return { finished: await run.job('declare'), artifacts: run.artifacts };
}

/** The workflow of the default branch that follows. */
function comment(artifacts: string, head = sha) {
  const event = {
    workflow_run: {
      event: 'pull_request',
      head_branch: 'main',
      head_sha: head,
      head_repository: { owner: { login: 'mallory' } },
      pull_requests: [],
    },
  };
  const table = { 'github.event.workflow_run.id': '1' };
  return new WorkflowRun(bench, present(second), { table, event, artifacts }).job('comment');
}

function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('no such workflow');
  }
  return value;
}

const comments = () => bench.forge.comments.map(({ body }) => body);

beforeEach(() => {
  bench.add('.github/keys-of-forks.md', note);
  bench.forge.pulls.push({ number: 4, head: 'mallory:main', sha });
});

test('the second follows the first, which holds no secret', () => {
  expect(second?.on).toEqual({
    workflow_run: { workflows: [first?.name], types: ['completed'] },
  });
  expect(JSON.stringify(first)).not.toMatch(/secrets\.|github\.token|vars\./);
});

test('what a fork declares is told in its pull request, with the note that it is from a fork', async () => {
  bench.synthesize(synthesized('orders'));
  const { finished, artifacts } = await declare();
  expect(finished).toMatchObject({ code: 0, failed: undefined });
  expect(finished.summary).toContain('`orders`');
  expect(bench.forge.requests).toEqual([]);
  expect(await comment(artifacts)).toMatchObject({ code: 0, failed: undefined });
  expect(bench.forge.requests).toContain('POST /repos/acme/keys/issues/4/comments');
  expect(comments()).toEqual([expect.stringContaining('`orders`')]);
  expect(comments()[0]).toContain(note.trim());
});

test('a review of a commit that is not the head any more is not posted', async () => {
  bench.synthesize(synthesized('orders'));
  const { artifacts } = await declare();
  expect(await comment(artifacts, 'e'.repeat(40))).toMatchObject({ code: 0, failed: undefined });
  expect(comments()).toEqual([]);
});

test.each([
  ['Markdown', '# All is fine\n'],
  [
    'a review with a field of its own',
    '{"schema":"byok-review/1","stacks":[],"keys":[{"html":"x"}]}',
  ],
])('%s in place of the review is posted nowhere, and red', async (_name, content) => {
  const artifacts = scratchFolder();
  mkdirSync(join(artifacts, 'review-of-fork'));
  writeFileSync(join(artifacts, 'review-of-fork', 'review.json'), content);
  expect(await comment(artifacts)).toMatchObject({ code: 1, failed: 'Comment' });
  expect(comments()).toEqual([]);
});
