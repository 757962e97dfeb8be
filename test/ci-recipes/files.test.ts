/** What is true of every workflow in examples/ci, whatever it does. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Job, readWorkflow } from './github-workflow';
import { recipes } from './recipe-bench';

const folders = readdirSync(recipes, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const workflows = folders
  .filter((name) => name.startsWith('github'))
  .flatMap((name) => readdirSync(join(recipes, name)).map((file) => `${name}/${file}`))
  .filter((path) => path.endsWith('.yml'));

const scripts = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);
const writes = (job: Job) => Object.values(job.permissions ?? {}).includes('write');

test.each(folders)('%s has a page of 40 lines at most, which is in the list', (name) => {
  const readme = readFileSync(join(recipes, name, 'README.md'), 'utf8');
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  expect(readme).toContain('## What it does not protect against');
  expect(readFileSync(join(recipes, 'README.md'), 'utf8')).toContain(`(${name}/README.md)`);
});

test.each(workflows)('the token of %s may read, unless a job says what more', (path) => {
  const { permissions, jobs } = readWorkflow(path);
  expect(permissions).toEqual({ contents: 'read' });
  for (const job of Object.values(jobs)) {
    const scopes = Object.entries(job.permissions ?? {}).filter(([, right]) => right === 'write');
    expect(scopes.length).toBeLessThanOrEqual(1);
  }
});

test.each(workflows)('in %s, a token that may write stands beside no code of others', (path) => {
  const { on, jobs } = readWorkflow(path);
  const isOfOthers = 'pull_request' in on || 'workflow_run' in on;
  for (const job of Object.values(jobs).filter((one) => isOfOthers && writes(one))) {
    const checkouts = job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    // A workflow that follows another one has the default branch of itself.
    const [ref = 'workflow_run' in on ? 'default_branch' : ''] = checkouts.flatMap(
      (step) => step.with?.ref ?? [],
    );
    expect([checkouts.length, ref]).toEqual([1, expect.stringMatching(/default_branch(?: }})?$/)]);
    // Without it, npx would fetch a package that is not installed.
    expect(scripts(job).filter((script) => /npx (?!--no )/.test(script))).toEqual([]);
  }
});

test.each(workflows)('no text of others becomes a part of a script of %s', (path) => {
  const all = Object.values(readWorkflow(path).jobs).flatMap(scripts);
  expect(all.length).toBeGreaterThan(0);
  expect(all.filter((script) => script.includes('${{'))).toEqual([]);
});

test.each(workflows)('in %s, what fails in a pipe fails its step', (path) => {
  const { jobs } = readWorkflow(path);
  const piped = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .filter(({ run = '' }) => /[^|]\|(?!\|)/.test(run));
  expect(piped.filter(({ shell }) => shell !== 'bash')).toEqual([]);
});

test.each(workflows)('in %s, a secret is in the environment of the steps that need it', (path) => {
  const { env = {}, jobs } = readWorkflow(path);
  const wide = [env, ...Object.values(jobs).map((job) => job.env ?? {})];
  expect(wide.flatMap(Object.values).filter((value) => /secrets\.|token/.test(value))).toEqual([]);
});

test.each(workflows)('%s keeps no login for git', (path) => {
  const steps = Object.values(readWorkflow(path).jobs).flatMap((job) => job.steps);
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(
    checkouts.map(() => false),
  );
  expect(existsSync(join(recipes, path))).toBe(true);
});
