/** What is written in a configuration: provider blocks, and resources under their addresses. */
import type { Attributes } from './terraform-values';

export const resourceTypes = { key: 'byok_external_key', material: 'byok_key_material' } as const;

export type ResourceType = keyof typeof resourceTypes;

/** Aliases of the provider; each block is a process of its own. */
export const providerNames = ['one', 'two'] as const;

export type ProviderName = (typeof providerNames)[number];

export interface DeclaredObject {
  readonly type: ResourceType;
  /** Unique among all, whatever their type. */
  readonly name: string;
  readonly provider: ProviderName;
  readonly attributes: Attributes;
  /** Name of the key whose `key_id` it refers to; undefined: it refers to none. */
  readonly keyName: string | undefined;
  readonly ignoreChanges: readonly string[];
  readonly createBeforeDestroy: boolean;
}

export interface Configuration {
  readonly objects: readonly DeclaredObject[];
  /** In every provider block, over what the campaign gives. */
  readonly provider?: Attributes;
  readonly moved?: readonly Move[];
}

export interface Move {
  readonly from: string;
  readonly to: string;
}

/** With nothing but what most have. */
export function declare(
  object: Pick<DeclaredObject, 'type' | 'name' | 'attributes'> & Partial<DeclaredObject>,
): DeclaredObject {
  return {
    provider: 'one',
    keyName: undefined,
    ignoreChanges: [],
    createBeforeDestroy: false,
    ...object,
  };
}

/** The address without its type, which the name tells. */
export function addressOf({ type, name }: Pick<DeclaredObject, 'type' | 'name'>): string {
  return `${resourceTypes[type]}.${name}`;
}
