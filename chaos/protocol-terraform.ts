/**
 * Terraform without Terraform: its calls in its order towards real provider processes, one for each
 * provider block. A plan that fails changes nothing.
 */
import { writeFileSync } from 'node:fs';
import {
  type Configuration,
  type ProviderName,
  providerNames,
  resourceTypes,
} from './configuration';
import { Processes, type ProcessesOptions } from './processes';
import { ProtocolApply } from './protocol-apply';
import { actionsOf, complete, type Plan, planAll, planDestroy, shownBy } from './protocol-plan';
import { instanceOf, Ledger, type State, withMoves } from './protocol-state';
import { Failed, ProviderCalls } from './provider-calls';
import { ProviderDied } from './provider-session';
import type { Random } from './random';
import type { ApplyOptions, CommandResult, StateObject, Terraform } from './terraform';
import type { Attributes } from './terraform-values';
import { type Manner, walk } from './walk';

export interface ProtocolOptions extends ProcessesOptions {
  /** Of each provider block. */
  readonly provider: Attributes;
  /** File in which the processes find the command line of their Terraform. */
  readonly commandFile: string;
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
  readonly #processes: Processes;
  readonly #calls: Readonly<Record<ProviderName, ProviderCalls>>;
  #ledger = new Ledger(new Map());
  #provider: Attributes;
  #messages: string[] = [];
  #interrupted: 0 | 1 | 2 = 0;

  constructor(options: ProtocolOptions) {
    this.#options = options;
    this.#provider = options.provider;
    this.#processes = new Processes(options);
    const calls = (name: ProviderName) =>
      [name, new ProviderCalls(options.sessions[name], () => this.#provider)] as const;
    this.#calls = Object.fromEntries(providerNames.map(calls)) as Record<
      ProviderName,
      ProviderCalls
    >;
  }

  get starts(): number {
    return this.#processes.starts;
  }

  kill(): boolean {
    return this.#processes.kill();
  }

  interrupt(times: 1 | 2): boolean {
    if (!this.#processes.stop()) {
      return false;
    }
    this.#interrupted = times;
    if (times === 2) {
      this.#ledger.close();
      this.#processes.shutDown();
    }
    return true;
  }

  end(): Promise<void> {
    return this.#processes.end();
  }

  remove(): Promise<void> {
    return this.#processes.next();
  }

  written(): Buffer {
    const stored = [...this.#state.values()].flatMap(({ current, deposed }) =>
      current === undefined ? deposed : [current, ...deposed],
    );
    const attributes = Buffer.from(JSON.stringify(stored.map((one) => one.attributes)));
    const stderr = this.#processes.takeStderr();
    return Buffer.concat([attributes, ...stored.map((one) => one.private), Buffer.from(stderr)]);
  }

  complaints(): string[] {
    return [this.#processes, ...Object.values(this.#calls)].flatMap(({ complaints }) =>
      complaints.splice(0),
    );
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
      ...(current === undefined
        ? []
        : [{ type, name, attributes: current.attributes, deposed: false }]),
      ...deposed.map(({ attributes }) => ({ type, name, attributes, deposed: true })),
    ]);
  }

  plan(configuration: Configuration): Promise<CommandResult> {
    return this.#command('plan', configuration, async (said) => {
      said.recorded = false;
      note(said, await this.#planned(configuration, {}));
    });
  }

  apply(configuration: Configuration, options: ApplyOptions = {}): Promise<CommandResult> {
    return this.#command('apply', configuration, async (said) => {
      const plan = await this.#planned(configuration, options);
      note(said, plan);
      await this.#carryOut(plan);
    });
  }

  destroy(configuration: Configuration, refresh = true): Promise<CommandResult> {
    return this.#command('destroy', configuration, async (said) => {
      const refreshed = refresh ? (await this.#planned(configuration, {})).refreshed : this.#state;
      // The plan before a destroy is one of its own, with a provider of its own.
      await this.#nextProcess();
      const plan = complete(await planDestroy(this.#callsOf, refreshed, this.#manner()));
      note(said, plan);
      await this.#carryOut(plan);
    });
  }

  import(name: string, id: string, configuration: Configuration): Promise<CommandResult> {
    return this.#command('import', configuration, async () => {
      const object = configuration.objects.find((one) => one.name === name);
      if (object === undefined) {
        throw new Failed(`${name} is not declared`);
      }
      const { type, provider } = object;
      const read = await this.#calls[provider].read(
        type,
        await this.#calls[provider].import(type, id),
      );
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

  /** @throws Failed unless everything could be planned */
  async #planned(configuration: Configuration, options: ApplyOptions): Promise<Plan> {
    const state = withMoves(this.#state, configuration.moved);
    return complete(await planAll(this.#callsOf, state, configuration, options, this.#manner()));
  }

  async #carryOut(plan: Plan): Promise<void> {
    await this.#nextProcess();
    this.#ledger = new Ledger(plan.refreshed);
    const steps = new ProtocolApply(
      this.#callsOf,
      plan,
      this.#ledger,
      () => this.#interrupted > 0,
    ).steps();
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

  async #command(
    name: string,
    { provider }: Configuration,
    run: (said: Said) => Promise<void>,
  ): Promise<CommandResult> {
    this.#provider = { ...this.#options.provider, ...provider };
    writeFileSync(this.#options.commandFile, `terraform\0${name}\0`);
    this.#messages = [];
    this.#interrupted = 0;
    this.#ledger = new Ledger(this.#state);
    for (const calls of Object.values(this.#calls)) {
      calls.messages = [];
      calls.configureAnew();
    }
    await this.#processes.next();
    this.#processes.beginRun();
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
    await this.#processes.next(this.#interrupted > 0);
    const messages = [
      ...Object.values(this.#calls).flatMap((calls) => calls.messages),
      ...this.#messages,
    ];
    return { ok: ok && this.#interrupted === 0, messages, ...said };
  }

  async #nextProcess(): Promise<void> {
    for (const calls of Object.values(this.#calls)) {
      calls.configureAnew();
    }
    await this.#processes.next();
  }
}

function note(said: Said, plan: Plan): void {
  said.actions.push(...actionsOf(plan));
  said.planned = true;
  said.shown = shownBy(plan);
}
