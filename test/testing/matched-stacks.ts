/** Stacks for the tests of the matchers, and what a matcher says of one when it fails. */
import { stripVTControlCharacters } from 'node:util';
import { TerraformVariable } from 'cdktf';
import {
  ByokProvider,
  Expiration,
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterial,
  KeyMaterialSource,
} from 'cdktf-byok';
import { synth } from 'cdktf-byok/testing';
import type { Construct } from 'constructs';

const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');

export const pin = `sha256:${'0a'.repeat(32)}`;

/**
 * A stack with an imported key for each of these, called key0, key1 … unless they have an alias.
 */
export function stackWith(...keys: Partial<ImportedKeyProps>[]): (stack: Construct) => void {
  return (stack) => {
    keys.forEach((props, index) => {
      const alias = props.alias ?? `key${index}`;
      new ImportedKey(stack, alias, { source, ...props, alias });
    });
  };
}

/** What a matcher says when it fails, without colours. */
export function failureOf(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return stripVTControlCharacters((error as Error).message);
  }
  throw new Error('the expectation holds');
}

/** Imports nothing. */
export const none = synth(() => undefined);

/** Its expiry only Terraform knows. */
export const untilVariable = synth((stack) => {
  const until = new TerraformVariable(stack, 'until', { type: 'string' }).stringValue;
  stackWith({ expiration: Expiration.at(until) })(stack);
});

export const adoptedKey = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

/** Imports into a key from elsewhere. */
export const adopted = synth((stack) => {
  ByokProvider.of(stack);
  new KeyMaterial(stack, 'adopted', { keyId: adoptedKey, materialEnv: 'KEY' });
});
