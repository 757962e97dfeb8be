import { isLoopback, resolveAuthUrl, resolveKmsEndpoint } from '../../lib/kms/endpoint';
import { wording } from '../../lib/provider/wording';

test.each([
  [{ region: 'ap-southeast-3' }, 'https://kms.ap-southeast-3.myhuaweicloud.com/'],
  [{ cloud: 'huaweicloud', region: 'eu-west-101' }, 'https://kms.eu-west-101.myhuaweicloud.eu/'],
  [{ cloud: 'opentelekomcloud', region: 'eu-de' }, 'https://kms.eu-de.otc.t-systems.com/'],
  [
    { cloud: 'prod-cloud-ocb.orange-business.com', region: 'eu-west-0' },
    'https://kms.eu-west-0.prod-cloud-ocb.orange-business.com/',
  ],
  [{ cloud: 'opentelekomcloud', region: 'eu-ch2' }, 'https://kms.eu-ch2.sc.otc.t-systems.com/'],
  [{ cloud: 'otc.t-systems.com', region: 'eu-ch2' }, 'https://kms.eu-ch2.sc.otc.t-systems.com/'],
  [{ cloud: 'sc.otc.t-systems.com', region: 'eu-ch2' }, 'https://kms.eu-ch2.sc.otc.t-systems.com/'],
  [{ kmsEndpoint: 'https://kms.example.com:8443/base' }, 'https://kms.example.com:8443/base'],
  [{ kmsEndpoint: 'http://127.0.0.1:4000' }, 'http://127.0.0.1:4000/'],
  [{ kmsEndpoint: 'http://127.3.2.1:4000' }, 'http://127.3.2.1:4000/'],
  [{ kmsEndpoint: 'http://[::1]:4000' }, 'http://[::1]:4000/'],
  [{ kmsEndpoint: 'http://LOCALHOST:4000' }, 'http://localhost:4000/'],
  // The URL parser turns every spelling of an IPv4 address into the dotted one.
  [{ kmsEndpoint: 'http://0x7f000001' }, 'http://127.0.0.1/'],
])('resolves %j', (config, url) => {
  expect(resolveKmsEndpoint(config, wording).href).toBe(url);
});

test.each([
  'http://kms.eu-de.otc.t-systems.com',
  'http://10.0.0.1',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'http://0.0.0.0:4000',
  'http://[::ffff:10.0.0.1]',
  'ftp://127.0.0.1',
  'kms.example.com',
  'https://user:hunter2@kms.example.com',
  'https://kms.example.com?x=1',
])('refuses %s as kms_endpoint, names it, and says what to do', (kmsEndpoint) => {
  const named = new RegExp(
    kmsEndpoint
      .replace(/^https?:\/\/(.*@)?/, '')
      .replace(/\?.*/, '')
      .replace('ffff:10.0.0.1', 'ffff:a00:1')
      .replace(/[[\]]/g, '\\$&'),
  );
  expect(() => resolveKmsEndpoint({ kmsEndpoint }, wording)).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIGURATION',
      attribute: 'kms_endpoint',
      message: expect.stringMatching(named),
    }),
  );
  expect(() => resolveKmsEndpoint({ kmsEndpoint }, wording)).toThrow(/give an https:\/\/ base URL/);
  expect(() => resolveKmsEndpoint({ kmsEndpoint }, wording)).not.toThrow(/hunter2/);
});

test.each([
  [{ region: 'eu-de.evil.example#' }, 'region'],
  [{}, 'region'],
  [{ cloud: 'huawei', region: 'eu-de' }, 'cloud'],
  [{ cloud: 'toString', region: 'eu-de' }, 'cloud'],
  [{ cloud: 'evil.example/x', region: 'eu-de' }, 'cloud'],
])('refuses %j', (config, attribute) => {
  expect(() => resolveKmsEndpoint(config, wording)).toThrow(
    expect.objectContaining({ code: 'ERR_CONFIGURATION', attribute }),
  );
});

