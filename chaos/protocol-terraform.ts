/**
 * Terraform without Terraform: its calls in its order towards a real provider process, and its rules of what is kept when something
 * fails. A plan that fails changes nothing. A provider that dies in an update or a destroy leaves the attributes and takes the private
 * state along; one that dies in a create leaves nothing.
 */
import { externalKeySchema } from '../lib/schema/external-key';
import { keyMaterialSchema } from '../lib/schema/key-material';
import { providerSchema } from '../lib/schema/provider';
import * as messages from '../lib/tfplugin/messages';
import { ProviderDied, type ProviderSession } from './provider-session';
import {
  type CommandResult,
  type Declared,
  keyAttributes,
  materialAttributes,
  type ResourceName,
  resourceNames,
  resourceTypes,
  type Terraform,
} from './terraform';
import { type Attributes, broken, configOf, decode, encode, isWhollyKnown, planFaults, propose, same, unknown } from './terraform-values';

const schemas = { key: externalKeySchema, material: keyMaterialSchema } as const;

interface Stored {
  readonly attributes: Attributes;
  readonly private: Uint8Array;
}

type State = Partial<Record<ResourceName, Stored>>;

interface Change {
  readonly name: ResourceName;
  readonly action: 'create' | 'update' | 'replace' | 'delete' | 'none';
  readonly prior: Stored | undefined;
  readonly planned: Attributes | null;
  readonly private: Uint8Array;
}

interface Plan {
  readonly refreshed: State;
  readonly changes: readonly Change[];
}

/** A diagnostic of severity error, or a provider that died: the command ends here. */
class Failed extends Error {}

const nothing = new Uint8Array();

export interface ProtocolOptions {
  /** Of the provider block. */
  readonly provider: Attributes;
  /** Whether the process of this command serves the next one, too. Terraform starts a new one each time. */
  readonly keepsProcess: () => boolean;
  /** Of processes that it starts. */
  readonly env: () => NodeJS.ProcessEnv;
}

export class ProtocolTerraform implements Terraform {
  readonly #complaints: string[] = [];
  readonly #options: ProtocolOptions;
  readonly #session: ProviderSession;
  #state: State = {};
  #configured: number | undefined;
  readonly #startsBefore: number;
  #messages: string[] = [];

  /** @param session may come from a case before, its process still running */
  constructor(session: ProviderSession, options: ProtocolOptions) {
    this.#options = options;
    this.#session = session;
    this.#startsBefore = session.starts;
    session.env = options.env;
  }

  get starts(): number {
    return this.#session.starts - this.#startsBefore;
  }

  kill(): boolean {
    return this.#session.kill();
  }

  async end(): Promise<void> {
    const left = await this.#session.end();
    this.#complaints.push(...left.map((name) => `the provider left ${name} behind`));
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
    return this.#complaints.splice(0);
  }

  async forget(name: ResourceName): Promise<void> {
    delete this.#state[name];
  }

  attributes(name: ResourceName): Attributes | undefined {
    return this.#state[name]?.attributes;
  }

  plan(declared: Declared): Promise<CommandResult> {
    return this.#command(async (actions) => {
      actions.push(...actionsOf(await this.#plan(declared)));
    });
  }

  apply(declared: Declared): Promise<CommandResult> {
    return this.#command(async (actions) => {
      const plan = await this.#plan(declared);
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
      const refreshed = refresh ? (await this.#plan(declared)).refreshed : this.#state;
      const deletes: Change[] = [];
      for (const name of resourceNames.toReversed()) {
        const prior = refreshed[name];
        if (prior !== undefined) {
          deletes.push(await this.#planDelete(name, prior));
        }
      }
      actions.push(...actionsOf({ refreshed, changes: deletes }));
      await this.#nextProcess();
      this.#state = { ...refreshed };
      for (const change of deletes) {
        await this.#delete(change);
      }
    });
  }

