/**
 * Compares an import with what a test expects, in the words of the constructs.
 * Omitted properties count as their defaults.
 */
import { propertyName } from '../cdktf/config-attributes';
import type { ImportedKeyProps } from '../cdktf/imported-key-props';
import type { KeyMaterialConfig, KeyMaterialSourceConfig } from '../cdktf/key-material-config';
import { externalKeySchema } from '../schema/external-key';
import { keyMaterialSchema } from '../schema/key-material';
import type { AttributeSchema } from '../schema/model';
import {
  type ExpirationInstant,
  never,
  parseExpirationTime,
  sameExpiration,
} from '../terms/expiration-time';
import { tryFindKeySpec } from '../terms/kms';
import type { SynthesizedImport } from './synthesized-import';

/** A matcher of jest and similar frameworks: `expect.any(String)`, `expect.stringMatching(/…/)`. */
interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

type OrMatcher<Properties> = {
  readonly [Name in keyof Properties]?: Properties[Name] | AsymmetricMatcher;
};

interface ExpirationExpectation {
  /**
   * A fixed expiry. Two texts for one instant are equal.
   * "never" also matches an import that declares no expiry.
   */
  readonly expirationTime?: Date | string;
}

/**
 * Properties of an import: those of `ImportedKey`, with source and expiration named
 * as in `KeyMaterial`, and `keyId` for a key that the stack does not declare.
 * A value may be an asymmetric matcher; `undefined` means "not declared".
 * `materialFile` is compared as it stands in `cdk.tf.json`, where a relative path starts at the
 * folder of the stack ("../../../payments.key"), so use `expect.stringContaining('payments.key')`.
 */
export type ImportExpectation = OrMatcher<
  Omit<
    ImportedKeyProps,
    'key' | 'source' | 'expiration' | 'timeouts' | 'engine' | 'forEach' | 'provider'
  > &
    KeyMaterialSourceConfig &
    Pick<KeyMaterialConfig, 'keyId' | 'validFor' | 'renewBefore'> &
    ExpirationExpectation
>;

/** A property that differs from the expectation. */
export interface Difference {
  readonly property: string;
  /** Undefined means not declared. */
  readonly actual: unknown;
}

/** Equality of the test framework, which understands asymmetric matchers. */
export type Equals = (actual: unknown, expected: unknown) => boolean;

type Read = (subject: SynthesizedImport) => unknown;

/** Every property that a test can expect. */
const properties: ReadonlyMap<string, Read> = new Map([
  ...settable(externalKeySchema.attributes).map((attribute): [string, Read] => [
    attribute === 'on_destroy' ? 'keyOnDestroy' : propertyName(attribute),
    ({ key }) => key && written(key.attributes, externalKeySchema.attributes, attribute),
  ]),
  ...settable(keyMaterialSchema.attributes).map((attribute): [string, Read] => [
    propertyName(attribute),
    ({ attributes }) => written(attributes, keyMaterialSchema.attributes, attribute),
  ]),
  ['keyUsage', usageOf],
  ['expirationTime', expirationOf],
]);

/** All properties of `ImportExpectation`. */
export const expectedNames = [...properties.keys()];

/** @throws ByokError ERR_ARGUMENT when the expected expiry is not an instant */
export function differencesFrom(
  expected: ImportExpectation,
  subject: SynthesizedImport,
  equals: Equals,
): Difference[] {
  return Object.entries(expected).flatMap(([property, value]) => {
    const actual = properties.get(property)?.(subject);
    const same =
      property === 'expirationTime' ? sameInstant(actual, value, equals) : equals(actual, value);
    return same ? [] : [{ property, actual }];
  });
}

function settable(attributes: Readonly<Record<string, AttributeSchema>>): string[] {
  return Object.keys(attributes).filter(
    (name) => attributes[name]?.required || attributes[name]?.optional,
  );
}

function written(
  attributes: object,
  schema: Readonly<Record<string, AttributeSchema>>,
  name: string,
): unknown {
  return (attributes as Record<string, unknown>)[name] ?? schema[name]?.default;
}

/** A new key gets the first usage of its spec. */
function usageOf({ key }: SynthesizedImport): unknown {
  return (
    key &&
    (key.attributes.key_usage ??
      tryFindKeySpec(key.attributes.key_spec ?? externalKeySchema.attributes.key_spec.default)
        ?.usages[0])
  );
}

/**
 * In a key of the same stack, material without a declared expiry never expires.
 * A key from elsewhere keeps the expiry that it has.
 */
function expirationOf({ attributes, key }: SynthesizedImport): unknown {
  return (
    attributes.expiration_time ??
    (key === undefined || attributes.valid_for !== undefined ? undefined : never)
  );
}

function sameInstant(actual: unknown, expected: unknown, equals: Equals): boolean {
  if (typeof expected !== 'string' && !(expected instanceof Date)) {
    return equals(actual, expected);
  }
  return (
    typeof actual === 'string' &&
    !actual.includes('${') &&
    sameExpiration(parseExpirationTime(actual), instantOf(expected))
  );
}

/** @throws ByokError ERR_ARGUMENT when the text is not an instant */
function instantOf(instant: Date | string): ExpirationInstant {
  return instant instanceof Date ? instant : parseExpirationTime(instant);
}
