/**
 * Terraform without Terraform: its calls in its order towards a real provider process, and its rules of what is kept when something
 * fails. A plan that fails changes nothing. A provider that dies in an update or a destroy leaves the attributes and takes the private
 * state along; one that dies in a create leaves nothing.
 */
import { actionsOf, type Change, configFor, planAll, planChange, planDestroy, type State } from './protocol-plan';
import { type ApplyAnswer, errorsOf, Failed, noPrivate, ProviderCalls, type Stored } from './provider-calls';
import { ProviderDied, type ProviderSession } from './provider-session';
import type { CommandResult, Declared, ResourceName, Terraform } from './terraform';
import { type Attributes, broken, isWhollyKnown } from './terraform-values';

export interface ProtocolOptions {
  /** Of the provider block. */
  readonly provider: Attributes;
  /** Whether the process of this command serves the next one, too. Terraform starts a new one each time. */
  readonly keepsProcess: () => boolean;
  /** Of processes that it starts. */
  readonly env: () => NodeJS.ProcessEnv;
}

export class ProtocolTerraform implements Terraform {
  readonly #keepsProcess: () => boolean;
  readonly #session: ProviderSession;
  readonly #calls: ProviderCalls;
  readonly #startsBefore: number;
  #state: State = {};

  /** @param session may come from a case before, its process still running */
  constructor(session: ProviderSession, { provider, keepsProcess, env }: ProtocolOptions) {
    this.#keepsProcess = keepsProcess;
    this.#session = session;
    this.#calls = new ProviderCalls(session, provider);
    this.#startsBefore = session.starts;
    session.env = env;
  }

  get starts(): number {
    return this.#session.starts - this.#startsBefore;
  }

  kill(): boolean {
    return this.#session.kill();
  }

  end(): Promise<void> {
    return this.#calls.endProcess();
  }

  async remove(): Promise<void> {
    if (!this.#session.isCurrent) {
      await this.end();
    }
  }

  written(): Buffer {
    const privates = Object.values(this.#state).map((stored) => Buffer.from(stored.private));
    return Buffer.concat([Buffer.from(JSON.stringify(this.#state)), ...privates, Buffer.from(this.#session.takeStderr())]);
  }

  complaints(): string[] {
    return this.#calls.complaints.splice(0);
  }

  async forget(name: ResourceName): Promise<void> {
    delete this.#state[name];
  }

  attributes(name: ResourceName): Attributes | undefined {
    return this.#state[name]?.attributes;
  }

  plan(declared: Declared): Promise<CommandResult> {
    return this.#command(async (actions) => {
      actions.push(...actionsOf(await planAll(this.#calls, this.#state, declared)));
    });
  }

  apply(declared: Declared): Promise<CommandResult> {
    return this.#command(async (actions) => {
      const plan = await planAll(this.#calls, this.#state, declared);
      actions.push(...actionsOf(plan));
      await this.#nextProcess();
      this.#state = { ...plan.refreshed };
      for (const change of [...plan.changes].reverse().filter(({ action }) => action === 'delete' || action === 'replace')) {
        await this.#delete(change);
      }
      for (const change of plan.changes.filter(({ action }) => action !== 'delete')) {
        await this.#change(change, declared);
      }
    });
  }

  destroy(declared: Declared, refresh = true): Promise<CommandResult> {
    return this.#command(async (actions) => {
      const refreshed = refresh ? (await planAll(this.#calls, this.#state, declared)).refreshed : this.#state;
      // The plan before a destroy is one of its own, with a provider of its own.
      await this.#nextProcess();
      const plan = await planDestroy(this.#calls, refreshed);
      actions.push(...actionsOf(plan));
      await this.#nextProcess();
      this.#state = { ...plan.refreshed };
      for (const change of plan.changes) {
        await this.#delete(change);
      }
    });
  }

  import(name: ResourceName, id: string): Promise<CommandResult> {
    return this.#command(async () => {
      const read = await this.#calls.read(name, await this.#calls.import(name, id));
      if (read === undefined) {
        throw new Failed('the imported object does not exist');
      }
      this.#state[name] = read;
    });
  }

  async #command(run: (actions: string[]) => Promise<void>): Promise<CommandResult> {
    this.#calls.beginCommand();
    if (this.#session.isRunning && !this.#session.isCurrent) {
      await this.end();
    }
    const actions: string[] = [];
    let ok = true;
    try {
      await run(actions);
    } catch (error) {
      if (!(error instanceof Failed || error instanceof ProviderDied)) {
        throw error;
      }
      ok = false;
      this.#calls.messages.push(error.message);
    }
    if (!this.#session.isRunning || !this.#keepsProcess()) {
      await this.end();
    }
    return { ok, messages: this.#calls.messages, actions };
  }

  async #nextProcess(): Promise<void> {
    this.#calls.configureAnew();
    if (!this.#keepsProcess()) {
      await this.end();
    }
  }

  /** Plans once more, from the prior state and its private state, and applies what comes of that if it is what was planned. */
  async #change({ name, action, prior, planned }: Change, declared: Declared): Promise<void> {
    const config = configFor(name, declared, this.#state.key?.attributes.key_id);
    const before = action === 'replace' ? undefined : prior;
    if (config === undefined || planned === null) {
      return;
    }
    const again = await planChange(this.#calls, name, before, config);
    const final = again.planned ?? {};
    const differing = broken(planned, final);
    if (differing.length > 0 || (again.action !== (action === 'replace' ? 'create' : action) && again.action !== 'none')) {
      throw new Failed(`Provider produced inconsistent final plan for ${name}: ${differing.join(', ')} (${action}, ${again.action})`);
    }
    if (again.action === 'none') {
      return;
    }
    const { attributes, private: kept, diagnostics } = await this.#applyOnce(name, before, final, config, again.private);
    const failures = errorsOf(diagnostics);
    if (failures.length === 0) {
      this.#calls.complain(name, 'is not wholly known after apply', attributes !== null && isWhollyKnown(attributes) ? [] : ['the state']);
      this.#calls.complain(name, 'produced an inconsistent result after apply', broken(final, attributes ?? {}));
    } else if (before === undefined && attributes !== null) {
      this.#calls.complaints.push(`${name}: a failed create returned a state, which taints it: ${failures.join('; ')}`);
    }
    if (attributes !== null) {
      this.#state[name] = { attributes, private: kept };
    }
    this.#calls.note(diagnostics);
  }

  async #delete({ name, prior, private: plannedPrivate }: Change): Promise<void> {
    if (prior === undefined) {
      return;
    }
    const { attributes, diagnostics } = await this.#applyOnce(name, prior, null, null, plannedPrivate);
    if (errorsOf(diagnostics).length > 0) {
      this.#state[name] = { attributes: attributes ?? prior.attributes, private: noPrivate };
    } else {
      this.#calls.complain(name, 'still exists after its destroy', attributes === null ? [] : ['the state']);
      delete this.#state[name];
    }
    this.#calls.note(diagnostics);
  }

  async #applyOnce(
    name: ResourceName,
    prior: Stored | undefined,
    planned: Attributes | null,
    config: Attributes | null,
    plannedPrivate: Uint8Array,
  ): Promise<ApplyAnswer> {
    try {
      return await this.#calls.apply(name, prior, planned, config, plannedPrivate);
    } catch (error) {
      if (error instanceof ProviderDied && prior !== undefined) {
        this.#state[name] = { attributes: prior.attributes, private: noPrivate };
      }
      throw error;
    }
  }
}
