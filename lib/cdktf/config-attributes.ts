/**
 * Turns the configuration of a construct into Terraform's.
 * The schema tables say the names, types, nested blocks and secret values.
 * A new attribute needs a table entry and a documented property, and no change here.
 */
import { type IResolvable, Token } from 'cdktf';
import { ByokError } from '../errors';
import type { AttributeSchema, AttributeType, BlockSchema } from '../schema/model';

/** The TypeScript name of an attribute: `key_id` is `keyId`. */
export function propertyName(attribute: string): string {
  return attribute.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The value of an attribute in a configuration; undefined if it is not given. */
export function propertyOf(config: object, attribute: string): unknown {
  return (config as Record<string, unknown>)[propertyName(attribute)];
}

/** Attributes and blocks for JSON output, without undefined values. */
export function jsonAttributes(schema: BlockSchema, config: object): Record<string, unknown> {
  return Object.fromEntries([
    ...given(schema, config).map(({ name, value }) => [name, value]),
    ...givenBlocks(schema, config).map(({ name, block, value }) => [
      name,
      jsonAttributes(block, value),
    ]),
  ]);
}

/** The same for `cdktf synth --hcl`, which needs the type beside each value. */
export function hclAttributes(schema: BlockSchema, config: object): Record<string, unknown> {
  return Object.fromEntries([
    ...given(schema, config).map(({ name, attribute, value }) => [
      name,
      { value, isBlock: false, ...hclType(attribute.type) },
    ]),
    ...givenBlocks(schema, config).map(({ name, block, value }) => [
      name,
      {
        value: hclAttributes(block, value),
        isBlock: true,
        type: 'struct',
        storageClassType: 'object',
      },
    ]),
  ]);
}

/**
 * Refuses a literal secret: it would be in `cdk.tf.json`, in the plan,
 * and in the repository of the app.
 *
 * @param advice what to do instead of a literal for this attribute: a clause that ends the message
 * @throws ByokError ERR_ARGUMENT; the message does not show the value
 */
export function refuseLiteralSecrets(
  schema: BlockSchema,
  config: object,
  advice: (attribute: string) => string,
): void {
  for (const { name, attribute, value } of given(schema, config)) {
    if ((attribute.sensitive || attribute.writeOnly) && !isReference(value)) {
      throw new ByokError(
        'ERR_ARGUMENT',
        `${propertyName(name)} is given as a literal and would be written to cdk.tf.json in clear; allowed is a reference only: ${advice(name)}`,
        { attribute: name },
      );
    }
  }
}

/**
 * The value, if it is already known.
 * Undefined for tokens, and for text with a handwritten `${…}` or `%{…}`.
 */
export function literal<Value>(value: Value | IResolvable | undefined): Value | undefined {
  return isLiteral(value) ? (value as Value) : undefined;
}

/** False for a value that only Terraform will know, and for one that is not given. */
export function isLiteral(value: unknown): boolean {
  return (
    value !== undefined &&
    !Token.isUnresolved(value) &&
    !(typeof value === 'string' && holdsExpression(value))
  );
}

/** A doubled `$` or `%` stands for itself. */
function holdsExpression(text: string): boolean {
  return /(?<!\$)\$\{|(?<!%)%\{/.test(text);
}

/** Secrets have a stricter rule: handwritten text must be a reference as a whole. */
function isReference(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === 'string' && /^\$\{.+\}$/s.test(value));
}

interface GivenAttribute {
  readonly name: string;
  readonly attribute: AttributeSchema;
  readonly value: unknown;
}

function given(schema: BlockSchema, config: object): GivenAttribute[] {
  return Object.entries(schema.attributes)
    .filter(([, attribute]) => attribute.required || attribute.optional)
    .map(([name, attribute]) => ({ name, attribute, value: propertyOf(config, name) }))
    .filter(({ value }) => value !== undefined);
}

function givenBlocks(
  schema: BlockSchema,
  config: object,
): { name: string; block: BlockSchema; value: object }[] {
  return Object.entries(schema.blocks ?? {}).flatMap(([name, block]) => {
    const value = propertyOf(config, name);
    return typeof value === 'object' && value !== null ? [{ name, block, value }] : [];
  });
}

function hclType(type: AttributeType): { type: string; storageClassType: string } {
  const storage = { string: 'string', number: 'number', bool: 'boolean' } as const;
  if (typeof type === 'string') {
    return { type: 'simple', storageClassType: storage[type] };
  }
  const [collection, element] = type;
  if (typeof element !== 'string') {
    return { type: 'any', storageClassType: 'any' };
  }
  return {
    type: collection,
    storageClassType: `${storage[element]}${collection === 'map' ? 'Map' : 'List'}`,
  };
}
