/** Terraform without Terraform: its calls in its order towards real provider processes, one for each provider block. A plan that fails changes nothing. */
import { type Configuration, type ProviderName, providerNames, resourceTypes } from './configuration';
import { ProtocolApply } from './protocol-apply';
import { actionsOf, complete, type Plan, planAll, planDestroy, shownBy } from './protocol-plan';
import { instanceOf, Ledger, type State, withMoves } from './protocol-state';
import { Failed, ProviderCalls } from './provider-calls';
import { ProviderDied, type ProviderSession } from './provider-session';
import type { Random } from './random';
import type { ApplyOptions, CommandResult, StateObject, Terraform } from './terraform';
import type { Attributes } from './terraform-values';
import { type Manner, walk } from './walk';

export interface ProtocolOptions {
  /** Of each provider block. */
  readonly provider: Attributes;
  /** Whether the process of this command serves the next one, too. Terraform starts a new one each time. */
  readonly keepsProcess: () => boolean;
  /** Of processes that it starts. */
  readonly env: () => NodeJS.ProcessEnv;
  /** For what Terraform leaves to chance. */
  readonly random: Random;
}

interface Said {
  readonly actions: string[];
  planned: boolean;
  recorded: boolean;
  shown: Record<string, Attributes>;
}

export class ProtocolTerraform implements Terraform {
  readonly #options: ProtocolOptions;
  readonly #sessions: readonly ProviderSession[];
  readonly #calls: Readonly<Record<ProviderName, ProviderCalls>>;
  readonly #startsBefore: number;
  #ledger = new Ledger(new Map());
  #provider: Attributes;
  #messages: string[] = [];
  #interrupted: 0 | 1 | 2 = 0;

  /** @param sessions may come from a case before, their processes still running */
  constructor(sessions: Readonly<Record<ProviderName, ProviderSession>>, options: ProtocolOptions) {
    this.#options = options;
    this.#provider = options.provider;
    this.#sessions = Object.values(sessions);
    const calls = (name: ProviderName) => [name, new ProviderCalls(sessions[name], () => this.#provider)] as const;
    this.#calls = Object.fromEntries(providerNames.map(calls)) as Record<ProviderName, ProviderCalls>;
    this.#startsBefore = this.#startsOfAll();
    for (const session of this.#sessions) {
      session.env = options.env;
    }
  }

  get starts(): number {
    return this.#startsOfAll() - this.#startsBefore;
  }

  kill(): boolean {
    return this.#sessions.map((session) => session.kill()).includes(true);
  }

  interrupt(times: 1 | 2): boolean {
    if (!this.#sessions.map((session) => session.stop()).includes(true)) {
      return false;
    }
    this.#interrupted = times;
    if (times === 2) {
      this.#ledger.close();
      for (const session of this.#sessions) {
        session.shutDown();
      }
    }
    return true;
  }

  async end(): Promise<void> {
    await Promise.all(Object.values(this.#calls).map((calls) => calls.endProcess()));
  }

  async remove(): Promise<void> {
    if (this.#sessions.some((session) => !session.isCurrent)) {
      await this.end();
    }
  }

  written(): Buffer {
    const stored = [...this.#state.values()].flatMap(({ current, deposed }) => (current === undefined ? deposed : [current, ...deposed]));
    const attributes = Buffer.from(JSON.stringify(stored.map((one) => one.attributes)));
    const stderr = this.#sessions.map((session) => session.takeStderr()).join('');
    return Buffer.concat([attributes, ...stored.map((one) => one.private), Buffer.from(stderr)]);
  }

  complaints(): string[] {
    return Object.values(this.#calls).flatMap(({ complaints }) => complaints.splice(0));
  }

  async forget(name: string): Promise<void> {
    const state = new Map(this.#state);
    state.delete(name);
    this.#ledger = new Ledger(state);
  }

  async taint(name: string): Promise<void> {
    const instance = this.#state.get(name);
    if (instance !== undefined) {
      this.#ledger.put(name, { ...instance, tainted: true });
    }
  }

  attributes(name: string): Attributes | undefined {
    return this.#state.get(name)?.current?.attributes;
  }

  objects(): readonly StateObject[] {
    return [...this.#state].flatMap(([name, { type, current, deposed }]) => [
      ...(current === undefined ? [] : [{ type, name, attributes: current.attributes, deposed: false }]),
      ...deposed.map(({ attributes }) => ({ type, name, attributes, deposed: true })),
    ]);
  }

  plan(configuration: Configuration): Promise<CommandResult> {
    return this.#command(configuration, async (said) => {
      said.recorded = false;
      note(said, await this.#planned(configuration, {}));
    });
  }

  apply(configuration: Configuration, options: ApplyOptions = {}): Promise<CommandResult> {
    return this.#command(configuration, async (said) => {
      const plan = await this.#planned(configuration, options);
      note(said, plan);
      await this.#carryOut(plan);
    });
  }

  destroy(configuration: Configuration, refresh = true): Promise<CommandResult> {
    return this.#command(configuration, async (said) => {
      const refreshed = refresh ? (await this.#planned(configuration, {})).refreshed : this.#state;
      // The plan before a destroy is one of its own, with a provider of its own.
      await this.#nextProcess();
      const plan = complete(await planDestroy(this.#callsOf, refreshed, this.#manner()));
      note(said, plan);
      await this.#carryOut(plan);
    });
  }

  import(name: string, id: string, configuration: Configuration): Promise<CommandResult> {
    return this.#command(configuration, async () => {
      const object = configuration.objects.find((one) => one.name === name);
      if (object === undefined) {
        throw new Failed(`${name} is not declared`);
      }
      const { type, provider } = object;
      const read = await this.#calls[provider].read(type, await this.#calls[provider].import(type, id));
      if (read === undefined) {
        throw new Failed(`the imported object does not exist: ${resourceTypes[type]} ${id}`);
      }
      this.#ledger.put(name, instanceOf(object, read));
    });
  }

  get #state(): State {
    return this.#ledger.state;
  }

  readonly #callsOf = (provider: ProviderName) => this.#calls[provider];

  #startsOfAll(): number {
    return this.#sessions.reduce((sum, { starts }) => sum + starts, 0);
  }

