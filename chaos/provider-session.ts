/** A provider process, started when the next call needs one. */
import type { Fields, Input, Message } from '../lib/tfplugin/grpc/protobuf';
import { Connection, ProviderProcess, terraformEnvironment } from '../test/tfplugin/fixtures/host';

export interface SessionOptions {
  readonly executable: string;
  /** Its temp folder, which all of one Terraform share. */
  readonly temp: string;
}

interface Running {
  readonly process: ProviderProcess;
  readonly connection: Connection;
  readonly env: NodeJS.ProcessEnv;
  /** By us, or by an interrupt: what it was asked last has no answer. */
  ended: 'killed' | 'shut down' | undefined;
}

/** The call ended because the process did. */
export class ProviderDied extends Error {}

/** go-plugin's patience with a process that was told to end. */
const shutdownMs = 2000;

export class ProviderSession {
  readonly #options: SessionOptions;
  #running: Promise<Running> | undefined;
  #now: Running | undefined;
  /** Of the next process that is started. */
  env: () => NodeJS.ProcessEnv = () => ({});
  starts = 0;
  #stderr = '';

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** It runs in the environment that the next one would be started in. */
  get isCurrent(): boolean {
    return this.isRunning && JSON.stringify(this.#now?.env) === JSON.stringify(this.env());
  }

  get isRunning(): boolean {
    return this.#now !== undefined && this.#now.ended === undefined;
  }

  /** There is a process that was killed or shut down. */
  get isOver(): boolean {
    return this.#now?.ended !== undefined;
  }

  /** @returns false when there was nothing to kill */
  kill(): boolean {
    const pid = this.#now?.process.child.pid;
    if (this.#now === undefined || pid === undefined || !this.isRunning) {
      return false;
    }
    this.#now.ended = 'killed';
    return process.kill(pid, 'SIGKILL');
  }

  /** As Terraform does at the first Ctrl-C. @returns false when nothing runs */
  stop(): boolean {
    if (this.#now === undefined || !this.isRunning) {
      return false;
    }
    void this.#now.connection.exchange('/tfplugin6.Provider/StopProvider', (stream) =>
      stream.end(Buffer.alloc(5)),
    );
    return true;
  }

  /** As go-plugin does when Terraform leaves at once, at the second. */
  shutDown(): void {
    const running = this.#now;
    if (running === undefined || !this.isRunning) {
      return;
    }
    running.ended = 'shut down';
    void running.connection.exchange('/plugin.GRPCController/Shutdown', (stream) =>
      stream.end(Buffer.alloc(5)),
    );
    const kill = setTimeout(() => running.process.child.kill('SIGKILL'), shutdownMs);
    void running.process.ended().then(() => clearTimeout(kill));
  }

  /** @throws ProviderDied */
  async call<Q extends Fields, S extends Fields>(
    method: string,
    request: Q,
    response: S,
    value: Input<Q>,
  ): Promise<Partial<Message<S>>> {
    const running = await this.#start();
    try {
      return await running.connection.call(method, request, response, value);
    } catch (error) {
      if (running.ended !== undefined) {
        await running.process.ended();
        throw new ProviderDied(`the provider was ${running.ended} during ${method}`);
      }
      throw error;
    }
  }

  /** What processes wrote to stderr since this was asked last. */
  takeStderr(): string {
    const { process } = this.#now ?? {};
    const text = this.#stderr + (process?.stderr ?? '');
    this.#stderr = '';
    if (process !== undefined) {
      process.stderr = '';
    }
    return text;
  }

  /** Ends the process as Terraform does. */
  async end(): Promise<void> {
    const running = this.#now;
    if (running === undefined) {
      return;
    }
    if (running.ended === undefined) {
      await running.connection.exchange('/plugin.GRPCController/Shutdown', (stream) =>
        stream.end(Buffer.alloc(5)),
      );
    }
    if (running.ended !== 'shut down') {
      running.connection.close();
    }
    await running.process.ended();
    running.connection.close();
    this.#stderr += running.process.stderr;
    this.#running = undefined;
    this.#now = undefined;
  }

  #start(): Promise<Running> {
    this.#running ??= this.#startAnew();
    return this.#running;
  }

  async #startAnew(): Promise<Running> {
    this.starts += 1;
    const env = this.env();
    const process = new ProviderProcess(this.#options.executable, [], {
      ...terraformEnvironment(undefined),
      TMPDIR: this.#options.temp,
      ...env,
    });
    const connection = new Connection(await process.handshake(), undefined);
    this.#now = { process, connection, env, ended: undefined };
    return this.#now;
  }
}
