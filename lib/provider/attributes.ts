/**
 * Typed looks into Terraform values. Null and unknown both read as undefined; ask `isUnknown` where
 * the difference counts.
 */
import type { Value, Values } from '../tfplugin/values/value';
import { unknown } from '../tfplugin/values/value';

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** A list of strings; undefined, too, while one of them is unknown. */
export function texts(values: Values, name: string): readonly string[] | undefined {
  const value = values[name];
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
    ? value
    : undefined;
}

/** A map of strings; undefined, too, while one of them is unknown. */
export function textMap(
  values: Values,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const value = block(values, name);
  return value !== undefined && Object.values(value).every((element) => typeof element === 'string')
    ? (value as Record<string, string>)
    : undefined;
}

export function integer(values: Values, name: string): number | undefined {
  const value = values[name];
  return typeof value === 'number' ? value : undefined;
}

export function flag(values: Values, name: string): boolean | undefined {
  const value = values[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** A nested block; undefined if it is not written. */
export function block(values: Values, name: string): Values | undefined {
  const value = values[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

export function isUnknown(values: Values, name: string): boolean {
  return values[name] === unknown;
}

/**
 * Fills every attribute that is still unknown from `known`; what the plan promised stays as it is.
 */
export function complete(planned: Values, known: Readonly<Record<string, Value>>): Values {
  return Object.fromEntries(
    Object.entries(planned).map(([name, value]) => [
      name,
      value === unknown ? (known[name] ?? null) : value,
    ]),
  );
}
