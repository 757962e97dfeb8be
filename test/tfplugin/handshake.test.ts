import {
  handshakeLine,
  readLaunch,
  startedByTerraform,
} from '../../lib/tfplugin/process/handshake';

const certificate = '-----BEGIN CERTIFICATE-----';
const endpoint = { network: 'unix', address: '/tmp/p/s.sock' } as const;

test('only the magic cookie means Terraform', () => {
  const cookie = 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2';
  expect(startedByTerraform({ TF_PLUGIN_MAGIC_COOKIE: cookie })).toBe(true);
  expect(startedByTerraform({ TF_PLUGIN_MAGIC_COOKIE: 'other' })).toBe(false);
  expect(startedByTerraform({})).toBe(false);
});

test('protocol 6 is taken wherever it stands in the list', () => {
  expect(readLaunch({ PLUGIN_PROTOCOL_VERSIONS: '6,5', PLUGIN_CLIENT_CERT: certificate })).toEqual({
    clientCertificate: certificate,
    multiplex: false,
  });
});

test('refuses a host that does not speak protocol 6', () => {
  expect(() =>
    readLaunch({ PLUGIN_PROTOCOL_VERSIONS: '4,5', PLUGIN_CLIENT_CERT: certificate }),
  ).toThrow('this provider speaks plugin protocol 6, the host only 4,5');
});

test('goes without TLS only when the user said so', () => {
  expect(readLaunch({ TF_DISABLE_PLUGIN_TLS: '1' }).clientCertificate).toBeUndefined();
  expect(() => readLaunch({})).toThrow('set TF_DISABLE_PLUGIN_TLS=1');
});

test('the line holds the certificate without padding', () => {
  const launch = { clientCertificate: certificate, multiplex: false };
  expect(handshakeLine(endpoint, Buffer.from('abcd'), launch)).toBe(
    '1|6|unix|/tmp/p/s.sock|grpc|YWJjZA\n',
  );
});

test('the line has an empty sixth field without TLS, and a seventh when the host asks', () => {
  expect(
    handshakeLine({ network: 'tcp', address: '127.0.0.1:4000' }, undefined, {
      clientCertificate: undefined,
      multiplex: true,
    }),
  ).toBe('1|6|tcp|127.0.0.1:4000|grpc||true\n');
});
