import {
  Empty,
  GetFunctionsResponse,
  GetMetadataResponse,
  GetProviderSchemaResponse,
} from '../../lib/tfplugin/grpc/messages';
import { boxProvider } from './fixtures/box-provider';
import { InProcess } from './fixtures/in-process';

const provider = new InProcess(boxProvider);
const { dataSources: _d, ephemeralResources: _e, functions: _f, ...resourcesOnly } = boxProvider;

test('the schema describes data sources and ephemeral resources as blocks', async () => {
  const schema = await provider.call('GetProviderSchema', Empty, GetProviderSchemaResponse, {});
  expect(schema).toMatchObject({
    dataSourceSchemas: { box_items: { block: { description: 'Everything in the box.' } } },
    ephemeralResourceSchemas: {
      box_lease: { block: { description: 'A key to the box.' } },
      box_note: {},
    },
  });
});

test('a list of objects is in its JSON form', async () => {
  const schema = await provider.call('GetProviderSchema', Empty, GetProviderSchemaResponse, {});
  const block = schema.dataSourceSchemas?.box_items?.block as {
    attributes: { name: string; type: Buffer }[];
  };
  expect(JSON.parse(String(block.attributes.find(({ name }) => name === 'items')?.type))).toEqual([
    'list',
    ['object', { name: 'string', size: 'number', colours: ['set', 'string'] }],
  ]);
});

test('a function is described with its parameters, types as JSON', async () => {
  const json = (type: unknown) => Buffer.from(JSON.stringify(type));
  const joined = {
    parameters: [
      {
        name: 'separator',
        type: json('string'),
        allowNullValue: true,
        description: 'Between them; null is none.',
        descriptionKind: 1,
      },
    ],
    variadicParameter: {
      name: 'words',
      type: json('string'),
      description: 'The words.',
      descriptionKind: 1,
    },
    return: { type: json('string') },
    summary: 'Joins words',
    description: 'Joins **words**.',
    descriptionKind: 1,
  };
  expect(
    (await provider.call('GetProviderSchema', Empty, GetProviderSchemaResponse, {})).functions
      ?.joined,
  ).toEqual(joined);
  expect(
    (await provider.call('GetFunctions', Empty, GetFunctionsResponse, {})).functions?.joined,
  ).toEqual(joined);
});

test('the metadata names everything', async () => {
  expect(await provider.call('GetMetadata', Empty, GetMetadataResponse, {})).toEqual({
    serverCapabilities: {
      planDestroy: true,
      getProviderSchemaOptional: true,
      moveResourceState: true,
    },
    resources: [{ typeName: 'box_item' }],
    dataSources: [{ typeName: 'box_items' }],
    ephemeralResources: [{ typeName: 'box_lease' }, { typeName: 'box_note' }],
    functions: [{ name: 'joined' }, { name: 'sizes' }, { name: 'broken' }],
  });
});

test('what is not declared is not on the wire', async () => {
  const small = new InProcess(resourcesOnly);
  expect(
    Object.keys(await small.call('GetProviderSchema', Empty, GetProviderSchemaResponse, {})).sort(),
  ).toEqual(['provider', 'resourceSchemas', 'serverCapabilities']);
  expect(
    Object.keys(await small.call('GetMetadata', Empty, GetMetadataResponse, {})).sort(),
  ).toEqual(['resources', 'serverCapabilities']);
  expect(await small.call('GetFunctions', Empty, GetFunctionsResponse, {})).toEqual({});
});
