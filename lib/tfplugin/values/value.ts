/**
 * Terraform values in this process:
 * plain JSON-like data, checked against the schema on the way in and out.
 * Sets are arrays whose order means nothing.
 * An object has every attribute of its schema, null if unset.
 */

/** A value that Terraform will know only after apply. */
export const unknown: unique symbol = Symbol('unknown');

export type Unknown = typeof unknown;

export type Value =
  | null
  | string
  | number
  | boolean
  | Unknown
  | Value[]
  | { [name: string]: Value };

/** One object or block: every attribute and nested block of its schema, by name. */
export type Values = Record<string, Value>;
