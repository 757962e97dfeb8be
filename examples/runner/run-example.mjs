// Runs an example in a folder of its own, `.run/` beside it, as if that were a user's project: its
// main.ts or main.tf is copied there, with key files and state. Terraform's own commands do the
// work, as `cdktf deploy` has them do it.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailed } from './commands.mjs';
import { byok, root, terraform } from './programs.mjs';
import { runSteps } from './run-steps.mjs';

const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');

/**
 * @param moduleUrl import.meta.url of the example's run.mjs
 * @param needsTerraform as for runSteps
 * @param steps as for runSteps; found.project is a Project
 * @param summary as for runSteps
 */
export function runExample(moduleUrl, { needsTerraform, steps, summary }) {
  const source = fileURLToPath(new URL('.', moduleUrl));
  const folder = join(source, '.run');
  const begin = (found) => {
    found.project = new Project(source, folder, found);
  };
  return runSteps({ cwd: folder, folder, needsTerraform, begin, steps, summary });
}

/**
 * An edit such as a user would make. Throws when there is nothing to edit, since a program left as
 * it is may reach for a real cloud.
 */
export function edited(text, from, to) {
  if (!text.includes(from)) {
    throw new Error(`main.ts does not contain "${from}"`);
  }
  return text.replace(from, () => to);
}

class Project {
  #source;
  #commands;
  #endpoint;

  constructor(source, folder, { commands, endpoint }) {
    this.#source = source;
    this.#commands = commands;
    this.#endpoint = endpoint;
    this.folder = folder;
    /**
     * Where Terraform runs: beside main.tf, or in the folder of the stack that main.ts is
     * synthesized to.
     */
    this.terraformFolder = folder;
  }

  /** A file that only this user can read. */
  write(name, content) {
    writeFileSync(join(this.folder, name), content, { mode: 0o600 });
  }

  read(name) {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  remove(name) {
    rmSync(join(this.folder, name));
  }

  /**
   * Copies the program of the example, after an edit such as a user would make, and runs it; then
   * `terraform init`.
   */
  async synthesize(edit) {
    await this.runProgram(edit);
    const stacks = join(this.folder, 'cdktf.out', 'stacks');
    this.terraformFolder = join(stacks, readdirSync(stacks)[0]);
    await this.#initialize();
  }

  /** The same without Terraform; variables are more of its environment. */
  async runProgram(edit, variables = {}) {
    this.writeProgram(edit);
    await this.#commands.runWith(variables, this.folder, process.execPath, tsx, 'main.ts');
  }

  /** Only copies it, for whoever runs it. */
  writeProgram(edit = (text) => text) {
    this.write('main.ts', edit(readFileSync(join(this.#source, 'main.ts'), 'utf8')));
  }

  /** Copies hand-written files of the example. */
  async copy(...names) {
    this.copyFiles(...names);
    await this.#initialize();
  }

  copyFiles(...names) {
    for (const name of names) {
      copyFileSync(join(this.#source, name), join(this.folder, name));
    }
  }

  byok(...args) {
    return this.#commands.run(process.execPath, byok, ...args);
  }

  terraform(...args) {
    // Not by -chdir: Terraform looks for the mirror that the construct wrote in the folder that it
    // is started in.
    return this.#commands.runIn(this.terraformFolder, terraform, ...args);
  }

  /** Applies, and finds nothing more to do. */
  async apply() {
    const output = await this.terraform('apply', '-auto-approve', '-no-color', '-input=false');
    await this.expectNothingToDo();
    return output;
  }

  /** Exit code 2, for changes, is a failure here. */
  async expectNothingToDo() {
    await this.terraform('plan', '-detailed-exitcode', '-no-color', '-input=false');
  }

  /**
   * The block of one resource in the plan. Throws an Error that shows the plan when it is not
   * there.
   */
  async plannedChange(type) {
    const plan = await this.terraform('plan', '-no-color', '-input=false');
    const lines = plan.split('\n');
    // Above it, "has changed" tells what somebody else did.
    const start = lines.findIndex(
      (line) => line.includes(`# ${type}.`) && line.includes(' will be '),
    );
    if (start < 0) {
      throw new Error(`the plan does not change a ${type}:\n${plan}`);
    }
    return lines.slice(start, lines.indexOf('    }', start) + 1).join('\n');
  }

  /** What Terraform prints as it refuses to plan. */
  async refusedPlan() {
    try {
      await this.terraform('plan', '-no-color', '-input=false');
    } catch (error) {
      if (error instanceof CommandFailed && error.output.includes('Error:')) {
        return error.output.slice(error.output.indexOf('Error:'));
      }
      throw error;
    }
    throw new Error('terraform plan refused nothing');
  }

  async output(name) {
    return JSON.parse(await this.terraform('output', '-json', name));
  }

  async destroy() {
    await this.terraform('destroy', '-auto-approve', '-no-color', '-input=false');
  }

  async #initialize() {
    // Whatever the example declares, the only KMS that it can reach is the one on this machine.
    const override = `provider "byok" {\n  kms_endpoint = "${this.#endpoint}"\n}\n`;
    writeFileSync(join(this.terraformFolder, 'loopback_override.tf'), override);
    await this.terraform('init', '-no-color', '-input=false');
  }
}
