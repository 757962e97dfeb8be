/**
 * Runs jobs of a workflow as a runner of GitHub does: each `run:` with its environment, folder and
 * shell. Of actions only those that hand files from one job to another do something. What stands in
 * `${{ … }}` is looked up in a table of the test, and what the table does not have is a failure.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { forgeToken } from '../support/fake-forge';
import { scratchFolder } from '../support/scratch-folder';
import { type RecipeBench, recipes } from './recipe-bench';

type Values = Readonly<Record<string, string>>;

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Values;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Values;
  readonly 'working-directory'?: string;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Values;
  readonly environment?: string;
  readonly env?: Values;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Values;
  readonly concurrency?: unknown;
  readonly env?: Values;
  readonly jobs: Readonly<Record<string, Job>>;
}

export function readWorkflow(path: string): Workflow {
  return parse(readFileSync(join(recipes, path), 'utf8')) as Workflow;
}

export interface Finished {
  /** Of the step that failed, or 0. */
  readonly code: number;
  readonly failed: string | undefined;
  readonly output: string;
  readonly summary: string;
}

export interface RunOptions {
  /** What is in `${{ … }}`, by the text between the braces. */
  readonly table: Values;
  /** What started it. */
  readonly event: object;
  /** Later ones are greater. @default 1 */
  readonly number?: number;
  /** What a project would set for a runner of its own. */
  readonly env?: Values;
  /** Those of the run before it. @default none */
  readonly artifacts?: string;
}

/** One run of a workflow. */
export class WorkflowRun {
  readonly #bench: RecipeBench;
  readonly #workflow: Workflow;
  readonly #options: RunOptions;
  /** The folder of what jobs handed over, by name. */
  readonly artifacts: string;

  constructor(bench: RecipeBench, workflow: Workflow, options: RunOptions) {
    this.#bench = bench;
    this.#workflow = workflow;
    this.#options = options;
    this.artifacts = options.artifacts ?? scratchFolder();
  }

  async job(name: string, more: Values = {}): Promise<Finished> {
    const job = this.#workflow.jobs[name];
    if (job === undefined) {
      throw new Error(`no job ${name}`);
    }
    const folder = this.#bench.checkout();
    const files = scratchFolder();
    const ofRunner = { 'github.token': forgeToken, 'runner.temp': files };
    const table = { ...ofRunner, ...this.#options.table, ...more };
    const summary = join(files, 'summary.md');
    const event = join(files, 'event.json');
    writeFileSync(event, JSON.stringify(this.#options.event));
    writeFileSync(summary, '');
    const env = {
      ...this.#ofRunner(),
      ...this.#options.env,
      GITHUB_WORKSPACE: folder,
      GITHUB_EVENT_PATH: event,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: join(files, 'output'),
      RUNNER_TEMP: files,
      ...filled(this.#workflow.env, table),
      ...filled(job.env, table),
    };
    let [code, failed, output] = [0, undefined as string | undefined, ''];
    for (const step of job.steps) {
      if (failed !== undefined && step.if !== 'always()') {
        continue;
      }
      const ended = await this.#step(step, folder, env, table);
      output += ended.output;
      if (ended.code !== 0 && failed === undefined) {
        [code, failed] = [ended.code, step.name ?? step.run ?? step.uses];
      }
    }
    return { code, failed, output, summary: readFileSync(summary, 'utf8') };
  }

  #ofRunner(): Values {
    const { url } = this.#bench.forge;
    return {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: url,
      GITHUB_GRAPHQL_URL: `${url}/graphql`,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'acme/keys',
      GITHUB_RUN_ID: String(this.#options.number ?? 1),
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_SHA: 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3e4f5a0b1',
    };
  }

  async #step(
    step: Step,
    folder: string,
    env: Values,
    table: Values,
  ): Promise<{ code: number; output: string }> {
    if (step.run === undefined) {
      return this.#action(step.uses ?? '', filled(step.with, table), folder);
    }
    const shell =
      step.shell === 'bash'
        ? ['bash', '--noprofile', '--norc', '-eo', 'pipefail']
        : [step.shell ?? 'bash', '-e'];
    const cwd = join(folder, fill(step['working-directory'] ?? '.', table));
    return this.#bench.run(shell, fill(step.run, table), cwd, {
      ...env,
      ...filled(step.env, table),
    });
  }

  #action(uses: string, given: Values, folder: string): { code: number; output: string } {
    const [action = ''] = uses.split('@');
    const { name, path = '', pattern } = given;
    if (action === 'actions/upload-artifact') {
      const from = join(folder, path);
      if (!existsSync(from)) {
        return { code: given['if-no-files-found'] === 'error' ? 1 : 0, output: `no ${path}\n` };
      }
      mkdirSync(join(this.artifacts, name ?? 'artifact'), { recursive: true });
      cpSync(from, join(this.artifacts, name ?? 'artifact', basename(path)));
    } else if (action === 'actions/download-artifact') {
      const from = pattern === undefined ? join(this.artifacts, name ?? '') : this.artifacts;
      if (!existsSync(from)) {
        return { code: 1, output: `no artifact ${name}\n` };
      }
      cpSync(from, resolve(folder, path), { recursive: true });
    } else if (!/^(actions\/(checkout|setup-node)|hashicorp\/setup-terraform)$/.test(action)) {
      throw new Error(`${action} is no action that the test knows`);
    }
    return { code: 0, output: '' };
  }
}

function filled(values: Values | undefined, table: Values): Values {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [name, fill(String(value), table)]),
  );
}

function fill(text: string, table: Values): string {
  return text.replace(/\$\{\{ *(.*?) *\}\}/g, (_whole, expression: string) => {
    const value = table[expression];
    if (value === undefined) {
      throw new Error(`the test does not say what ${expression} is`);
    }
    return value;
  });
}

/** Lines that the runner would take for commands: outside the parts in which it takes none. */
export function commandsIn(log: string): string[] {
  const exempt = /^::stop-commands::([0-9a-f]{32})\n[\s\S]*?^::\1::$/gm;
  const rest = log.replace(/\r\n?/g, '\n').replace(exempt, '');
  return rest.split('\n').filter((line) => line.trim().startsWith('::') || line.includes('##['));
}