test('loopback means this machine and nothing that merely looks like it', () => {
  expect(['127.0.0.1', '127.255.255.254', '[::1]', 'localhost'].every(isLoopback)).toBe(true);
  expect(
    ['128.0.0.1', '[::2]', 'localhost.', 'my-localhost', '[::ffff:8.8.8.8]'].some(isLoopback),
  ).toBe(false);
});

test.each([
  [{ region: 'ap-southeast-3' }, 'https://iam.ap-southeast-3.myhuaweicloud.com/v3'],
  [{ region: 'eu-west-101' }, 'https://iam.myhuaweicloud.eu/v3'],
  [{ cloud: 'myhuaweicloud.eu', region: 'eu-west-101' }, 'https://iam.myhuaweicloud.eu/v3'],
  [{ cloud: 'opentelekomcloud', region: 'eu-nl' }, 'https://iam.eu-nl.otc.t-systems.com/v3'],
  [
    { cloud: 'prod-cloud-ocb.orange-business.com', region: 'eu-west-0' },
    'https://iam.eu-west-0.prod-cloud-ocb.orange-business.com/v3',
  ],
  [
    { cloud: 'opentelekomcloud', region: 'eu-ch2' },
    'https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3',
  ],
  [
    { cloud: 'sc.otc.t-systems.com', region: 'eu-ch2' },
    'https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3',
  ],
  [{ cloud: 'otc.t-systems.com', region: 'eu-de' }, 'https://iam.eu-de.otc.t-systems.com/v3'],
  [
    { region: 'eu-de', kmsEndpoint: 'https://kms.example.com' },
    'https://iam.eu-de.myhuaweicloud.com/v3',
  ],
  [{ region: 'eu-de', kmsEndpoint: 'http://127.0.0.1:1' }, undefined],
  [{ kmsEndpoint: 'https://kms.example.com' }, undefined],
  [{ authUrl: 'https://iam.example.com:443/v3/' }, 'https://iam.example.com/v3'],
  [{ authUrl: 'http://[::1]:4000/iam/v3' }, 'http://[::1]:4000/iam/v3'],
])('IAM of %j', (config, url) => {
  expect(resolveAuthUrl(config, wording)?.href).toBe(url);
});

test.each([
  ['https://iam.example.com', /does not end in "\/v3"/],
  ['https://iam.example.com/v2.0', /does not end in "\/v3"/],
  ['http://iam.example.com/v3', /could read the login/],
  ['https://user:hunter2@iam.example.com/v3', /with a user name/],
  ['iam.example.com/v3', /is not a URL/],
])('refuses %s as auth_url, and says what to do', (authUrl, message) => {
  const refused = expect.objectContaining({
    code: 'ERR_CONFIGURATION',
    attribute: 'auth_url',
    message: expect.stringMatching(message),
  });
  expect(() => resolveAuthUrl({ authUrl }, wording)).toThrow(refused);
  expect(() => resolveAuthUrl({ authUrl }, wording)).toThrow(
    /give an https:\/\/ base URL that ends in \/v3/,
  );
  expect(() => resolveAuthUrl({ authUrl }, wording)).not.toThrow(/hunter2/);
});

test.each([
  ['https://user:hunter2@ho st', 'https://…@ho st'],
  ['https://user:hunter2@host:99999', 'https://…@host:99999'],
  ['https://user:hunt@hunter2@', 'https://…@'],
  ['user:hunter2@host', '…@host'],
  ['https//user:hunter2@host', '…@host'],
  ['HTTPS:user:hunter2@ho st', '…@ho st'],
  ['ftp://user:hunter2@host', 'ftp://…@host'],
  ['https://host:x?token=hunter2', 'https://host:x…'],
  ['ftp://host#hunter2', 'ftp://host…'],
  ['kms.example.com', 'kms.example.com'],
])('%s, which is no URL of a KMS, is shown without what may be a login', (text, shown) => {
  expect(() => resolveKmsEndpoint({ kmsEndpoint: text }, wording)).toThrow(
    `kms_endpoint "${shown}" is`,
  );
  expect(() => resolveAuthUrl({ authUrl: text }, wording)).toThrow(`auth_url "${shown}" is`);
});
