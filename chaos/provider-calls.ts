/**
 * What Terraform asks a provider about a resource, each a call within a command: an error among the
 * diagnostics ends the command.
 */
import { externalKeySchema } from '../lib/schema/external-key';
import { keyMaterialSchema } from '../lib/schema/key-material';
import { providerSchema } from '../lib/schema/provider';
import * as messages from '../lib/tfplugin/grpc/messages';
import { type ResourceType, resourceTypes } from './configuration';
import { ProviderDied, type ProviderSession } from './provider-session';
import {
  type Attributes,
  configOf,
  decode,
  encode,
  planFaults,
  propose,
  same,
  unknown,
} from './terraform-values';

export const schemas = { key: externalKeySchema, material: keyMaterialSchema } as const;

export interface Stored {
  readonly attributes: Attributes;
  readonly private: Uint8Array;
}

export interface PlanAnswer {
  readonly planned: Attributes;
  readonly private: Uint8Array;
  readonly replaces: boolean;
}

export interface ApplyAnswer {
  readonly attributes: Attributes | null;
  readonly private: Uint8Array;
  /** Not noted yet: what came with them is kept first. */
  readonly diagnostics: readonly Diagnostic[] | undefined;
}

interface Diagnostic {
  readonly severity?: number;
  readonly summary?: string;
  readonly detail?: string;
}

/** A diagnostic of severity error: the command ends here. */
export class Failed extends Error {}

export const noPrivate = new Uint8Array();

export class ProviderCalls {
  /** What Terraform would call a bug in the provider. */
  readonly complaints: string[] = [];
  /** Errors and warnings of the command. */
  messages: string[] = [];
  readonly #session: ProviderSession;
  readonly #provider: () => Attributes;
  #configured: Promise<void> | undefined;
  /** What is asked after the death of its process is answered by nobody. */
  #died = false;

  /** @param provider the attributes of its block */
  constructor(session: ProviderSession, provider: () => Attributes) {
    this.#session = session;
    this.#provider = provider;
  }

  /** Also where the process stays, it is configured anew, as every process is. */
  configureAnew(): void {
    this.#configured = undefined;
    this.#died = false;
  }

  /** @throws Failed at an error */
  note(diagnostics: readonly Diagnostic[] | undefined): void {
    this.messages.push(
      ...(diagnostics ?? []).map(({ summary, detail }) => `${summary ?? ''}: ${detail ?? ''}`),
    );
    if (errorsOf(diagnostics).length > 0) {
      throw new Failed('the command failed');
    }
  }

  /** Unless there are no such attributes. */
  complain(name: string, what: string, attributes: readonly string[]): void {
    if (attributes.length > 0) {
      this.complaints.push(`${name} ${what}: ${attributes.join(', ')}`);
    }
  }

