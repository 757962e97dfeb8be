// Runs other programs for an example, each in a process group of its own, so that none outlives it.
// Never hands on settings of this shell that could reach a real cloud, another Terraform setup or a
// proxy.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { terraform } from './programs.mjs';

const foreign = /^(HW|OS|AWS|TF|TERRAFORM|CDK|CDKTF|BYOK)_|^KMS_ENDPOINT$|_proxy$/i;

const own = {
  CHECKPOINT_DISABLE: '1',
  CI: '1',
  // A configuration of the user's with a provider_installation block would switch off the mirror
  // that the construct writes.
  TF_CLI_CONFIG_FILE: '/dev/null',
  // cdktf would keep a link to our provider in the home folder.
  CDKTF_DISABLE_PLUGIN_CACHE_ENV: 'true',
  TERRAFORM_BINARY_NAME: terraform,
};

const graceMs = 5000;

export class CommandFailed extends Error {
  constructor(command, ending, output) {
    super(`${command} ${ending}`);
    /** Everything it printed, without colours. */
    this.output = stripVTControlCharacters(output).trim();
  }
}

export class Commands {
  #cwd;
  #env;
  #running = new Set();
  #stopping;

  constructor(cwd) {
    this.#cwd = cwd;
    this.#env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
      ...own,
    };
  }

  /** For every command from now on. */
  setEnvironment(variables) {
    Object.assign(this.#env, variables);
  }

  /** Runs a command to its end and returns what it printed on stdout. Throws CommandFailed. */
  run(command, ...args) {
    return this.runIn(this.#cwd, command, ...args);
  }

  /** The same in another folder. */
  runIn(cwd, command, ...args) {
    return this.#start(cwd, command, args).ended;
  }

  /**
   * The same with more variables for this command alone, or with fewer: undefined takes one away.
   */
  runWith(variables, cwd, command, ...args) {
    return this.#start(cwd, command, args, { ...this.#env, ...variables }).ended;
  }

  /** Starts a command that stays, and returns the first line it prints. */
  async startService(command, ...args) {
    const { child, ended } = this.#start(this.#cwd, command, args);
    const firstLine = new Promise((resolve) => {
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
        if (text.includes('\n')) {
          resolve(text.slice(0, text.indexOf('\n')));
        }
      });
    });
    return Promise.race([firstLine, ended]);
  }

  /** Stops whatever runs, and lets nothing new start. */
  stop() {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll() {
    const all = [...this.#running];
    const ended = Promise.allSettled(all.map((job) => job.ended));
    signal(all, 'SIGTERM');
    await Promise.race([ended, delay(graceMs, undefined, { ref: false })]);
    // Also whatever is left in a group whose leader has ended.
    signal(all, 'SIGKILL');
    await ended;
  }

  #start(cwd, command, args, env = this.#env) {
    const name = [command.split('/').at(-1), ...args].join(' ');
    if (this.#stopping !== undefined) {
      throw new CommandFailed(name, 'was not started: the run is being stopped', '');
    }
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const job = { child, ended: outcome(child, name) };
    this.#running.add(job);
    job.ended.finally(() => this.#running.delete(job)).catch(() => undefined);
    return job;
  }
}

function outcome(child, name) {
  const stdout = [];
  const both = [];
  child.stdout.on('data', (chunk) => {
    stdout.push(chunk);
    both.push(chunk);
  });
  child.stderr.on('data', (chunk) => both.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new CommandFailed(name, `cannot be started: ${error.message}`, '')),
    );
    child.once('close', (code, killedBy) => {
      if (code === 0) {
        resolve(Buffer.concat(stdout).toString('utf8'));
      } else {
        const ending =
          killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`;
        reject(new CommandFailed(name, ending, Buffer.concat(both).toString('utf8')));
      }
    });
  });
}

function signal(jobs, name) {
  for (const { child } of jobs) {
    try {
      process.kill(-child.pid, name);
    } catch {
      // The whole group has ended, or never began.
    }
  }
}
