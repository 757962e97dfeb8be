/** A component of GitLab, included with its inputs, and its job run as a runner does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Run } from '../support/terraform-workspace';
import { type RecipeBench, recipes } from './recipe-bench';

type Values = Readonly<Record<string, string>>;

export interface GitLabJob {
  readonly variables: Values;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[]; readonly reports: Values };
}

export class GitLabComponent {
  readonly #text: string;
  readonly #inputs: Readonly<Record<string, { readonly default?: string } | null>>;
  readonly #body: unknown;

  constructor(name: string) {
    this.#text = readFileSync(join(recipes, 'gitlab', 'templates', name, 'template.yml'), 'utf8');
    const [header, body] = parseAllDocuments(this.#text).map((document) => document.toJS());
    this.#inputs = header.spec.inputs;
    this.#body = body;
  }

  /** Those that are declared, and those that are used. */
  get inputs(): readonly [readonly string[], readonly string[]] {
    const used = [...this.#text.matchAll(/inputs\.(\w+)/g)].map(([, name = '']) => name);
    return [Object.keys(this.#inputs).sort(), [...new Set(used)].sort()];
  }

  /** The name of the job, and the job. As GitLab does: an input without a value is an error. */
  include(inputs: Values): readonly [string, GitLabJob] {
    const json = JSON.stringify(this.#body);
    const text = json.replace(/\$\[\[ inputs\.(\w+) \]\]/g, (_whole, name: string) => {
      const value = inputs[name] ?? this.#inputs[name]?.default;
      if (value === undefined) {
        throw new Error(`${name} has no value`);
      }
      return value;
    });
    const [job, ...others] = Object.entries(JSON.parse(text) as Record<string, GitLabJob>);
    if (job === undefined || others.length > 0) {
      throw new Error('a component here has one job');
    }
    return job;
  }
}

/** One script of all lines, as the runner makes it. @param env the variables of the project */
export function runGitLabJob(
  bench: RecipeBench,
  { variables, before_script: before, script }: GitLabJob,
  folder: string,
  env: Values,
): Promise<Run> {
  return bench.run(['bash', '-eo', 'pipefail'], [...before, ...script].join('\n'), folder, {
    CI: 'true',
    CI_API_V4_URL: bench.forge.url,
    CI_PROJECT_ID: '12',
    CI_COMMIT_SHA: '4f1c2a9e0d',
    ...variables,
    ...env,
  });
}