  import(name: ResourceName, id: string): Promise<CommandResult> {
    return this.#command(async () => {
      const typeName = resourceTypes[name];
      const { importedResources = [], diagnostics } = await this.#call(
        'ImportResourceState',
        messages.ImportResourceStateRequest,
        messages.ImportResourceStateResponse,
        { typeName, id },
      );
      this.#note(diagnostics);
      const [imported] = importedResources;
      const attributes = decode(imported?.state);
      if (attributes === null) {
        throw new Failed('nothing was imported');
      }
      const read = await this.#read(name, { attributes, private: imported?.private ?? nothing });
      if (read === undefined) {
        throw new Failed('the imported object does not exist');
      }
      this.#state[name] = read;
    });
  }

  async #command(run: (actions: string[]) => Promise<void>): Promise<CommandResult> {
    this.#messages = [];
    this.#configured = undefined;
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
      this.#messages.push(error.message);
    }
    if (!this.#session.isRunning || !this.#options.keepsProcess()) {
      await this.end();
    }
    return { ok, messages: this.#messages, actions };
  }

  /** Also where the process stays, it is configured anew, as every process is. */
  async #nextProcess(): Promise<void> {
    this.#configured = undefined;
    if (!this.#options.keepsProcess()) {
      await this.end();
    }
  }

  // --- planning ---

  async #plan(declared: Declared): Promise<Plan> {
    const refreshed: State = {};
    const changes: Change[] = [];
    for (const name of resourceNames) {
      const stored = this.#state[name];
      const read = stored === undefined ? undefined : await this.#read(name, await this.#upgrade(name, stored));
      if (read !== undefined) {
        refreshed[name] = read;
      }
      const config = this.#configOf(name, declared, changes[0]);
      if (config === undefined) {
        changes.push(...(read === undefined ? [] : [await this.#planDelete(name, read)]));
        continue;
      }
      await this.#validate(name, config);
      changes.push(await this.#planChange(name, read, config));
    }
    return { refreshed, changes };
  }

  #configOf(name: ResourceName, declared: Declared, key: Change | undefined): Attributes | undefined {
    if (name === 'key') {
      return configOf(schemas.key, keyAttributes(declared));
    }
    const keyId = key?.planned?.key_id ?? this.#state.key?.attributes.key_id ?? unknown;
    return declared.material === undefined ? undefined : configOf(schemas.material, materialAttributes(declared.material, keyId));
  }

  async #upgrade(name: ResourceName, stored: Stored): Promise<Stored> {
    const rawState = { json: Buffer.from(JSON.stringify(stored.attributes)) };
    const { upgradedState, diagnostics } = await this.#call(
      'UpgradeResourceState',
      messages.UpgradeResourceStateRequest,
      messages.UpgradeResourceStateResponse,
      { typeName: resourceTypes[name], version: schemas[name].version, rawState },
    );
    this.#note(diagnostics);
    const attributes = decode(upgradedState);
    if (attributes === null || !same(attributes, stored.attributes)) {
      this.#complaints.push(`${name}: the state does not survive UpgradeResourceState`);
    }
    return { ...stored, attributes: attributes ?? stored.attributes };
  }

  async #read(name: ResourceName, stored: Stored): Promise<Stored | undefined> {
    const answer = await this.#call('ReadResource', messages.ReadResourceRequest, messages.ReadResourceResponse, {
      typeName: resourceTypes[name],
      currentState: encode(stored.attributes),
      private: stored.private,
    });
    this.#note(answer.diagnostics);
    const attributes = decode(answer.newState);
    return attributes === null ? undefined : { attributes, private: answer.private ?? nothing };
  }

  async #validate(name: ResourceName, config: Attributes): Promise<void> {
    const request = { typeName: resourceTypes[name], config: encode(config), clientCapabilities: { writeOnlyAttributesAllowed: true } };
    const { diagnostics } = await this.#call(
      'ValidateResourceConfig',
      messages.ValidateResourceConfigRequest,
      messages.ValidateResourceConfigResponse,
      request,
    );
    this.#note(diagnostics);
  }

  async #planChange(name: ResourceName, prior: Stored | undefined, config: Attributes): Promise<Change> {
    const first = await this.#planOnce(name, prior, config);
    if (prior === undefined) {
      return { name, action: 'create', prior, planned: first.planned, private: first.private };
    }
    if (first.replaces) {
      const anew = await this.#planOnce(name, undefined, config);
      return { name, action: 'replace', prior, planned: anew.planned, private: anew.private };
    }
    const action = same(first.planned, prior.attributes) && isWhollyKnown(first.planned) ? 'none' : 'update';
    return { name, action, prior, planned: first.planned, private: first.private };
  }

  async #planOnce(
    name: ResourceName,
    prior: Stored | undefined,
    config: Attributes,
  ): Promise<{ planned: Attributes; private: Uint8Array; replaces: boolean }> {
    const attributes = prior?.attributes ?? null;
    const answer = await this.#call('PlanResourceChange', messages.PlanResourceChangeRequest, messages.PlanResourceChangeResponse, {
      typeName: resourceTypes[name],
      priorState: encode(attributes),
      proposedNewState: encode(propose(schemas[name], attributes, config)),
      config: encode(config),
      priorPrivate: prior?.private ?? nothing,
    });
    this.#note(answer.diagnostics);
    const planned = decode(answer.plannedState);
    if (planned === null) {
      throw new Failed(`${name}: planned nothing`);
    }
    this.#complain(name, 'produced an invalid plan', planFaults(schemas[name], attributes, config, planned));
    const paths = (answer.requiresReplace ?? []).map(({ steps }) => steps?.[0]?.attributeName ?? '');
    const replaces = attributes !== null && paths.some((path) => !same(planned[path], attributes[path]) || planned[path] === unknown);
    return { planned, private: answer.plannedPrivate ?? nothing, replaces };
  }

  async #planDelete(name: ResourceName, prior: Stored): Promise<Change> {
    const answer = await this.#call('PlanResourceChange', messages.PlanResourceChangeRequest, messages.PlanResourceChangeResponse, {
      typeName: resourceTypes[name],
      priorState: encode(prior.attributes),
      proposedNewState: encode(null),
      config: encode(null),
      priorPrivate: prior.private,
    });
    this.#note(answer.diagnostics);
    return { name, action: 'delete', prior, planned: null, private: answer.plannedPrivate ?? nothing };
  }

  // --- applying ---

  /** Plans once more, from the prior state and its private state, and applies what comes of that if it is what was planned. */
  async #change({ name, action, prior, planned }: Change, declared: Declared): Promise<void> {
    const config = this.#configOf(name, declared, undefined);
    const before = action === 'replace' ? undefined : prior;
    if (config === undefined || planned === null) {
      return;
    }
    const again = await this.#planChange(name, before, config);
    const final = again.planned ?? {};
    const differing = broken(planned, final);
    if (differing.length > 0 || (again.action !== (action === 'replace' ? 'create' : action) && again.action !== 'none')) {
      throw new Failed(`Provider produced inconsistent final plan for ${name}: ${differing.join(', ')} (${action}, ${again.action})`);
    }
    if (again.action === 'none') {
      return;
    }
    const answer = await this.#applyOnce(name, before, final, config, again.private);
    const attributes = decode(answer.newState);
    const failures = errorsOf(answer.diagnostics);
    if (failures.length === 0) {
      this.#complain(name, 'is not wholly known after apply', attributes !== null && isWhollyKnown(attributes) ? [] : ['the state']);
      this.#complain(name, 'produced an inconsistent result after apply', broken(final, attributes ?? {}));
    } else if (before === undefined && attributes !== null) {
      this.#complaints.push(`${name}: a failed create returned a state, which taints it: ${failures.join('; ')}`);
    }
    if (attributes !== null) {
      this.#state[name] = { attributes, private: answer.private ?? nothing };
    }
    this.#note(answer.diagnostics);
  }

  async #delete({ name, prior, private: plannedPrivate }: Change): Promise<void> {
    if (prior === undefined) {
      return;
    }
    const answer = await this.#applyOnce(name, prior, null, null, plannedPrivate);
    if (errorsOf(answer.diagnostics).length > 0) {
      this.#state[name] = { attributes: decode(answer.newState) ?? prior.attributes, private: nothing };
    } else {
      this.#complain(name, 'still exists after its destroy', decode(answer.newState) === null ? [] : ['the state']);
      delete this.#state[name];
    }
    this.#note(answer.diagnostics);
  }

  async #applyOnce(
    name: ResourceName,
    prior: Stored | undefined,
    planned: Attributes | null,
    config: Attributes | null,
    plannedPrivate: Uint8Array,
  ) {
    try {
      return await this.#call('ApplyResourceChange', messages.ApplyResourceChangeRequest, messages.ApplyResourceChangeResponse, {
        typeName: resourceTypes[name],
        priorState: encode(prior?.attributes ?? null),
        plannedState: encode(planned),
        config: encode(config),
        plannedPrivate,
      });
    } catch (error) {
      if (error instanceof ProviderDied && prior !== undefined) {
        this.#state[name] = { attributes: prior.attributes, private: nothing };
      }
      throw error;
    }
  }

  // --- calls ---

  readonly #call: ProviderSession['call'] = async (method, request, response, value) => {
    if (!this.#session.isRunning) {
      await this.end();
    }
    if (this.#session.starts !== this.#configured || !this.#session.isRunning) {
      const config = encode(configOf({ ...providerSchema, version: 0 }, this.#options.provider));
      await this.#session.call('ValidateProviderConfig', messages.ValidateProviderConfigRequest, messages.ValidateProviderConfigResponse, {
        config,
      });
      const { diagnostics } = await this.#session.call(
        'ConfigureProvider',
        messages.ConfigureProviderRequest,
        messages.ConfigureProviderResponse,
        { terraformVersion: '1.11.4', config },
      );
      this.#configured = this.#session.starts;
      this.#note(diagnostics);
    }
    return this.#session.call(method, request, response, value);
  };

  /** @throws Failed at an error */
  #note(diagnostics: readonly Diagnostic[] | undefined): void {
    this.#messages.push(...(diagnostics ?? []).map(({ summary, detail }) => `${summary ?? ''}: ${detail ?? ''}`));
    if (errorsOf(diagnostics).length > 0) {
      throw new Failed('the command failed');
    }
  }

  #complain(name: ResourceName, what: string, attributes: readonly string[]): void {
    if (attributes.length > 0) {
      this.#complaints.push(`${name} ${what}: ${attributes.join(', ')}`);
    }
  }
}

interface Diagnostic {
  readonly severity?: number;
  readonly summary?: string;
  readonly detail?: string;
}

function errorsOf(diagnostics: readonly Diagnostic[] | undefined): string[] {
  return (diagnostics ?? [])
    .filter(({ severity }) => severity === messages.severities.error)
    .map(({ summary, detail }) => `${summary ?? ''}: ${detail ?? ''}`);
}

function actionsOf({ changes }: Plan): string[] {
  return changes.filter(({ action }) => action !== 'none').map(({ name, action }) => `${name}: ${action}`);
}
