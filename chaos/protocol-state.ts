/** Terraform's state without Terraform. */
import type { DeclaredObject, Move, ProviderName, ResourceType } from './configuration';
import type { Stored } from './provider-calls';

export interface Instance {
  readonly type: ResourceType;
  readonly provider: ProviderName;
  /** Name of the key that it referred to when it was last applied. */
  readonly keyName: string | undefined;
  readonly current: Stored | undefined;
  readonly tainted: boolean;
  readonly deposed: readonly Stored[];
}

/** By name. */
export type State = ReadonlyMap<string, Instance>;

export function instanceOf(
  { type, provider, keyName }: DeclaredObject,
  current: Stored | undefined,
): Instance {
  return { type, provider, keyName, current, tainted: false, deposed: [] };
}

export function withMoves(state: State, moves: readonly Move[] = []): State {
  const moved = new Map(state);
  for (const { from, to } of moves) {
    const instance = moved.get(from);
    if (instance !== undefined && !moved.has(to)) {
      moved.delete(from);
      moved.set(to, instance);
      for (const [name, other] of [...moved].filter(([, { keyName }]) => keyName === from)) {
        moved.set(name, { ...other, keyName: to });
      }
    }
  }
  return moved;
}

/** Without what nothing is left of. */
export function withInstance(state: State, name: string, instance: Instance): State {
  const changed = new Map(state).set(name, instance);
  if (instance.current === undefined && instance.deposed.length === 0) {
    changed.delete(name);
  }
  return changed;
}

/**
 * The state while it is being changed; of a Terraform that leaves at once it holds what was known
 * until then.
 */
export class Ledger {
  #state: State;
  #isClosed = false;

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  put(name: string, instance: Instance): void {
    if (!this.#isClosed) {
      this.#state = withInstance(this.#state, name, instance);
    }
  }

  close(): void {
    this.#isClosed = true;
  }
}
