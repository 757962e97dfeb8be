/**
 * The provider processes of one Terraform, one for each provider block, and what they leave behind.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderName } from './configuration';
import type { ProviderSession } from './provider-session';

export interface ProcessesOptions {
  /** May come from a case before, their processes still running. */
  readonly sessions: Readonly<Record<ProviderName, ProviderSession>>;
  /** Temp folder of all. */
  readonly temp: string;
  /**
   * Whether the process of this command serves the next one, too. Terraform starts a new one each
   * time.
   */
  readonly keepsProcess: () => boolean;
  /** Of processes that are started. */
  readonly env: () => NodeJS.ProcessEnv;
}

export class Processes {
  readonly complaints: string[] = [];
  readonly #options: ProcessesOptions;
  readonly #sessions: readonly ProviderSession[];
  readonly #startsBefore: number;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#sessions = Object.values(options.sessions);
    this.#startsBefore = this.#startsOfAll();
    for (const session of this.#sessions) {
      session.env = options.env;
    }
  }

  get starts(): number {
    return this.#startsOfAll() - this.#startsBefore;
  }

  /** @returns false when there was nothing to kill */
  kill(): boolean {
    return this.#sessions.map((session) => session.kill()).includes(true);
  }

  /** @returns false when nothing runs */
  stop(): boolean {
    return this.#sessions.map((session) => session.stop()).includes(true);
  }

  shutDown(): void {
    for (const session of this.#sessions) {
      session.shutDown();
    }
  }

  takeStderr(): string {
    return this.#sessions.map((session) => session.takeStderr()).join('');
  }

  /**
   * Also where a process stays until the next phase or command, those that are over or in another
   * environment do not.
   */
  async next(mustEnd = false): Promise<void> {
    const running = this.#sessions.filter(({ isRunning }) => isRunning);
    const stale =
      this.#sessions.some(({ isOver }) => isOver) || running.some(({ isCurrent }) => !isCurrent);
    // Of several, what one leaves for the others is gone when all of them are.
    if (mustEnd || stale || !this.#options.keepsProcess() || running.length > 1) {
      await this.end();
    }
  }

  /**
   * A command is a Terraform of its own: what processes of the one before left for each other is
   * not its, and the next run takes it away.
   */
  beginRun(): void {
    for (const name of readdirSync(this.#options.temp).filter(isOfRun)) {
      const folder = join(this.#options.temp, name);
      for (const mark of readdirSync(folder).filter((file) => file.startsWith('walk-'))) {
        rmSync(join(folder, mark));
      }
    }
  }

  /** What processes leave for the other ones of their run stays. */
  async end(): Promise<void> {
    const inPeace = !this.#sessions.some(({ isOver }) => isOver);
    await Promise.all(this.#sessions.map((session) => session.end()));
    const { temp } = this.#options;
    for (const name of readdirSync(temp).filter((one) => !isOfRun(one))) {
      rmSync(join(temp, name), { recursive: true });
      if (inPeace) {
        this.complaints.push(`the provider left ${name} behind`);
      }
    }
  }

  #startsOfAll(): number {
    return this.#sessions.reduce((sum, { starts }) => sum + starts, 0);
  }
}

const isOfRun = (name: string): boolean => name.startsWith('byok-run-');
