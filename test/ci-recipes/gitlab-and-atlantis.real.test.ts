/** examples/ci/gitlab and examples/ci/atlantis: what they show of a plan, and where they stop. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { forgeToken } from '../support/fake-forge';
import { GitLabComponent, runGitLabJob } from './gitlab-component';
import { key, material } from './keys';
import { RecipeBench, recipes } from './recipe-bench';

const bench = new RecipeBench();

/** By hand, as an apply job of the project does. */
async function deploy(): Promise<void> {
  await bench.stack().succeed(['apply', '-auto-approve'], { ...bench.login, ORDERS_KEY: material });
}

describe('the component of GitLab', () => {
  const component = new GitLabComponent('keys');
  const inputs = { stack: 'prod', image: 'registry.example.com/terraform-node:1' };

  async function run(pipeline: number, more: Readonly<Record<string, string>> = {}) {
    const [, job] = component.include(inputs);
    const folder = bench.checkout();
    const { code, output } = await runGitLabJob(bench, job, folder, {
      ...bench.login,
      CI_MERGE_REQUEST_IID: '7',
      CI_PIPELINE_ID: String(pipeline),
      ...more,
    });
    const file = (path: string) =>
      existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined;
    const { terraform = '', codequality = '' } = job.artifacts?.reports ?? {};
    return {
      code,
      output,
      files: job.artifacts?.paths.map(file),
      counts: JSON.parse(file(terraform) ?? 'null'),
      quality: JSON.parse(file(codequality) ?? 'null'),
    };
  }

  test('has a job for each stack, and its inputs are all there are', () => {
    expect(component.include(inputs)[0]).toBe('keys-review-prod');
    expect(() => component.include({ image: 'x' })).toThrow('stack has no value');
    const [declared, used] = component.inputs;
    expect(used).toEqual(declared);
  });

  test('without a token leaves reports and the review; with one, a note that is kept; and a removal fails', async () => {
    await bench.declare(key('orders'));
    const first = await run(1);
    expect([first.code, first.counts]).toEqual([0, { create: 1, update: 0, delete: 0 }]);
    expect(first.quality).toEqual([expect.objectContaining({ check_name: 'byok/unpinned' })]);
    expect(first.files).toEqual([
      expect.stringContaining('## Keys: 1 is filled'),
      expect.stringContaining('"byok-review/1"'),
    ]);
    expect(bench.forge.requests).toEqual([]);

    await deploy();
    await bench.declare('');
    const removal = await run(2, { BYOK_GITLAB_TOKEN: forgeToken });
    expect([removal.code, removal.counts]).toEqual([5, { create: 0, update: 0, delete: 1 }]);
    expect(bench.forge.comments.map(({ body: note }) => note)).toEqual([
      expect.stringContaining('## Keys: 1 stops working'),
    ]);
    expect(removal.output).not.toContain(forgeToken);
  });

  test('stops where the project cannot be built', async () => {
    await bench.declare(key('orders'));
    const { code, output } = await run(1, { STACK: 'no-such-stack' });
    expect([code, output]).toEqual([1, expect.stringContaining('no-such-stack')]);
  });
});

describe('Atlantis', () => {
  type Step = string | { readonly run: string | { readonly command: string } };
  const server = parse(readFileSync(join(recipes, 'atlantis/repos.yaml'), 'utf8'));
  const { projects } = parse(readFileSync(join(recipes, 'atlantis/atlantis.yaml'), 'utf8'));

  const builtIn: Readonly<Record<string, string>> = {
    init: 'terraform init -input=false -no-color -upgrade',
    plan: 'terraform plan -input=false -no-color -refresh -out "$PLANFILE"',
    apply: 'terraform apply -input=false -no-color "$PLANFILE"',
  };

  /** Each step by `sh -c`, in the folder of the project; the output of the last one is shown. */
  async function stage(name: 'plan' | 'apply', more: Readonly<Record<string, string>> = {}) {
    const [project] = projects;
    const cwd = join(checkout, project.dir);
    const env = {
      ...bench.login,
      PROJECT_NAME: project.name,
      PLANFILE: join(cwd, `${project.name}-default.tfplan`),
      SHOWFILE: join(cwd, `${project.name}-default.json`),
      ...more,
    };
    let shown = '';
    for (const step of server.workflows.keys[name].steps as readonly Step[]) {
      const [own] = typeof step === 'string' ? [] : [step.run];
      const command =
        typeof step === 'string' ? builtIn[step] : typeof own === 'string' ? own : own?.command;
      const { code, output } = await bench.run(['sh'], command ?? 'false', cwd, env);
      shown = output;
      if (code !== 0) {
        return { code, shown };
      }
    }
    return { code: 0, shown };
  }

  let checkout: string;

  async function begin(body: string): Promise<void> {
    await bench.declare(body);
    checkout = bench.checkout();
    const [hook] = server.repos[0].pre_workflow_hooks;
    expect(await bench.run(['sh'], hook.run, checkout, {})).toMatchObject({ code: 0 });
  }

  test('shows what a plan does to keys, and applies that plan', async () => {
    await begin(key('orders'));
    expect(await stage('plan')).toEqual({
      code: 0,
      shown: expect.stringMatching(/^Keys: 1 is filled\n\+ IMPORT {2}orders {2}first import/),
    });
    expect(await stage('apply', { ORDERS_KEY: material })).toEqual({
      code: 0,
      shown: expect.stringContaining('Apply complete! Resources: 2 added'),
    });
    await begin('');
    expect((await stage('plan')).shown).toMatch(/^Keys: 1 stops working/);
  });

  test('applies no other plan than the one that was shown', async () => {
    await begin(key('orders'));
    await stage('plan');
    await bench.declare(`${key('orders')}${key('cards')}`);
    const cwd = bench.stack().folder;
    await bench.stack().succeed(['plan', '-out', join(cwd, 'prod-default.tfplan')], bench.login);
    const { code, shown } = await stage('apply', { ORDERS_KEY: material });
    expect([code, shown]).toEqual([6, expect.stringContaining('more to keys than was reviewed')]);
  });
});
