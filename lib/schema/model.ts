/**
 * How a Terraform schema is written down in this library: plain data that the plugin protocol encodes, that values are
 * checked against, and that the documentation prints.
 */

export type ScalarType = 'string' | 'number' | 'bool';

/** Terraform's type expressions, as they stand in its JSON form. */
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
  /** What a null means, for the documentation; applied by the resource, not by the protocol. */
  readonly default?: string | number | boolean;
  /** The only values allowed, when they can be listed. */
  readonly allowed?: readonly string[];
  /** A change of this attribute means another object. */
  readonly requiresReplace?: boolean;
}

export interface BlockSchema {
  readonly description: string;
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  /** Nested blocks; every one of ours is a single object. */
  readonly blocks?: Readonly<Record<string, BlockSchema>>;
}

export interface ResourceSchema extends BlockSchema {
  readonly version: number;
}

export interface ParameterSchema {
  readonly name: string;
  readonly type: AttributeType;
  /** Markdown. */
  readonly description: string;
  /** @default false: Terraform refuses null before it calls */
  readonly allowNull?: boolean;
  /** @default false: an unknown argument makes the result unknown, without a call */
  readonly allowUnknown?: boolean;
  /** The only values allowed, for the documentation; checked by the function. */
  readonly allowed?: readonly string[];
}

/** A provider function, called as `provider::<provider>::<name>(…)`. */
export interface FunctionSchema {
  /** One sentence of plain text. */
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly parameters: readonly ParameterSchema[];
  /** Takes any number of further arguments. */
  readonly variadic?: ParameterSchema;
  readonly returnType: AttributeType;
}
