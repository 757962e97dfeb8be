/**
 * The command without the start of Node, which costs more than all the rest of a run: its bundle,
 * from `lib/cli/main.ts` on, runs here, in the process of the test.
 *
 * Each run evaluates the bundle anew and gets a `process` of its own: arguments, environment,
 * folder, input, outputs and exit code are as a process has them. What is missing is Node: its
 * options, its pipes, its signals and the end of everything with the exit. A test whose subject
 * they are starts a process.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import * as os from 'node:os';
import { dirname } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Script } from 'node:vm';
import { enterFolder, firstFolder } from '../support/enter-folder';
import type { Finished } from './byok-process';

export interface Surroundings {
  /** All of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Buffer | undefined;
  readonly cwd?: string | undefined;
}

type Bundle = (
  require: (name: string) => unknown,
  module: object,
  exports: object,
  folder: string,
  own: object,
) => void;

export class ByokHere {
  readonly #file: string;
  readonly #bundle: Bundle;

  constructor(file: string) {
    const code = readFileSync(file, 'utf8');
    const wrapped = `(function (require, module, exports, __dirname, process) {${code}\n})`;
    this.#file = file;
    this.#bundle = new Script(wrapped, { filename: file }).runInThisContext() as Bundle;
  }

  async run(args: readonly string[], { env, input, cwd }: Surroundings): Promise<Finished> {
    const life = new Life([process.execPath, this.#file, ...args], env, input);
    const leave = enterFolder(
      cwd ?? firstFolder,
      'in two folders at once, the command must be a process of its own',
    );
    try {
      const exports = {};
      const require = (name: string) => life.required(name);
      this.#bundle(require, { exports }, exports, dirname(this.#file), life.process);
      return await life.ended;
    } finally {
      leave();
    }
  }
}

/** From its start to its exit. */
class Life {
  readonly ended: Promise<Finished>;
  readonly process: NodeJS.Process;
  readonly #env: Readonly<Record<string, string>>;
  readonly #stdout = new Output();
  readonly #stderr = new Output();
  #end: (finished: Finished) => void = () => {};

  constructor(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    input: string | Buffer | undefined,
  ) {
    this.#env = env;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const events = new EventEmitter();
    this.process = Object.create(process, {
      ...asProperties({
        argv,
        env: { ...env },
        stdin: Readable.from(input === undefined || input.length === 0 ? [] : [Buffer.from(input)]),
        stdout: this.#stdout,
        stderr: this.#stderr,
        exit: (code: number) => this.#exit(code),
        on: events.on.bind(events),
        once: events.once.bind(events),
      }),
      exitCode: { writable: true, value: undefined },
    });
  }

  #exit(code: number): void {
    this.#end({ status: code, stdout: this.#stdout.text, stderr: this.#stderr.text });
  }

  /** Commander relies on nothing running afterwards; what `main.ts` prints of this, none reads. */
  readonly #exitAtOnce = (code: number): never => {
    this.#exit(code);
    throw new Error('the command has ended');
  };

  /** Those, too, that read the environment. */
  required(name: string): unknown {
    const { HOME = os.homedir(), TMPDIR = '/tmp' } = this.#env;
    switch (name.replace(/^node:/, '')) {
      case 'process':
        return Object.create(this.process, asProperties({ exit: this.#exitAtOnce }));
      case 'os':
        return { ...os, homedir: () => HOME, tmpdir: () => TMPDIR };
      default:
        return require(name);
    }
  }
}

const asProperties = (values: object): PropertyDescriptorMap =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

class Output extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
