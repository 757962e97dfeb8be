/**
 * A real provider process, started as Terraform does it: what it says, whom it answers, how it
 * ends. node:http2 and openssl on this side.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apply, BoxProcesses, health, noMessage } from './fixtures/box-processes';
import { createClientIdentity, frame, terraformEnvironment } from './fixtures/host';

let processes: BoxProcesses;

beforeAll(() => {
  processes = new BoxProcesses();
});

afterEach(() => processes.end());

afterAll(() => processes.remove());

describe('handshake', () => {
  test('the line names protocol 6, a socket in a private folder, and the certificate without padding', async () => {
    const provider = processes.start();
    const [core, protocol, network, address = '', transport, certificate = '', ...rest] =
      await provider.handshake();
    expect([core, protocol, network, transport, rest]).toEqual(['1', '6', 'unix', 'grpc', []]);
    expect(certificate).toMatch(/^[A-Za-z0-9+/]{400,}$/);
    expect(statSync(dirname(address)).mode & 0o777).toBe(0o700);
    expect(statSync(address).isSocket()).toBe(true);
  });

  test('a person who starts it is told what it is', async () => {
    const provider = processes.start({ TF_PLUGIN_MAGIC_COOKIE: 'wrong' });
    expect(await provider.ended()).toMatchObject({ code: 1 });
    expect(provider.stdout).toBe('');
    expect(provider.stderr).toContain('This is the Terraform provider "box" 1.0.0.');
  });

  test('a host without protocol 6 gets one sentence on stdout', async () => {
    const provider = processes.start({ PLUGIN_PROTOCOL_VERSIONS: '4,5' });
    expect(await provider.ended()).toMatchObject({ code: 1 });
    expect(provider.stdout).toMatch(
      /^provider box cannot start: this provider speaks plugin protocol 6, [^\n]*\n$/,
    );
  });

  test('a broken client certificate is one sentence on stdout', async () => {
    const provider = processes.start({ PLUGIN_CLIENT_CERT: 'nonsense' });
    expect(await provider.ended()).toMatchObject({ code: 1 });
    expect(provider.stdout).toMatch(/^provider box cannot start: [^\n]*\n$/);
    expect(readdirSync(processes.sockets)).toEqual([]);
  });

  test('a host that asks is told about multiplexing', async () => {
    expect((await processes.start({ PLUGIN_MULTIPLEX_GRPC: 'false' }).handshake())[6]).toBe('true');
  });

  test.each([
    ['is too long for a socket path', 'd'.repeat(110)],
    ['does not exist', 'nowhere'],
  ])('a temp folder that %s is replaced by a short one', async (_what, name) => {
    const TMPDIR = join(processes.folder, name);
    if (TMPDIR.length > 100) {
      mkdirSync(TMPDIR, { recursive: true });
    }
    const { provider, connection, socket } = await processes.startAndConnect({ TMPDIR });
    expect(socket).toMatch(/^\/(var\/)?tmp\/plugin-[^/]+\/s\.sock$/);
    expect((await connection.exchange(health, (stream) => stream.end(noMessage))).status).toBe(0);
    await connection.exchange('/plugin.GRPCController/Shutdown', (stream) => stream.end(noMessage));
    await provider.ended();
    expect(existsSync(dirname(socket))).toBe(false);
  });

  test('without TLS it speaks plain HTTP/2 and sends no certificate', async () => {
    const handshake = await processes
      .node([processes.file], terraformEnvironment(undefined))
      .handshake();
    expect(handshake[5]).toBe('');
    const connection = processes.connect(handshake, undefined);
    expect((await connection.exchange(health, (stream) => stream.end(noMessage))).status).toBe(0);
  });
});

describe('who is answered', () => {
  test('the client whose certificate came by the environment', async () => {
    const { connection } = await processes.startAndConnect();
    expect(await connection.exchange(health, (stream) => stream.end(noMessage))).toMatchObject({
      status: 0,
      body: frame(Buffer.from([8, 1])),
    });
  });

  test('refuses a foreign certificate', async () => {
    const stranger = createClientIdentity(processes.folder, 'stranger');
    const handshake = await processes.start().handshake();
    expect(
      (
        await processes
          .connect(handshake, stranger)
          .exchange(health, (stream) => stream.end(noMessage))
      ).status,
    ).toBe(-1);
  });

  test('refuses a client without a certificate', async () => {
    const handshake = await processes.start().handshake();
    const connection = processes.connect(handshake, undefined);
    expect((await connection.exchange(health, (stream) => stream.end(noMessage))).status).toBe(-1);
  });
});

describe('the end', () => {
  test('Shutdown is answered, then the process ends and leaves nothing', async () => {
    const { connection, provider } = await processes.startAndConnect();
    const answer = await connection.exchange('/plugin.GRPCController/Shutdown', (stream) =>
      stream.end(noMessage),
    );
    expect(answer).toMatchObject({ status: 0, body: noMessage });
    expect(await provider.ended()).toEqual({ code: 0, signal: null });
    expect(readdirSync(processes.sockets)).toEqual([]);
  });

  test('SIGTERM ends it, and leaves nothing', async () => {
    const { provider } = await processes.startAndConnect();
    provider.child.kill('SIGTERM');
    expect(await provider.ended()).toEqual({ code: 143, signal: null });
    expect(readdirSync(processes.sockets)).toEqual([]);
  });

  test('SIGINT does not end it: Terraform decides', async () => {
    const { provider, connection } = await processes.startAndConnect();
    provider.child.kill('SIGINT');
    for (let i = 0; i < 3; i++) {
      expect((await connection.exchange(health, (stream) => stream.end(noMessage))).status).toBe(0);
    }
    expect(provider.child.exitCode).toBeNull();
  });

  test('it ends with its parent, and leaves nothing', async () => {
    const script = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(processes.file)}], { stdio: 'inherit' })`;
    const parent = processes.node(['-e', script], terraformEnvironment(processes.client));
    await parent.handshake();
    expect(readdirSync(processes.sockets)).toHaveLength(1);
    parent.child.kill('SIGKILL');
    // Ends only when the provider, too, has let go of the output.
    expect(await parent.ended()).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(processes.sockets)).toEqual([]);
  });

  test('it ends at once when its launcher saw another parent than it has', async () => {
    const provider = processes.start({ TFPLUGIN_PARENT_PID: '1073741824' });
    expect(await provider.ended()).toEqual({ code: 0, signal: null });
    expect([provider.stdout, readdirSync(processes.sockets)]).toEqual(['', []]);
  });

  test('it ends when nobody takes its handshake, and leaves nothing', async () => {
    const provider = processes.start();
    provider.child.stdout?.destroy();
    expect(await provider.ended()).toEqual({ code: 0, signal: null });
    expect(readdirSync(processes.sockets)).toEqual([]);
  });

  test('it ends when nobody ever connects, and leaves nothing', async () => {
    const provider = processes.start();
    await provider.handshake();
    expect(await provider.ended()).toEqual({ code: 0, signal: null });
    expect(readdirSync(processes.sockets)).toEqual([]);
  });

  test('a crash prints a panic with its stack, and leaves nothing', async () => {
    const { connection, provider } = await processes.startAndConnect();
    await processes.configure(connection);
    await expect(apply(connection, { name: 'a', mood: 'crashes' })).rejects.toThrow('status -1');
    expect(await provider.ended()).toMatchObject({ code: 1 });
    expect(provider.stderr).toMatch(/panic: Error: the box fell over\n +at /);
    expect(readdirSync(processes.sockets)).toEqual([]);
  });
});
