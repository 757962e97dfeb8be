/**
 * Terraform's part in the values of a resource: MessagePack with unknowns, the proposed state, and
 * the checks that Terraform makes of what a provider answers. Written from Terraform's
 * documentation of the object lifecycle; shares no code with the provider.
 */
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import type { ResourceSchema } from '../lib/schema/model';

export type Attributes = Readonly<Record<string, unknown>>;

/** A value that is only known after apply. */
export const unknown = Object.freeze({ only: 'known after apply' });

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: (value) => (value === unknown ? new Uint8Array(1) : null),
  decode: () => unknown,
});
const encoder = new Encoder({ extensionCodec });
const decoder = new Decoder({ extensionCodec });

export interface Dynamic {
  readonly msgpack: Uint8Array;
}

export function encode(value: Attributes | null): Dynamic {
  return { msgpack: encoder.encode(value) };
}

export function decode(value: { readonly msgpack?: Uint8Array } | undefined): Attributes | null {
  return value?.msgpack === undefined ? null : (decoder.decode(value.msgpack) as Attributes | null);
}

/** Everything that the schema has; null where nothing is written. */
export function configOf(
  { attributes, blocks = {} }: ResourceSchema,
  written: Attributes,
): Attributes {
  const names = [...Object.keys(attributes), ...Object.keys(blocks)];
  return Object.fromEntries(names.map((name) => [name, written[name] ?? null]));
}

/**
 * Configuration where there is some; else, for what is computed, what was before. What is
 * write-only stays in the configuration.
 */
export function propose(
  { attributes }: ResourceSchema,
  prior: Attributes | null,
  config: Attributes,
): Attributes {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      attributes[name]?.writeOnly === true
        ? null
        : value !== null || attributes[name]?.computed !== true
          ? value
          : prior === null
            ? unknown
            : (prior[name] ?? null),
    ]),
  );
}

/** "Provider produced invalid plan". */
export function planFaults(
  { attributes }: ResourceSchema,
  prior: Attributes | null,
  config: Attributes,
  planned: Attributes,
): string[] {
  return Object.keys(config).filter((name) => {
    const value = planned[name];
    if (attributes[name]?.writeOnly === true) {
      return value !== null;
    }
    if (config[name] !== null) {
      return !same(value, config[name]) && !(prior !== null && same(value, prior[name]));
    }
    return attributes[name]?.computed !== true && value !== null;
  });
}

/**
 * Names whose known planned value is not what came: "inconsistent final plan", "inconsistent result
 * after apply".
 */
export function broken(planned: Attributes, actual: Attributes): string[] {
  return Object.keys(planned).filter(
    (name) => planned[name] !== unknown && !same(planned[name], actual[name]),
  );
}

export function isWhollyKnown(value: Attributes): boolean {
  return Object.values(value).every((item) => item !== unknown);
}

export function same(a: unknown, b: unknown): boolean {
  return a === unknown || b === unknown
    ? a === b
    : JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
