/**
 * The pipelines of docs/pull-requests.md: what their steps do where something fails, and where a
 * plan holds anybody's text.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { configure, keyWithMaterial, type Workbench, workbench } from './provider/workbench';
import { type Emulator, startEmulator } from './support/emulator';
import { cleanEnvironment, type Run, runCommand } from './support/terraform-workspace';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface Pipeline {
  readonly [job: string]: { readonly script: readonly string[] };
}

const page = readFileSync(join(__dirname, '..', 'docs', 'pull-requests.md'), 'utf8');
const [workflow, pipeline] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
  ([, text = '']) => parse(text),
) as [Workflow, Pipeline];
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

/** As the forge starts it: without `shell` GitHub does not ask for pipefail. */
const gitHubShell = ({ shell }: Step) =>
  shell === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];
const gitLabShell = ['-eo', 'pipefail'];

let emulator: Emulator;
let bench: Workbench;
let scratch: string;
let summary: string;

beforeEach(async () => {
  emulator = await startEmulator();
  bench = await workbench(emulator, '');
  scratch = mkdtempSync(join(tmpdir(), 'byok-pipeline-'));
  summary = join(scratch, 'summary.md');
  writeFileSync(summary, 'what another step wrote');
});

afterEach(async () => {
  bench.workspace.remove();
  rmSync(scratch, { recursive: true });
  await emulator.close();
});

function bash(
  flags: readonly string[],
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const file = join(scratch, 'step.sh');
  writeFileSync(file, script);
  const { env: own } = bench.workspace;
  return runCommand('bash', [...flags, file], {
    cwd,
    env: cleanEnvironment({ ...own, GITHUB_STEP_SUMMARY: summary, ...env }),
  });
}

function step(name: string, env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const found = steps.find((one) => one.name === name);
  return bash(gitHubShell(found ?? {}), found?.run ?? 'false', bench.workspace.folder, env);
}

test('actions are pinned by hash, and the token may read only', () => {
  const actions = steps.flatMap(({ uses }) => uses ?? []);
  expect(actions.length).toBeGreaterThan(4);
  expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  expect(workflow.permissions).toEqual({ contents: 'read' });
});

/**
 * Lines that the runner takes for commands: it trims each, and looks for the older form anywhere.
 * A part in which it takes none has to have its end.
 */
function commandsIn(log: string): string[] {
  const exempt = /^::stop-commands::([0-9a-f]{32})\n[\s\S]*?^::\1::$/gm;
  const rest = log.replace(/\r\n?/g, '\n').replace(exempt, '');
  return rest.split('\n').filter((line) => line.trim().startsWith('::') || line.includes('##['));
}

const wordOf = (log: string) => /::stop-commands::(.*)/.exec(log)?.[1];

const wrongLogin = { HW_AUTH_TOKEN: 'not-a-token' };

describe('GitHub', () => {
  test('a plan is a summary in which nothing of it is Markdown', async () => {
    const hostile = '"harmless <!-- \\r\\n```\\n::error::no\\r</pre> ##[error]no"';
    configure(
      emulator,
      bench.workspace,
      keyWithMaterial('orders').replace('alias =', `description = ${hostile}\n  alias =`),
    );
    const run = await step('Plan');
    expect(run.output).toContain('Plan: 2 to add');
    expect(run.code).toBe(0);
    const [before, blank, ...lines] = readFileSync(summary, 'utf8')
      .trimEnd()
      .split(/\r\n|\r|\n/);
    expect([before, blank]).toEqual(['what another step wrote', '']);
    expect(lines.filter((line) => !line.startsWith('    '))).toEqual([]);
    expect(lines.join('\n')).toContain('Plan: 2 to add');
    expect(lines.join('\n')).toContain('<!--');
    expect(run.output).toMatch(/^ *::error::no/m);
    expect(commandsIn(run.output)).toEqual([]);
    expect(wordOf((await step('Plan')).output)).not.toBe(wordOf(run.output));
  });

  test('a plan that fails is a step that fails, and the summary says why', async () => {
    configure(emulator, bench.workspace, keyWithMaterial('orders'));
    await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
    const run = await step('Plan', wrongLogin);
    expect(run.code).not.toBe(0);
    expect(readFileSync(summary, 'utf8')).toContain('Error:');
    expect(run.output).toContain('::stop-commands::');
    expect(commandsIn(run.output)).toEqual([]);
  });

  test('the apply step applies that plan, and fails with it', async () => {
    configure(emulator, bench.workspace, keyWithMaterial('orders'));
    expect((await step('Plan')).code).toBe(0);
    expect((await step('Apply', wrongLogin)).code).not.toBe(0);
    expect((await step('Plan')).code).toBe(0);
    const run = await step('Apply');
    expect(run.text).toContain('Apply complete! Resources: 2 added');
    expect(run.code).toBe(0);
    expect(run.output).toContain('::stop-commands::');
    expect(commandsIn(run.output)).toEqual([]);
  });
});

describe('GitLab', () => {
  /** Programs of a project that need no test here; the one named fails. */
  async function job(
    name: string,
    failing?: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Run> {
    const bin = join(scratch, 'bin');
    mkdirSync(bin, { recursive: true });
    for (const program of ['npm', 'npx']) {
      writeFileSync(join(bin, program), `#!/bin/sh\nexit ${program === failing ? 1 : 0}\n`, {
        mode: 0o755,
      });
    }
    const script =
      pipeline[name]?.script
        .join('\n')
        .replace('cdktf.out/stacks/payments', bench.workspace.folder) ?? '';
    return bash(gitLabShell, script, scratch, { PATH: `${bin}:${process.env.PATH}`, ...env });
  }

  test.each(['npm', 'npx'])('stops where %s fails', async (program) => {
    const run = await job('plan', program);
    expect(run.code).toBe(1);
    expect(run.output).not.toContain('Terraform');
  });

  test('plans, and applies that plan', async () => {
    configure(emulator, bench.workspace, keyWithMaterial('orders'));
    expect((await job('plan')).text).toContain('Plan: 2 to add');
    const run = await job('apply');
    expect(run.text).toContain('Apply complete! Resources: 2 added');
    expect(run.code).toBe(0);
    expect((await job('plan', undefined, wrongLogin)).code).not.toBe(0);
  });
});
