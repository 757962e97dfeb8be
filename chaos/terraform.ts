/** What a case asks of Terraform, whoever plays it. */
import type { Configuration, ResourceType } from './configuration';
import type { Attributes } from './terraform-values';

export interface CommandResult {
  readonly ok: boolean;
  /** Errors and warnings. */
  readonly messages: readonly string[];
  /** For example `material: update`, and `material (deposed): delete`. */
  readonly actions: readonly string[];
  /** The plan came to its end; what follows was said and done by apply. */
  readonly planned: boolean;
  /** The state holds what was found and done. */
  readonly recorded: boolean;
  /**
   * What the plan shows of objects that are to be there afterwards; none where the real terraform
   * plans.
   */
  readonly shown: Readonly<Record<string, Attributes>>;
}

export interface ApplyOptions {
  /** Names of `-replace`. */
  readonly replace?: readonly string[];
}

export interface Terraform {
  apply(configuration: Configuration, options?: ApplyOptions): Promise<CommandResult>;
  /** `actions` is empty when there is nothing to do. */
  plan(configuration: Configuration): Promise<CommandResult>;
  /**
   * @param refresh false: `-refresh=false`, where nothing but the destroy itself is planned
   *   @default true
   */
  destroy(configuration: Configuration, refresh?: boolean): Promise<CommandResult>;
  import(name: string, id: string, configuration: Configuration): Promise<CommandResult>;
  /** `terraform state rm` */
  forget(name: string): Promise<void>;
  /** `terraform taint` */
  taint(name: string): Promise<void>;
  /** As the state has them. */
  attributes(name: string): Attributes | undefined;
  /** Everything in the state, deposed objects last. */
  objects(): readonly StateObject[];
  /** SIGKILL to every process of the provider; false when none runs. */
  kill(): boolean;
  /** Ctrl-C, once or twice; false when nothing runs. */
  interrupt(times: 1 | 2): boolean;
  /** The next command gets a new process: time has moved. */
  end(): Promise<void>;
  /** Ends everything, and takes it away. */
  remove(): Promise<void>;
  /**
   * What Terraform would call a bug in the provider, and what processes left behind, since it was
   * asked last.
   */
  complaints(): string[];
  /**
   * Everything that was written down for longer than a command: state, private state, logs; what
   * the provider wrote since it was asked last.
   */
  written(): Buffer;
  readonly starts: number;
}

export interface StateObject {
  readonly type: ResourceType;
  readonly name: string;
  readonly attributes: Attributes;
  readonly deposed: boolean;
}
