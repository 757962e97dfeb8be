import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import {
  ReadDataSourceRequest,
  ReadDataSourceResponse,
  ValidateConfigRequest,
  ValidateConfigResponse,
} from '../../lib/tfplugin/grpc/messages';
import { boxProvider } from './fixtures/box-provider';
import { InProcess } from './fixtures/in-process';

const folder = mkdtempSync(join(tmpdir(), 'box-'));
const provider = new InProcess(boxProvider, { folder });

const config = (values: Record<string, unknown>, typeName = 'box_items') => ({
  typeName,
  config: { msgpack: encode({ min_size: null, items: null, ...values }) },
});
const read = (values: Record<string, unknown>) =>
  provider.call('ReadDataSource', ReadDataSourceRequest, ReadDataSourceResponse, config(values));
const validate = (values: Record<string, unknown>, typeName?: string) =>
  provider.call(
    'ValidateDataResourceConfig',
    ValidateConfigRequest,
    ValidateConfigResponse,
    config(values, typeName),
  );

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'item-a.json'),
    JSON.stringify({ name: 'a', size: 0.5, colours: ['red'], smell: 'fresh' }),
  );
  writeFileSync(join(folder, 'item-b.json'), JSON.stringify({ name: 'b', size: 4 }));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('reading answers every attribute, and every field of the objects in its list', async () => {
  const answer = await read({});
  expect(answer.diagnostics).toBeUndefined();
  expect(decode(answer.state?.msgpack ?? [])).toEqual({
    min_size: null,
    items: [
      { name: 'a', size: '0.5', colours: ['red'] },
      { name: 'b', size: '4', colours: null },
    ],
  });
  expect(decode((await read({ min_size: 4 })).state?.msgpack ?? [])).toMatchObject({
    min_size: '4',
    items: [{ name: 'b' }],
  });
});

test('fails to read with a sentence under the attribute, and without a state', async () => {
  expect(await read({ min_size: 5 })).toEqual({
    diagnostics: [
      {
        severity: 1,
        summary: 'Cannot read box_items',
        detail: 'Nothing in the box is that big.\n\n(ERR_ARGUMENT)',
        attribute: { steps: [{ attributeName: 'min_size' }] },
      },
    ],
  });
});

test('fails to read before the provider is configured', async () => {
  const answer = await new InProcess(boxProvider).call(
    'ReadDataSource',
    ReadDataSourceRequest,
    ReadDataSourceResponse,
    config({}),
  );
  expect(answer.diagnostics).toMatchObject([
    { detail: expect.stringContaining('The provider was asked to work before it was configured') },
  ]);
});

test('validation runs without a client', async () => {
  expect(await validate({ min_size: 12 })).toEqual({});
  expect((await validate({ min_size: 13 })).diagnostics).toMatchObject([
    { summary: 'Unlucky size', attribute: { steps: [{ attributeName: 'min_size' }] } },
  ]);
});

test('refuses a data source that this provider does not have', async () => {
  expect((await validate({}, 'box_item')).diagnostics).toMatchObject([
    {
      detail: expect.stringContaining('This version of the provider has no data source "box_item"'),
    },
  ]);
});
