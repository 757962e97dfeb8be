/** A real provider process, started and called as Terraform does it: node:http2 and openssl on this side, nothing of ours. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import * as messages from '../../lib/tfplugin/messages';
import { bundleBoxProvider } from './fixtures/bundle';
import { Connection, createClientIdentity, frame, ProviderProcess, terraformEnvironment } from './fixtures/host';
import { encodeIndependently } from './fixtures/reflection';

const folder = mkdtempSync(join(tmpdir(), 'serve-'));
const file = join(folder, 'terraform-provider-box');
const sockets = join(folder, 'tmp');
const box = join(folder, 'box');
const client = createClientIdentity(folder, 'client');
const stranger = createClientIdentity(folder, 'stranger');

const processes: ProviderProcess[] = [];
const connections: Connection[] = [];

beforeAll(() => {
  bundleBoxProvider(file);
  mkdirSync(sockets);
});

afterEach(async () => {
  for (const connection of connections.splice(0)) {
    connection.close();
  }
  for (const provider of processes.splice(0)) {
    provider.child.kill('SIGKILL');
    await provider.ended();
  }
  for (const name of readdirSync(sockets)) {
    rmSync(join(sockets, name), { recursive: true });
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

function start(env: NodeJS.ProcessEnv = {}, identity: typeof client | undefined = client): ProviderProcess {
  const provider = new ProviderProcess(process.execPath, [file], { ...terraformEnvironment(identity), TMPDIR: sockets, ...env });
  processes.push(provider);
  return provider;
}

function connectTo(handshake: readonly string[], identity: typeof client | undefined = client): Connection {
  const connection = new Connection(handshake, identity);
  connections.push(connection);
  return connection;
}

async function startAndConnect(
  env: NodeJS.ProcessEnv = {},
): Promise<{ provider: ProviderProcess; connection: Connection; socket: string }> {
  const provider = start(env);
  const handshake = await provider.handshake();
  return { provider, connection: connectTo(handshake), socket: handshake[3] ?? '' };
}

const health = '/grpc.health.v1.Health/Check';
const noMessage = frame(new Uint8Array());

const value = (raw: unknown) => ({ msgpack: encode(raw) });
const unset = {
  id: null,
  name: null,
  size: null,
  ready: null,
  parts: null,
  colours: null,
  weights: null,
  secret_wo: null,
  secret_digest: null,
  mood: null,
  writes: null,
  timeouts: null,
};

function configure(connection: Connection) {
  const { ConfigureProviderRequest, ConfigureProviderResponse } = messages;
  return connection.call('ConfigureProvider', ConfigureProviderRequest, ConfigureProviderResponse, { config: value({ folder: box }) });
}

function apply(connection: Connection, planned: Record<string, unknown>, prior: Record<string, unknown> | null = null) {
  return connection.call('ApplyResourceChange', messages.ApplyResourceChangeRequest, messages.ApplyResourceChangeResponse, {
    typeName: 'box_item',
    priorState: value(prior),
    plannedState: value({ ...unset, ...planned }),
    config: value({ ...unset, ...planned }),
    plannedPrivate: Buffer.from('7'),
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('handshake', () => {
  test('the line names protocol 6, a socket in a private folder, and the certificate without padding', async () => {
    const provider = start();
    const [core, protocol, network, address = '', transport, certificate = '', ...rest] = await provider.handshake();
    expect([core, protocol, network, transport, rest]).toEqual(['1', '6', 'unix', 'grpc', []]);
    expect(certificate).toMatch(/^[A-Za-z0-9+/]{400,}$/);
    expect(statSync(dirname(address)).mode & 0o777).toBe(0o700);
    expect(statSync(address).isSocket()).toBe(true);
  });

  test('a person who starts it is told what it is', async () => {
    const provider = start({ TF_PLUGIN_MAGIC_COOKIE: 'wrong' });
    expect(await provider.ended()).toMatchObject({ code: 1 });
    expect(provider.stdout).toBe('');
    expect(provider.stderr).toContain('This is the Terraform provider "box" 1.0.0.');
  });

  test('a host without protocol 6 gets one sentence on stdout', async () => {
    const provider = start({ PLUGIN_PROTOCOL_VERSIONS: '4,5' });
    expect(await provider.ended()).toMatchObject({ code: 1 });
    expect(provider.stdout).toMatch(/^provider box cannot start: this provider speaks plugin protocol 6, [^\n]*\n$/);
  });

  test('a broken client certificate is one sentence on stdout', async () => {
    const provider = start({ PLUGIN_CLIENT_CERT: 'nonsense' });
    expect(await provider.ended()).toMatchObject({ code: 1 });
    expect(provider.stdout).toMatch(/^provider box cannot start: [^\n]*\n$/);
    expect(readdirSync(sockets)).toEqual([]);
  });

  test('a host that asks is told about multiplexing', async () => {
    expect((await start({ PLUGIN_MULTIPLEX_GRPC: 'false' }).handshake())[6]).toBe('true');
  });

  test.each([
    ['is too long for a socket path', join(folder, 'd'.repeat(110))],
    ['does not exist', join(folder, 'nowhere')],
  ])('a temp folder that %s is replaced by a short one', async (_what, TMPDIR) => {
    if (TMPDIR.length > 100) {
      mkdirSync(TMPDIR, { recursive: true });
    }
    const { connection, socket } = await startAndConnect({ TMPDIR });
    expect(socket).toMatch(/^\/(var\/)?tmp\/plugin-[^/]+\/s\.sock$/);
    expect((await connection.exchange(health, (stream) => stream.end(noMessage))).status).toBe(0);
    await connection.exchange('/plugin.GRPCController/Shutdown', (stream) => stream.end(noMessage));
    await processes[0]?.ended();
    expect(existsSync(dirname(socket))).toBe(false);
  });

  test('without TLS it speaks plain HTTP/2 and sends no certificate', async () => {
    const provider = new ProviderProcess(process.execPath, [file], { ...terraformEnvironment(undefined), TMPDIR: sockets });
    processes.push(provider);
    const handshake = await provider.handshake();
    expect(handshake[5]).toBe('');
    const connection = new Connection(handshake, undefined);
    connections.push(connection);
    expect((await connection.exchange(health, (stream) => stream.end(noMessage))).status).toBe(0);
  });
});

describe('who is answered', () => {
  test('the client whose certificate came by the environment', async () => {
    const { connection } = await startAndConnect();
    expect(await connection.exchange(health, (stream) => stream.end(noMessage))).toMatchObject({
      status: 0,
      body: frame(Buffer.from([8, 1])),
    });
  });

  test('refuses a foreign certificate', async () => {
    const handshake = await start().handshake();
    expect((await connectTo(handshake, stranger).exchange(health, (stream) => stream.end(noMessage))).status).toBe(-1);
  });

  test('refuses a client without a certificate', async () => {
    const handshake = await start().handshake();
    const connection = new Connection(handshake, undefined);
    connections.push(connection);
    expect((await connection.exchange(health, (stream) => stream.end(noMessage))).status).toBe(-1);
  });
});

describe('gRPC', () => {
  test('a request may be split over any number of DATA frames', async () => {
    const { connection } = await startAndConnect();
    const { ValidateProviderConfigRequest: request } = messages;
    const whole = frame(encodeIndependently(request, { config: value({ folder: box }) }));
    const answer = await connection.exchange('/tfplugin6.Provider/ValidateProviderConfig', async (stream) => {
      for (const byte of whole) {
        await new Promise((resolve) => stream.write(Buffer.from([byte]), resolve));
      }
      stream.end();
    });
    expect(answer).toMatchObject({ status: 0, body: noMessage });
  });

  test.each([
    ['/tfplugin6.Provider/MoveResourceState'],
    ['/tfplugin6.Provider/GetResourceIdentitySchemas'],
    ['/plugin.GRPCBroker/StartStream'],
    ['/nothing'],
  ])('%s is not implemented', async (path) => {
    const { connection } = await startAndConnect();
    const answer = await connection.exchange(path, (stream) => stream.end(noMessage));
    expect(answer).toMatchObject({ status: 12, statusMessage: `unknown method ${path}` });
  });

  test.each<[string, Buffer, number]>([
    ['a compressed message', frame(Buffer.from('x'), 1), 12],
    ['half a message', frame(Buffer.from('abc')).subarray(0, 6), 13],
    ['two messages', Buffer.concat([noMessage, noMessage]), 13],
    ['no message', Buffer.alloc(0), 13],
    ['a message that is no protobuf', frame(Buffer.from('0aff', 'hex')), 13],
  ])('refuses %s', async (_what, body, status) => {
    const { connection } = await startAndConnect();
    expect((await connection.exchange('/tfplugin6.Provider/ReadResource', (stream) => stream.end(body))).status).toBe(status);
  });

  test('the stream of output stays open', async () => {
    const { connection } = await startAndConnect();
    const stream = connection.open('/plugin.GRPCStdio/StreamStdio');
    // As Go's client does: the one request is also the last.
    stream.end(noMessage);
    await new Promise((resolve) => stream.on('response', resolve));
    expect((await connection.exchange(health, (other) => other.end(noMessage))).status).toBe(0);
    expect(stream.closed).toBe(false);
  });
});

describe('provider service', () => {
  test('the schema comes with the capabilities', async () => {
    const { connection } = await startAndConnect();
    const schema = await connection.call('GetProviderSchema', messages.Empty, messages.GetProviderSchemaResponse, {});
    expect(schema).toMatchObject({
      resourceSchemas: { box_item: { version: 1 } },
      serverCapabilities: { planDestroy: true, getProviderSchemaOptional: true },
    });
    expect(schema.provider).toBeDefined();
    expect(schema.diagnostics).toBeUndefined();
    const metadata = await connection.call('GetMetadata', messages.Empty, messages.GetMetadataResponse, {});
    expect(metadata.resources).toEqual([{ typeName: 'box_item' }]);
  });

  test('fails with a sentence when asked to read before it is configured', async () => {
    const { connection } = await startAndConnect();
    const { ReadResourceRequest, ReadResourceResponse } = messages;
    const state = { ...unset, id: 'x', name: 'x' };
    const answer = await connection.call('ReadResource', ReadResourceRequest, ReadResourceResponse, {
      typeName: 'box_item',
      currentState: value(state),
    });
    expect(answer.diagnostics).toEqual([
      { severity: 1, summary: 'Cannot read box_item', detail: expect.stringContaining('The provider was not configured before') },
    ]);
    expect(decode(answer.newState?.msgpack ?? [])).toEqual(state);
  });

  test('an error names its attribute', async () => {
    const { connection } = await startAndConnect();
    const { ConfigureProviderRequest, ConfigureProviderResponse } = messages;
    const answer = await connection.call('ConfigureProvider', ConfigureProviderRequest, ConfigureProviderResponse, {
      config: value({ folder: '' }),
    });
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
    const { connection } = await startAndConnect();
    const { ValidateResourceConfigRequest, ValidateResourceConfigResponse } = messages;
    const validate = (config: Record<string, unknown>, writeOnlyAttributesAllowed: boolean) =>
      connection.call('ValidateResourceConfig', ValidateResourceConfigRequest, ValidateResourceConfigResponse, {
        typeName: 'box_item',
        config: value({ ...unset, name: 'a', ...config }),
        clientCapabilities: { writeOnlyAttributesAllowed },
      });
    expect(await validate({ secret_wo: 'hush', mood: 'calm' }, true)).toEqual({});
    expect((await validate({ secret_wo: 'hush' }, false)).diagnostics).toMatchObject([
      { summary: 'Too old a host', attribute: { steps: [{ attributeName: 'secret_wo' }] } },
    ]);
  });

  test('a failed update answers what was known: prior state and planned private state', async () => {
    const { connection } = await startAndConnect();
    await configure(connection);
    const prior = { ...unset, id: 'item-a', name: 'a', size: 1 };
    const answer = await apply(connection, { id: 'item-a', name: 'a', size: 2, mood: 'fails' }, prior);
    expect(answer.diagnostics).toMatchObject([{ summary: 'Cannot update box_item', detail: expect.stringContaining('in a bad mood') }]);
    expect(decode(answer.newState?.msgpack ?? [])).toEqual(prior);
    expect(Buffer.from(answer.private ?? []).toString()).toBe('7');
  });

  test('a failed create answers no state', async () => {
    const { connection } = await startAndConnect();
    await configure(connection);
    const answer = await apply(connection, { name: 'a', mood: 'fails' });
    expect(answer.diagnostics).toMatchObject([{ summary: 'Cannot create box_item' }]);
    expect(decode(answer.newState?.msgpack ?? [])).toBeNull();
  });

  test('a write-only value is not in the new state', async () => {
    const { connection } = await startAndConnect();
    await configure(connection);
    const answer = await apply(connection, { name: 'a', secret_wo: 'hush' });
    expect(decode(answer.newState?.msgpack ?? [])).toMatchObject({ id: 'item-a', secret_wo: null, secret_digest: expect.any(String) });
    expect(Buffer.from(answer.newState?.msgpack ?? []).includes('hush')).toBe(false);
  });

  test('a function is called in a process that was never configured', async () => {
    const { connection } = await startAndConnect();
    const { CallFunctionRequest, CallFunctionResponse } = messages;
    const answer = await connection.call('CallFunction', CallFunctionRequest, CallFunctionResponse, {
      name: 'joined',
      arguments: [value('-'), value('a'), value('b')],
    });
    expect(answer.error).toBeUndefined();
    expect(decode(answer.result?.msgpack ?? [])).toBe('a-b');
  });

  test('StopProvider interrupts a running apply', async () => {
    const { connection } = await startAndConnect();
    await configure(connection);
    rmSync(join(box, 'waiting'), { force: true });
    const applying = apply(connection, { name: 'a', mood: 'waits' });
    await until(() => existsSync(join(box, 'waiting')));
    expect(await connection.call('StopProvider', messages.Empty, messages.StopProviderResponse, {})).toEqual({});
    expect((await applying).diagnostics).toMatchObject([{ detail: 'Stopped while waiting.\n\n(ERR_INTERRUPTED)' }]);
  });

  test.each<[string, number, Record<string, unknown>, Record<string, unknown>]>([
    ['the same version loses what the schema dropped', 1, { name: 'a', smell: 'fresh' }, { ...unset, name: 'a' }],
    ['an older version is upgraded', 0, { label: 'a', size: '4.5' }, { ...unset, name: 'a', size: '4.5' }],
  ])('saved state: %s', async (_what, version, saved, expected) => {
    const { connection } = await startAndConnect();
    const { UpgradeResourceStateRequest, UpgradeResourceStateResponse } = messages;
    const answer = await connection.call('UpgradeResourceState', UpgradeResourceStateRequest, UpgradeResourceStateResponse, {
      typeName: 'box_item',
      version,
      rawState: { json: Buffer.from(JSON.stringify(saved)) },
    });
    expect(answer.diagnostics).toBeUndefined();
    expect(decode(answer.upgradedState?.msgpack ?? [])).toEqual(expected);
  });

  test('refuses saved state of a newer version', async () => {
    const { connection } = await startAndConnect();
    const { UpgradeResourceStateRequest, UpgradeResourceStateResponse } = messages;
    const answer = await connection.call('UpgradeResourceState', UpgradeResourceStateRequest, UpgradeResourceStateResponse, {
      typeName: 'box_item',
      version: 2,
      rawState: { json: Buffer.from('{}') },
    });
    expect(answer.diagnostics).toMatchObject([{ detail: expect.stringContaining('written by a newer provider') }]);
  });

  test('console.log of a provider goes to stderr', async () => {
    const { connection, provider } = await startAndConnect();
    await configure(connection);
    await until(() => provider.stderr.includes('words for nobody'));
    expect(provider.stdout.split('\n')).toHaveLength(2);
  });

  test('log lines are written only when Terraform logs', async () => {
    const { connection, provider } = await startAndConnect({ TF_LOG: 'TRACE' });
    await connection.call('StopProvider', messages.Empty, messages.StopProviderResponse, {});
    await until(() => provider.stderr.includes('asked to stop'));
    const lines = provider.stderr.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { '@level': 'debug', '@message': 'serving provider box 1.0.0', '@module': 'box', '@timestamp': expect.stringMatching(/\.\d{6}Z$/) },
      { '@level': 'info', '@message': 'asked to stop' },
    ]);
    const silent = await startAndConnect();
    await silent.connection.call('StopProvider', messages.Empty, messages.StopProviderResponse, {});
    expect(silent.provider.stderr).toBe('');
  });
});

describe('the end', () => {
  test('Shutdown is answered, then the process ends and leaves nothing', async () => {
    const { connection, provider } = await startAndConnect();
    const answer = await connection.exchange('/plugin.GRPCController/Shutdown', (stream) => stream.end(noMessage));
    expect(answer).toMatchObject({ status: 0, body: noMessage });
    expect(await provider.ended()).toEqual({ code: 0, signal: null });
    expect(readdirSync(sockets)).toEqual([]);
  });

  test('SIGTERM ends it, and leaves nothing', async () => {
    const { provider } = await startAndConnect();
    provider.child.kill('SIGTERM');
    expect(await provider.ended()).toEqual({ code: 143, signal: null });
    expect(readdirSync(sockets)).toEqual([]);
  });

  test('SIGINT does not end it: Terraform decides', async () => {
    const { provider, connection } = await startAndConnect();
    provider.child.kill('SIGINT');
    for (let i = 0; i < 3; i++) {
      expect((await connection.exchange(health, (stream) => stream.end(noMessage))).status).toBe(0);
    }
    expect(provider.child.exitCode).toBeNull();
  });

  test('it ends with its parent, and leaves nothing', async () => {
    const script = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(file)}], { stdio: 'inherit' })`;
    const env = { ...terraformEnvironment(client), TMPDIR: sockets };
    const parent = new ProviderProcess(process.execPath, ['-e', script], env);
    processes.push(parent);
    await parent.handshake();
    expect(readdirSync(sockets)).toHaveLength(1);
    parent.child.kill('SIGKILL');
    // Ends only when the provider, too, has let go of the output.
    expect(await parent.ended()).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(sockets)).toEqual([]);
  });

  test('a crash prints a panic with its stack, and leaves nothing', async () => {
    const { connection, provider } = await startAndConnect();
    await configure(connection);
    await expect(apply(connection, { name: 'a', mood: 'crashes' })).rejects.toThrow('status -1');
    expect(await provider.ended()).toMatchObject({ code: 1 });
    expect(provider.stderr).toMatch(/panic: Error: the box fell over\n +at /);
    expect(readdirSync(sockets)).toEqual([]);
  });
});
