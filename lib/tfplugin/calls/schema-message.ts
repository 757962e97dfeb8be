/**
 * Turns our schemas into Schema and Function messages of the protocol,
 * which has no place for `allowed` and `default`.
 */
import type {
  AttributeSchema,
  AttributeType,
  BlockSchema,
  FunctionSchema,
  ParameterSchema,
  ResourceSchema,
} from '../../schema/model';
import {
  type Attribute,
  type Block,
  type FunctionSignature,
  markdown,
  nestingSingle,
  type ResourceIdentitySchema,
  type Schema,
} from '../grpc/messages';
import type { Input } from '../grpc/protobuf';

/** @param version of the state; 0 for the provider's own block */
export function schemaMessage(schema: BlockSchema, version = 0): Input<typeof Schema> {
  return { version, block: blockMessage(schema) };
}

/**
 * The first version must be 0: of a higher one, Terraform asks to upgrade the identity of every
 * state, also of those that have none yet.
 */
export const identityVersion = 0;

export function identitySchemaMessage({
  identity,
  attributes,
}: ResourceSchema): Input<typeof ResourceIdentitySchema> {
  return {
    version: identityVersion,
    identityAttributes: identity.flatMap((name) => {
      const attribute = attributes[name];
      return attribute === undefined
        ? []
        : [
            {
              name,
              type: typeExpression(attribute.type),
              requiredForImport: true,
              description: attribute.description,
            },
          ];
    }),
  };
}

function blockMessage(schema: BlockSchema): Input<typeof Block> {
  return {
    attributes: Object.entries(schema.attributes).map(([name, attribute]) =>
      attributeMessage(name, attribute),
    ),
    blockTypes: Object.entries(schema.blocks ?? {}).map(([typeName, block]) => ({
      typeName,
      block: blockMessage(block),
      nesting: nestingSingle,
    })),
    description: schema.description,
    descriptionKind: markdown,
  };
}

function attributeMessage(name: string, attribute: AttributeSchema): Input<typeof Attribute> {
  return {
    name,
    type: typeExpression(attribute.type),
    description: attribute.description,
    descriptionKind: markdown,
    required: attribute.required,
    optional: attribute.optional,
    computed: attribute.computed,
    sensitive: attribute.sensitive,
    writeOnly: attribute.writeOnly,
    deprecated: attribute.deprecated,
  };
}

export function functionMessage({
  parameters,
  variadic,
  returnType,
  summary,
  description,
}: FunctionSchema): Input<typeof FunctionSignature> {
  return {
    parameters: parameters.map(parameterMessage),
    variadicParameter: variadic === undefined ? undefined : parameterMessage(variadic),
    return: { type: typeExpression(returnType) },
    summary,
    description,
    descriptionKind: markdown,
  };
}

function parameterMessage({ name, type, description, allowNull, allowUnknown }: ParameterSchema) {
  return {
    name,
    type: typeExpression(type),
    allowNullValue: allowNull,
    allowUnknownValues: allowUnknown,
    description,
    descriptionKind: markdown,
  };
}

function typeExpression(type: AttributeType): Uint8Array {
  return Buffer.from(JSON.stringify(type));
}
