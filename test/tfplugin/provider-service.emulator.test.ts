/**
 * The provider service of a real process, its messages coded by protobufjs: Terraform's calls, and
 * what the process writes meanwhile.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '@msgpack/msgpack';
import * as messages from '../../lib/tfplugin/grpc/messages';
import { apply, BoxProcesses, unset, value } from './fixtures/box-processes';

let processes: BoxProcesses;

beforeAll(() => {
  processes = new BoxProcesses();
});

afterEach(() => processes.end());

afterAll(() => processes.remove());

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('provider service', () => {
  test('the schema comes with the capabilities', async () => {
    const { connection } = await processes.startAndConnect();
    const schema = await connection.call(
      'GetProviderSchema',
      messages.Empty,
      messages.GetProviderSchemaResponse,
      {},
    );
    expect(schema).toMatchObject({
      resourceSchemas: { box_item: { version: 1 } },
      serverCapabilities: {
        planDestroy: true,
        getProviderSchemaOptional: true,
        moveResourceState: true,
      },
    });
    expect(schema.provider).toBeDefined();
    expect(schema.diagnostics).toBeUndefined();
    const metadata = await connection.call(
      'GetMetadata',
      messages.Empty,
      messages.GetMetadataResponse,
      {},
    );
    expect(metadata.resources).toEqual([{ typeName: 'box_item' }]);
  });

  test('fails with a sentence when asked to read before it is configured', async () => {
    const { connection } = await processes.startAndConnect();
    const { ReadResourceRequest, ReadResourceResponse } = messages;
    const state = { ...unset, id: 'x', name: 'x' };
    const answer = await connection.call(
      'ReadResource',
      ReadResourceRequest,
      ReadResourceResponse,
      {
        typeName: 'box_item',
        currentState: value(state),
      },
    );
    expect(answer.diagnostics).toEqual([
      {
        severity: 1,
        summary: 'Cannot read box_item',
        detail: expect.stringContaining('The provider was asked to work before it was configured'),
      },
    ]);
    expect(decode(answer.newState?.msgpack ?? [])).toEqual(state);
  });

  test('an error names its attribute', async () => {
    const { connection } = await processes.startAndConnect();
    const { ConfigureProviderRequest, ConfigureProviderResponse } = messages;
    const answer = await connection.call(
      'ConfigureProvider',
      ConfigureProviderRequest,
      ConfigureProviderResponse,
      {
        config: value({ folder: '' }),
      },
    );
    expect(answer.diagnostics).toEqual([
      {
        severity: 1,
        summary: 'Cannot configure the provider',
        detail: 'Folder must not be empty.\n\n(ERR_CONFIGURATION)',
        attribute: { steps: [{ attributeName: 'folder' }] },
      },
    ]);
  });

  test('validation knows whether the host keeps write-only values out of the state', async () => {
    const { connection } = await processes.startAndConnect();
    const { ValidateResourceConfigRequest, ValidateResourceConfigResponse } = messages;
    const validate = (config: Record<string, unknown>, writeOnlyAttributesAllowed: boolean) =>
      connection.call(
        'ValidateResourceConfig',
        ValidateResourceConfigRequest,
        ValidateResourceConfigResponse,
        {
          typeName: 'box_item',
          config: value({ ...unset, name: 'a', ...config }),
          clientCapabilities: { writeOnlyAttributesAllowed },
        },
      );
    expect(await validate({ secret_wo: 'hush', mood: 'calm' }, true)).toEqual({});
    expect((await validate({ secret_wo: 'hush' }, false)).diagnostics).toMatchObject([
      { summary: 'Too old a host', attribute: { steps: [{ attributeName: 'secret_wo' }] } },
    ]);
  });

  test('a failed update answers what was known: prior state and planned private state', async () => {
    const { connection } = await processes.startAndConnect();
    await processes.configure(connection);
    const prior = { ...unset, id: 'item-a', name: 'a', size: 1 };
    const answer = await apply(
      connection,
      { id: 'item-a', name: 'a', size: 2, mood: 'fails' },
      prior,
    );
    expect(answer.diagnostics).toMatchObject([
      { summary: 'Cannot update box_item', detail: expect.stringContaining('in a bad mood') },
    ]);
    expect(decode(answer.newState?.msgpack ?? [])).toEqual(prior);
    expect(Buffer.from(answer.private ?? []).toString()).toBe('7');
  });

  test('a failed create answers no state', async () => {
    const { connection } = await processes.startAndConnect();
    await processes.configure(connection);
    const answer = await apply(connection, { name: 'a', mood: 'fails' });
    expect(answer.diagnostics).toMatchObject([{ summary: 'Cannot create box_item' }]);
    expect(decode(answer.newState?.msgpack ?? [])).toBeNull();
  });

  test('a write-only value is not in the new state', async () => {
    const { connection } = await processes.startAndConnect();
    await processes.configure(connection);
    const answer = await apply(connection, { name: 'a', secret_wo: 'hush' });
    expect(decode(answer.newState?.msgpack ?? [])).toMatchObject({
      id: 'item-a',
      secret_wo: null,
      secret_digest: expect.any(String),
    });
    expect(Buffer.from(answer.newState?.msgpack ?? []).includes('hush')).toBe(false);
  });

  test('a function is called in a process that was never configured', async () => {
    const { connection } = await processes.startAndConnect();
    const { CallFunctionRequest, CallFunctionResponse } = messages;
    const answer = await connection.call(
      'CallFunction',
      CallFunctionRequest,
      CallFunctionResponse,
      {
        name: 'joined',
        arguments: [value('-'), value('a'), value('b')],
      },
    );
    expect(answer.error).toBeUndefined();
    expect(decode(answer.result?.msgpack ?? [])).toBe('a-b');
  });

  test('StopProvider interrupts a running apply', async () => {
    const { connection } = await processes.startAndConnect();
    await processes.configure(connection);
    rmSync(join(processes.box, 'waiting'), { force: true });
    const applying = apply(connection, { name: 'a', mood: 'waits' });
    await until(() => existsSync(join(processes.box, 'waiting')));
    expect(
      await connection.call('StopProvider', messages.Empty, messages.StopProviderResponse, {}),
    ).toEqual({});
    expect((await applying).diagnostics).toMatchObject([
      { detail: 'Stopped while waiting.\n\n(ERR_INTERRUPTED)' },
    ]);
  });

  test.each<[string, number, Record<string, unknown>, Record<string, unknown>]>([
    [
      'the same version loses what the schema dropped',
      1,
      { name: 'a', smell: 'fresh' },
      { ...unset, name: 'a' },
    ],
    [
      'an older version is upgraded',
      0,
      { label: 'a', size: '4.5' },
      { ...unset, name: 'a', size: '4.5' },
    ],
  ])('saved state: %s', async (_what, version, saved, expected) => {
    const { connection } = await processes.startAndConnect();
    const { UpgradeResourceStateRequest, UpgradeResourceStateResponse } = messages;
    const answer = await connection.call(
      'UpgradeResourceState',
      UpgradeResourceStateRequest,
      UpgradeResourceStateResponse,
      {
        typeName: 'box_item',
        version,
        rawState: { json: Buffer.from(JSON.stringify(saved)) },
      },
    );
    expect(answer.diagnostics).toBeUndefined();
    expect(decode(answer.upgradedState?.msgpack ?? [])).toEqual(expected);
  });

  test('refuses saved state of a newer version', async () => {
    const { connection } = await processes.startAndConnect();
    const { UpgradeResourceStateRequest, UpgradeResourceStateResponse } = messages;
    const answer = await connection.call(
      'UpgradeResourceState',
      UpgradeResourceStateRequest,
      UpgradeResourceStateResponse,
      {
        typeName: 'box_item',
        version: 2,
        rawState: { json: Buffer.from('{}') },
      },
    );
    expect(answer.diagnostics).toMatchObject([
      { detail: expect.stringContaining('written by a newer provider') },
    ]);
  });

  test('console.log of a provider goes to stderr', async () => {
    const { connection, provider } = await processes.startAndConnect();
    await processes.configure(connection);
    await until(() => provider.stderr.includes('words for nobody'));
    expect(provider.stdout.split('\n')).toHaveLength(2);
  });

  test('log lines are written only when Terraform logs', async () => {
    const { connection, provider } = await processes.startAndConnect({ TF_LOG: 'TRACE' });
    await connection.call('StopProvider', messages.Empty, messages.StopProviderResponse, {});
    await until(() => provider.stderr.includes('asked to stop'));
    const lines = provider.stderr.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        '@level': 'debug',
        '@message': 'serving provider box 1.0.0',
        '@module': 'box',
        '@timestamp': expect.stringMatching(/\.\d{6}Z$/),
      },
      { '@level': 'info', '@message': 'asked to stop' },
    ]);
    const silent = await processes.startAndConnect();
    await silent.connection.call('StopProvider', messages.Empty, messages.StopProviderResponse, {});
    expect(silent.provider.stderr).toBe('');
  });
});
