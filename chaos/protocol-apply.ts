/**
 * Terraform's apply without Terraform, and its rules of what is kept when something fails. A
 * provider that dies in an update leaves the attributes and takes the private state along; one that
 * dies in a create leaves nothing, and in a destroy everything.
 */
import {
  type CallsOf,
  type Change,
  configFor,
  dependants,
  type Plan,
  planChange,
  planDelete,
} from './protocol-plan';
import { type Instance, instanceOf, type Ledger } from './protocol-state';
import { type ApplyAnswer, errorsOf, Failed, noPrivate, type Stored } from './provider-calls';
import { ProviderDied } from './provider-session';
import { type Attributes, broken, isWhollyKnown } from './terraform-values';
import type { Step } from './walk';

export class ProtocolApply {
  readonly #callsOf: CallsOf;
  readonly #plan: Plan;
  readonly #ledger: Ledger;
  readonly #halted: () => boolean;

  /**
   * @param ledger holds what the plan refreshed
   * @param halted after Ctrl-C, when no change is begun any more
   */
  constructor(callsOf: CallsOf, plan: Plan, ledger: Ledger, halted: () => boolean) {
    this.#callsOf = callsOf;
    this.#plan = plan;
    this.#ledger = ledger;
    this.#halted = halted;
  }

  /** What refers to a key goes before it and comes after it. */
  steps(): Step[] {
    return this.#plan.changes.flatMap((change, index): Step[] => {
      const { name, action, createFirst, object, deposed } = change;
      const others = dependants(this.#plan.refreshed, name);
      const gone = others.flatMap((one) => [`destroy ${one}`, `destroy old ${one}`]);
      const key = object?.keyName === undefined ? [] : [`change ${object.keyName}`];
      const begin = {
        name: `change ${name}`,
        run: () => (createFirst ? this.#createFirst(change) : this.#change(change)),
      };
      if (deposed) {
        return [
          {
            name: `deposed ${index}`,
            after: [begin.name],
            run: () => this.#destroyDeposed(change),
          },
        ];
      }
      const destroy = { name: `destroy ${name}`, after: gone, run: () => this.#destroy(change) };
      const destroyOld = {
        name: `destroy old ${name}`,
        after: [begin.name, ...gone, ...others.map((one) => `change ${one}`)],
        run: () => this.#destroyDeposed(change),
      };
      const steps: Readonly<Record<Change['action'], readonly Step[]>> = {
        none: [],
        delete: [destroy],
        create: [{ ...begin, after: key }],
        update: [{ ...begin, after: key }],
        replace: createFirst
          ? [{ ...begin, after: key }, destroyOld]
          : [destroy, { ...begin, after: [...key, destroy.name] }],
      };
      return [...steps[action]];
    });
  }

  /**
   * Plans once more, from the prior state and its private state, and applies what comes of that if
   * it is what was planned.
   */
  async #change({ name, type, provider, action, planned, object }: Change): Promise<void> {
    const calls = this.#callsOf(provider);
    if (object === undefined || planned === null) {
      return;
    }
    const keyId =
      object.keyName === undefined
        ? undefined
        : this.#ledger.state.get(object.keyName)?.current?.attributes.key_id;
    const before = action === 'update' ? this.#ledger.state.get(name)?.current : undefined;
    const again = await planChange(calls, object, before, keyId, { tainted: false, forced: false });
    const final = again.planned ?? {};
    const differing = broken(planned, final);
    if (
      differing.length > 0 ||
      (again.action !== (action === 'replace' ? 'create' : action) && again.action !== 'none')
    ) {
      throw new Failed(
        `Provider produced inconsistent final plan for ${name}: ${differing.join(', ')} (${action}, ${again.action})`,
      );
    }
    if (again.action === 'none') {
      return;
    }
    if (this.#halted()) {
      throw new Failed('execution halted');
    }
    const answer = await this.#ask(name, before, () =>
      calls.apply(type, before, final, configFor(object, keyId), again.private),
    );
    const failures = errorsOf(answer.diagnostics);
    if (failures.length === 0) {
      const known = answer.attributes !== null && isWhollyKnown(answer.attributes);
      calls.complain(name, 'is not wholly known after apply', known ? [] : ['the state']);
      calls.complain(
        name,
        'produced an inconsistent result after apply',
        broken(final, answer.attributes ?? {}),
      );
    } else if (before === undefined && answer.attributes !== null) {
      calls.complaints.push(
        `${name}: a failed create returned a state, which taints it: ${failures.join('; ')}`,
      );
    }
    if (answer.attributes !== null) {
      const { deposed } = this.#ledger.state.get(name) ?? { deposed: [] };
      this.#ledger.put(name, {
        ...instanceOf(object, { attributes: answer.attributes, private: answer.private }),
        deposed,
      });
    }
    calls.note(answer.diagnostics);
  }

  /**
   * What is there is put aside first; when nothing comes in its place, it comes back, but not after
   * Ctrl-C.
   */
  async #createFirst(change: Change): Promise<void> {
    const { name, prior } = change;
    const instance = this.#ledger.state.get(name);
    if (instance === undefined || prior === undefined) {
      return;
    }
    this.#ledger.put(name, {
      ...instance,
      current: undefined,
      tainted: false,
      deposed: [...instance.deposed, prior],
    });
    try {
      await this.#change(change);
    } catch (error) {
      if (this.#ledger.state.get(name)?.current === undefined && !this.#halted()) {
        this.#ledger.put(name, instance);
      }
      throw error;
    }
  }

  async #destroy({ name, type, provider, prior, private: plannedPrivate }: Change): Promise<void> {
    const calls = this.#callsOf(provider);
    const instance = this.#ledger.state.get(name);
    if (instance === undefined || prior === undefined) {
      return;
    }
    const kept = await this.#destroyed(name, prior, () =>
      calls.apply(type, prior, null, null, plannedPrivate),
    );
    this.#ledger.put(name, {
      ...instance,
      current: kept.left,
      tainted: kept.left !== undefined && instance.tainted,
    });
    calls.note(kept.diagnostics);
  }

  /** Its destroy is planned by the process that carries it out. */
  async #destroyDeposed({ name, type, provider, prior }: Change): Promise<void> {
    const calls = this.#callsOf(provider);
    if (prior === undefined || this.#ledger.state.get(name)?.deposed.includes(prior) !== true) {
      return;
    }
    const { private: plannedPrivate } = await planDelete(
      calls,
      { name, type, provider },
      prior,
      true,
    );
    const kept = await this.#destroyed(name, prior, () =>
      calls.apply(type, prior, null, null, plannedPrivate),
    );
    const instance = this.#ledger.state.get(name) as Instance;
    const others = instance.deposed.filter((one) => one !== prior);
    this.#ledger.put(name, {
      ...instance,
      deposed: kept.left === undefined ? others : [...others, kept.left],
    });
    calls.note(kept.diagnostics);
  }

  async #destroyed(
    name: string,
    prior: Stored,
    apply: () => Promise<ApplyAnswer>,
  ): Promise<{ left: Stored | undefined; diagnostics: ApplyAnswer['diagnostics'] }> {
    const { attributes, private: kept, diagnostics } = await apply();
    if (errorsOf(diagnostics).length > 0) {
      return { left: attributes === null ? prior : { attributes, private: kept }, diagnostics };
    }
    if (attributes !== null) {
      throw new Failed(`${name} still exists after its destroy`);
    }
    return { left: undefined, diagnostics };
  }

  async #ask(
    name: string,
    before: Stored | undefined,
    apply: () => Promise<ApplyAnswer>,
  ): Promise<ApplyAnswer> {
    try {
      return await apply();
    } catch (error) {
      const instance = this.#ledger.state.get(name);
      if (error instanceof ProviderDied && before !== undefined && instance !== undefined) {
        const attributes: Attributes = before.attributes;
        this.#ledger.put(name, { ...instance, current: { attributes, private: noPrivate } });
      }
      throw error;
    }
  }
}
