/** gRPC of a real provider process, called by node:http2. */
import * as messages from '../../lib/tfplugin/grpc/messages';
import { BoxProcesses, health, noMessage, value } from './fixtures/box-processes';
import { frame } from './fixtures/host';
import { encodeIndependently } from './fixtures/reflection';

let processes: BoxProcesses;

beforeAll(() => {
  processes = new BoxProcesses();
});

afterEach(() => processes.end());

afterAll(() => processes.remove());

describe('gRPC', () => {
  test('a request may be split over any number of DATA frames', async () => {
    const { connection } = await processes.startAndConnect();
    const { ValidateProviderConfigRequest: request } = messages;
    const whole = frame(encodeIndependently(request, { config: value({ folder: processes.box }) }));
    const answer = await connection.exchange(
      '/tfplugin6.Provider/ValidateProviderConfig',
      async (stream) => {
        for (const byte of whole) {
          await new Promise((resolve) => stream.write(Buffer.from([byte]), resolve));
        }
        stream.end();
      },
    );
    expect(answer).toMatchObject({ status: 0, body: noMessage });
  });

  test.each([
    ['/tfplugin6.Provider/ListResource'],
    ['/tfplugin6.Provider/InvokeAction'],
    ['/plugin.GRPCBroker/StartStream'],
    ['/nothing'],
  ])('%s is not implemented', async (path) => {
    const { connection } = await processes.startAndConnect();
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
    const { connection } = await processes.startAndConnect();
    expect(
      (await connection.exchange('/tfplugin6.Provider/ReadResource', (stream) => stream.end(body)))
        .status,
    ).toBe(status);
  });

  test('the stream of output stays open', async () => {
    const { connection } = await processes.startAndConnect();
    const stream = connection.open('/plugin.GRPCStdio/StreamStdio');
    // As Go's client does: the one request is also the last.
    stream.end(noMessage);
    await new Promise((resolve) => stream.on('response', resolve));
    expect((await connection.exchange(health, (other) => other.end(noMessage))).status).toBe(0);
    expect(stream.closed).toBe(false);
  });
});