  /** @throws Failed unless everything could be planned */
  async #planned(configuration: Configuration, options: ApplyOptions): Promise<Plan> {
    const state = withMoves(this.#state, configuration.moved);
    return complete(await planAll(this.#callsOf, state, configuration, options, this.#manner()));
  }

  async #carryOut(plan: Plan): Promise<void> {
    await this.#nextProcess();
    this.#ledger = new Ledger(plan.refreshed);
    const steps = new ProtocolApply(this.#callsOf, plan, this.#ledger, () => this.#interrupted > 0).steps();
    if (!(await walk(steps, this.#manner()))) {
      throw new Failed('not everything was done');
    }
  }

  #manner(): Manner {
    const { random } = this.#options;
    return {
      random,
      atOnce: random.chance(0.5),
      halted: () => this.#interrupted > 0,
      onFailure: (error) => {
        if (!(error instanceof Failed || error instanceof ProviderDied)) {
          throw error;
        }
        this.#messages.push(error.message);
      },
    };
  }

  async #command({ provider }: Configuration, run: (said: Said) => Promise<void>): Promise<CommandResult> {
    this.#provider = { ...this.#options.provider, ...provider };
    this.#messages = [];
    this.#interrupted = 0;
    this.#ledger = new Ledger(this.#state);
    for (const calls of Object.values(this.#calls)) {
      calls.messages = [];
      calls.configureAnew();
    }
    if (this.#sessions.some((session) => session.isRunning && !session.isCurrent)) {
      await this.end();
    }
    const said: Said = { actions: [], planned: false, recorded: true, shown: {} };
    let ok = true;
    try {
      await run(said);
    } catch (error) {
      if (!(error instanceof Failed || error instanceof ProviderDied)) {
        throw error;
      }
      ok = false;
      this.#messages.push(error.message);
    }
    if (this.#interrupted > 0 || this.#sessions.some(({ isOver }) => isOver) || !this.#options.keepsProcess()) {
      await this.end();
    }
    const messages = [...Object.values(this.#calls).flatMap((calls) => calls.messages), ...this.#messages];
    return { ok: ok && this.#interrupted === 0, messages, ...said };
  }

  async #nextProcess(): Promise<void> {
    for (const calls of Object.values(this.#calls)) {
      calls.configureAnew();
    }
    if (!this.#options.keepsProcess()) {
      await this.end();
    }
  }
}

function note(said: Said, plan: Plan): void {
  said.actions.push(...actionsOf(plan));
  said.planned = true;
  said.shown = shownBy(plan);
}
