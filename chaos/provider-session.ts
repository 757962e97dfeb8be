/** A provider process, started when the next call needs one, and what it leaves behind. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Fields, Input, Message } from '../lib/tfplugin/protobuf';
import { Connection, ProviderProcess, terraformEnvironment } from '../test/tfplugin/fixtures/host';

export interface SessionOptions {
  readonly executable: string;
  /** Its temp folder is made in here. */
  readonly folder: string;
}

interface Running {
  readonly process: ProviderProcess;
  readonly connection: Connection;
  readonly temp: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The call ended because the process did. */
export class ProviderDied extends Error {}

export class ProviderSession {
  readonly #options: SessionOptions;
  #running: Running | undefined;
  #killed = false;
  /** Of the next process that is started. */
  env: () => NodeJS.ProcessEnv = () => ({});
  starts = 0;
  #stderr = '';

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** It runs in the environment that the next one would be started in. */
  get isCurrent(): boolean {
    return this.isRunning && JSON.stringify(this.#running?.env) === JSON.stringify(this.env());
  }

  get isRunning(): boolean {
    return this.#running !== undefined && !this.#killed;
  }

  /** @returns false when there was nothing to kill */
  kill(): boolean {
    const pid = this.#running?.process.child.pid;
    if (pid === undefined || this.#killed) {
      return false;
    }
    this.#killed = true;
    return process.kill(pid, 'SIGKILL');
  }

  /** @throws ProviderDied */
  async call<Q extends Fields, S extends Fields>(method: string, request: Q, response: S, value: Input<Q>): Promise<Partial<Message<S>>> {
    const { connection } = await this.#start();
    try {
      return await connection.call(method, request, response, value);
    } catch (error) {
      if (this.#killed) {
        await this.end();
        throw new ProviderDied(`the provider was killed during ${method}`);
      }
      throw error;
    }
  }

  /** What processes wrote to stderr since this was asked last. */
  takeStderr(): string {
    const { process } = this.#running ?? {};
    const text = this.#stderr + (process?.stderr ?? '');
    this.#stderr = '';
    if (process !== undefined) {
      process.stderr = '';
    }
    return text;
  }

  /** Ends the process as Terraform does. @returns what it left behind: nothing, unless it was killed */
  async end(): Promise<string[]> {
    const running = this.#running;
    if (running === undefined) {
      return [];
    }
    if (!this.#killed) {
      await running.connection.exchange('/plugin.GRPCController/Shutdown', (stream) => stream.end(Buffer.alloc(5)));
    }
    running.connection.close();
    await running.process.ended();
    this.#stderr += running.process.stderr;
    const left = readdirSync(running.temp, { recursive: true, encoding: 'utf8' });
    rmSync(running.temp, { recursive: true });
    const excused = this.#killed;
    this.#running = undefined;
    this.#killed = false;
    return excused ? [] : left;
  }

  async #start(): Promise<Running> {
    if (this.#running !== undefined) {
      return this.#running;
    }
    this.starts += 1;
    const temp = mkdtempSync(join(this.#options.folder, 't'));
    const env = this.env();
    const process = new ProviderProcess(this.#options.executable, [], { ...terraformEnvironment(undefined), TMPDIR: temp, ...env });
    const connection = new Connection(await process.handshake(), undefined);
    this.#running = { process, connection, temp, env };
    return this.#running;
  }
}