  async import(name: ResourceType, id: string): Promise<Stored> {
    const { importedResources = [], diagnostics } = await this.#call(
      'ImportResourceState',
      messages.ImportResourceStateRequest,
      messages.ImportResourceStateResponse,
      { typeName: resourceTypes[name], id },
    );
    this.note(diagnostics);
    const [imported] = importedResources;
    const attributes = decode(imported?.state);
    if (attributes === null) {
      throw new Failed('nothing was imported');
    }
    return { attributes, private: imported?.private ?? noPrivate };
  }

  async upgrade(name: ResourceType, stored: Stored): Promise<Stored> {
    const rawState = { json: Buffer.from(JSON.stringify(stored.attributes)) };
    const { upgradedState, diagnostics } = await this.#call(
      'UpgradeResourceState',
      messages.UpgradeResourceStateRequest,
      messages.UpgradeResourceStateResponse,
      { typeName: resourceTypes[name], version: schemas[name].version, rawState },
    );
    this.note(diagnostics);
    const attributes = decode(upgradedState);
    if (attributes === null || !same(attributes, stored.attributes)) {
      this.complaints.push(`${name}: the state does not survive UpgradeResourceState`);
    }
    return { ...stored, attributes: attributes ?? stored.attributes };
  }

  async read(name: ResourceType, stored: Stored): Promise<Stored | undefined> {
    const answer = await this.#call(
      'ReadResource',
      messages.ReadResourceRequest,
      messages.ReadResourceResponse,
      {
        typeName: resourceTypes[name],
        currentState: encode(stored.attributes),
        private: stored.private,
      },
    );
    this.note(answer.diagnostics);
    const attributes = decode(answer.newState);
    return attributes === null ? undefined : { attributes, private: answer.private ?? noPrivate };
  }

  async validate(name: ResourceType, config: Attributes): Promise<void> {
    const request = {
      typeName: resourceTypes[name],
      config: encode(config),
      clientCapabilities: { writeOnlyAttributesAllowed: true },
    };
    const { diagnostics } = await this.#call(
      'ValidateResourceConfig',
      messages.ValidateResourceConfigRequest,
      messages.ValidateResourceConfigResponse,
      request,
    );
    this.note(diagnostics);
  }

  /**
   * @param priorPrivate of the prior state, or for the creation of a replacement that of its first
   *   plan
   */
  async plan(
    name: ResourceType,
    attributes: Attributes | null,
    config: Attributes,
    priorPrivate: Uint8Array,
  ): Promise<PlanAnswer> {
    const answer = await this.#call(
      'PlanResourceChange',
      messages.PlanResourceChangeRequest,
      messages.PlanResourceChangeResponse,
      {
        typeName: resourceTypes[name],
        priorState: encode(attributes),
        proposedNewState: encode(propose(schemas[name], attributes, config)),
        config: encode(config),
        priorPrivate,
      },
    );
    this.note(answer.diagnostics);
    const planned = decode(answer.plannedState);
    if (planned === null) {
      throw new Failed(`${name}: planned nothing`);
    }
    this.complain(
      name,
      'produced an invalid plan',
      planFaults(schemas[name], attributes, config, planned),
    );
    const paths = (answer.requiresReplace ?? []).map(
      ({ steps }) => steps?.[0]?.attributeName ?? '',
    );
    const replaces =
      attributes !== null &&
      paths.some((path) => !same(planned[path], attributes[path]) || planned[path] === unknown);
    return { planned, private: answer.plannedPrivate ?? noPrivate, replaces };
  }

  /** @returns private state of the plan */
  async planDelete(name: ResourceType, prior: Stored): Promise<Uint8Array> {
    const answer = await this.#call(
      'PlanResourceChange',
      messages.PlanResourceChangeRequest,
      messages.PlanResourceChangeResponse,
      {
        typeName: resourceTypes[name],
        priorState: encode(prior.attributes),
        proposedNewState: encode(null),
        config: encode(null),
        priorPrivate: prior.private,
      },
    );
    this.note(answer.diagnostics);
    return answer.plannedPrivate ?? noPrivate;
  }

  /** @param planned null: it is destroyed */
  async apply(
    name: ResourceType,
    prior: Stored | undefined,
    planned: Attributes | null,
    config: Attributes | null,
    plannedPrivate: Uint8Array,
  ): Promise<ApplyAnswer> {
    const answer = await this.#call(
      'ApplyResourceChange',
      messages.ApplyResourceChangeRequest,
      messages.ApplyResourceChangeResponse,
      {
        typeName: resourceTypes[name],
        priorState: encode(prior?.attributes ?? null),
        plannedState: encode(planned),
        config: encode(config),
        plannedPrivate,
      },
    );
    return {
      attributes: decode(answer.newState),
      private: answer.private ?? noPrivate,
      diagnostics: answer.diagnostics,
    };
  }

  readonly #call: ProviderSession['call'] = async (method, request, response, value) => {
    if (this.#died) {
      throw new ProviderDied(`${method}: the provider is gone`);
    }
    try {
      this.#configured ??= this.#configure();
      await this.#configured;
      return await this.#session.call(method, request, response, value);
    } catch (error) {
      this.#died ||= error instanceof ProviderDied;
      throw error;
    }
  };

  async #configure(): Promise<void> {
    if (!this.#session.isRunning) {
      await this.#session.end();
    }
    const config = encode(
      configOf({ ...providerSchema, version: 0, identity: [] }, this.#provider()),
    );
    await this.#session.call(
      'ValidateProviderConfig',
      messages.ValidateProviderConfigRequest,
      messages.ValidateProviderConfigResponse,
      {
        config,
      },
    );
    const { diagnostics } = await this.#session.call(
      'ConfigureProvider',
      messages.ConfigureProviderRequest,
      messages.ConfigureProviderResponse,
      { terraformVersion: '1.11.4', config },
    );
    this.note(diagnostics);
  }
}

export function errorsOf(diagnostics: readonly Diagnostic[] | undefined): string[] {
  return (diagnostics ?? [])
    .filter(({ severity }) => severity === messages.severities.error)
    .map(({ summary, detail }) => `${summary ?? ''}: ${detail ?? ''}`);
}
