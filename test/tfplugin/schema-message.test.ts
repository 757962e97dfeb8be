import { schemaMessage } from '../../lib/tfplugin/calls/schema-message';
import { Schema } from '../../lib/tfplugin/grpc/messages';
import { encode } from '../../lib/tfplugin/grpc/protobuf';
import { itemSchema } from './fixtures/box-provider';
import { decodeIndependently } from './fixtures/reflection';

const seen = decodeIndependently(
  Schema,
  encode(Schema, schemaMessage(itemSchema, itemSchema.version)),
) as {
  version: number;
  block: {
    description: string;
    descriptionKind: number;
    attributes: { name: string; type: Buffer }[];
    blockTypes: Record<string, unknown>[];
  };
};

const attribute = (name: string) =>
  seen.block.attributes.find((candidate) => candidate.name === name);

test('the schema carries its version and Markdown description', () => {
  expect(seen).toMatchObject({
    version: 1,
    block: { description: 'An item in the box.', descriptionKind: 1 },
  });
});

test('every attribute is there with its flags and nothing else', () => {
  expect(seen.block.attributes.map(({ name }) => name)).toEqual(Object.keys(itemSchema.attributes));
  expect(attribute('secret_wo')).toEqual({
    name: 'secret_wo',
    type: Buffer.from('"string"'),
    description: 'Never stored.',
    descriptionKind: 1,
    optional: true,
    sensitive: true,
    writeOnly: true,
  });
  expect(attribute('name')).toMatchObject({ required: true });
  expect(attribute('id')).toMatchObject({ computed: true });
});

test('collection types are in their JSON form', () => {
  expect(attribute('weights')?.type.toString()).toBe('["map","number"]');
});

test('nested blocks are single objects', () => {
  expect(seen.block.blockTypes).toEqual([
    {
      typeName: 'timeouts',
      nesting: 1,
      block: {
        description: 'Waiting times.',
        descriptionKind: 1,
        attributes: [
          {
            name: 'create',
            type: Buffer.from('"string"'),
            description: 'For example 5m.',
            descriptionKind: 1,
            optional: true,
          },
        ],
      },
    },
  ]);
});
