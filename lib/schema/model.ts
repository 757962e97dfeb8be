/**
 * The form of a Terraform schema in this library: plain data.
 * The plugin protocol encodes it, the provider checks values against it, and the docs print it.
 */

export type ScalarType = 'string' | 'number' | 'bool';

/** Terraform's type expressions in their JSON form. */
export type AttributeType =
  | ScalarType
  | readonly ['list' | 'set' | 'map', AttributeType]
  | readonly ['object', Readonly<Record<string, AttributeType>>];

export interface AttributeSchema {
  readonly type: AttributeType;
  /** Markdown. */
  readonly description: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  readonly writeOnly?: boolean;
  readonly deprecated?: boolean;
  /** What null means, for the docs. The resource applies it, the protocol does not. */
  readonly default?: string | number | boolean;
  /** The only allowed values, if they can be listed. */
  readonly allowed?: readonly string[];
  /** A change of this attribute replaces the object. */
  readonly requiresReplace?: boolean;
}

export interface BlockSchema {
  readonly description: string;
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  /** Nested blocks. Each of ours is a single object. */
  readonly blocks?: Readonly<Record<string, BlockSchema>>;
}

export interface ResourceSchema extends BlockSchema {
  readonly version: number;
  /**
   * Attributes that name the object in the cloud and never change, for `import { identity = … }`;
   * the first one alone is its id. Empty: there is no identity.
   */
  readonly identity: readonly string[];
}

export interface ParameterSchema {
  readonly name: string;
  readonly type: AttributeType;
  /** Markdown. */
  readonly description: string;
  /** @default false: Terraform refuses null before it makes a call */
  readonly allowNull?: boolean;
  /** @default false: an unknown argument makes the result unknown, and Terraform makes no call */
  readonly allowUnknown?: boolean;
  /** The only allowed values, for the docs. The function itself checks them. */
  readonly allowed?: readonly string[];
}

/** A provider function; configurations call it as `provider::<provider>::<name>(…)`. */
export interface FunctionSchema {
  /** One sentence of plain text. */
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly parameters: readonly ParameterSchema[];
  /** Accepts any number of further arguments. */
  readonly variadic?: ParameterSchema;
  readonly returnType: AttributeType;
}
