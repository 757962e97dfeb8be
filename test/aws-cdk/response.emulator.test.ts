/**
 * The PUT that answers CloudFormation, at places that do not answer it as they should: each attempt
 * ends, and Lambda is told.
 */
import { globalAgent } from 'node:https';
import { sendAnswer } from '../../lib/aws-cdk/handler/response';
import { drip, type RawAnswer, rawServer } from '../kms/misbehaving-kms';
import { type Authority, createAuthority } from '../support/certificates';

let authority: Authority;

beforeAll(() => {
  authority = createAuthority();
  globalAgent.options.ca = authority.ca;
});

afterAll(() => {
  globalAgent.options.ca = undefined;
  globalAgent.destroy();
  authority.remove();
});

const upgrade =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

const answers: Readonly<Record<string, readonly [RawAnswer, message: RegExp]>> = {
  'changes the protocol': [(socket) => socket.write(upgrade), /: the answer is 101, /],
  'sends interim answers without end': [
    drip('HTTP/1.1 102 Processing\r\n\r\n'.repeat(50), 0),
    / interim answers arrived, and no final one$/,
  ],
  'closes the connection': [(socket) => socket.end(), /: (?:socket hang up|no answer)$/],
  'breaks off in the middle': [
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<'),
    / broke off in the middle of the answer$/,
  ],
  'refuses, and closes the connection': [
    (socket) => socket.end('HTTP/1.1 403 No\r\nConnection: close\r\n\r\n'),
    /: status 403$/,
  ],
};

test.each(Object.entries(answers))(
  'a place that %s is asked three times, and then Lambda is told without the URL',
  async (_name, [answer, message]) => {
    let asked = 0;
    const server = await rawServer((socket) => {
      asked += 1;
      answer(socket);
    }, authority.issue('IP:127.0.0.1'));
    const url = `https://127.0.0.1:${server.port}/answer?X-Amz-Signature=hunter2`;
    const error = await sendAnswer(url, '{}', async () => undefined).catch((thrown) => thrown);
    expect(error.message).toMatch(/^CloudFormation could not be told: /);
    expect(error.message).toMatch(message);
    expect(`${error.stack}`).not.toContain('hunter2');
    expect(asked).toBe(3);
    await server.allClosed();
  },
);
