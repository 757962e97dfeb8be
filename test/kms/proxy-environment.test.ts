import { tryFindProxy } from '../../lib/kms/proxy-environment';

const endpoint = new URL('https://kms.eu-de.otc.t-systems.com');
const proxy = 'http://proxy.example:3128';

test.each([
  [{ HTTPS_PROXY: proxy }, 'http://proxy.example:3128/'],
  [{ https_proxy: proxy, HTTPS_PROXY: '' }, 'http://proxy.example:3128/'],
  [{ HTTPS_PROXY: 'proxy.example:3128' }, 'http://proxy.example:3128/'],
  [{ HTTPS_PROXY: 'https://proxy.example' }, 'https://proxy.example/'],
  [
    { HTTPS_PROXY: proxy, NO_PROXY: 'example.com, systems.com,t-systems.com:8443' },
    'http://proxy.example:3128/',
  ],
  [{ HTTP_PROXY: proxy, ALL_PROXY: proxy }, undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'example.com, .T-Systems.com' }, undefined],
  [{ HTTPS_PROXY: proxy, no_proxy: 't-systems.com' }, undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'kms.eu-de.otc.t-systems.com:443' }, undefined],
  [{}, undefined],
])('%j leads to %s', (env, expected) => {
  expect(tryFindProxy(endpoint, env)?.href).toBe(expected);
});

test('this machine is never reached through a proxy', () => {
  for (const url of ['https://127.0.0.1:1', 'https://[::1]:1', 'https://localhost:1']) {
    expect(tryFindProxy(new URL(url), { HTTPS_PROXY: proxy })).toBeUndefined();
  }
});

test('refuses a proxy of another kind without showing its password', () => {
  const find = () => tryFindProxy(endpoint, { HTTPS_PROXY: 'socks5://user:hunter2@proxy.example' });
  expect(find).toThrow(/HTTPS_PROXY/);
  expect(find).not.toThrow(/hunter2/);
});

/** As golang.org/x/net/http/httpproxy v0.62.0 decides, but for what is marked. */
const exemptions: readonly (readonly [endpoint: string, noProxy: string, exempt: boolean])[] = [
  // Ranges.
  ['https://203.0.113.7', '203.0.113.0/24', true],
  ['https://203.0.113.7', '203.0.114.0/24', false],
  ['https://203.0.113.7', 'other.example, 203.0.0.0/8 ,', true],
  ['https://203.0.113.7:8443', '203.0.113.7/32', true],
  ['https://203.0.113.7', '0.0.0.0/0', true],
  ['https://203.0.113.7', '::/0', false],
  ['https://203.0.113.7', '203.0.113.0/33', false],
  ['https://203.0.113.7', '203.0.113.0/-1', false],
  ['https://203.0.113.7', '203.0.113.0/', false],
  ['https://203.0.113.7', '203.0.113/24', false],
  ['https://203.0.113.7', '203.0.113.0/255.255.255.0', false],
  ['https://203.0.113.7', '203.0.113.0/24:443', false],
  ['https://[2001:db8::1]', '2001:db8::/32', true],
  ['https://[2001:db8::1]', '2001:DB8::/127', true],
  ['https://[2001:db8:8000::1]', '2001:db8::/33', false],
  ['https://[2001:db8:8000::1]', '2001:db8::/32', true],
  ['https://[2001:db8::1]', '[2001:db8::]/32', false],
  ['https://[2001:db8::1]', '2001:db8::/129', false],
  ['https://[2001:db8::1]', '0.0.0.0/0', false],
  ['https://kms.example.com', '0.0.0.0/0,::/0', false],
  // Single addresses.
  ['https://203.0.113.7', '203.0.113.7', true],
  ['https://203.0.113.7', '203.0.113.7:443', true],
  ['https://203.0.113.7', '203.0.113.7:8443', false],
  ['https://203.0.113.7:8443', '203.0.113.7:8443', true],
  ['https://203.0.113.7:8443', '203.0.113.7:', true],
  ['https://203.0.113.7', '203.0.113.07', false],
  ['https://203.0.113.7', '113.7', false],
  ['https://203.0.113.7', '.113.7,*.7,7', false],
  ['https://[2001:db8::1]', '2001:db8::1', true],
  ['https://[2001:db8::1]', '2001:0DB8:0:0::0:1', true],
  ['https://[2001:db8::1]', '[2001:db8::1]:443', true],
  ['https://[2001:db8::1]', '[2001:db8::1]:8443', false],
  ['https://[2001:db8::1]:8443', '[2001:db8::1]:8443', true],
  ['https://[2001:db8::1]', '2001:db8::1:443', false],
  // Go takes brackets with a port only; here they count without one, too.
  ['https://[2001:db8::1]', '[2001:db8::1]', true],
  ['https://[2001:db8::1]:8443', ' [2001:db8::1] ', true],
  ['https://203.0.113.7', '[203.0.113.7]', true],
  // Zones: no URL holds one, so no entry with one is meant.
  ['https://[fe80::1]', 'fe80::1%eth0', false],
  ['https://[fe80::1]', '[fe80::1%eth0]:443', false],
  ['https://[fe80::1]', 'fe80::%eth0/64', false],
  ['https://[fe80::1]', 'fe80::/64', true],
  // IPv4-mapped addresses are the IPv4 addresses that they map.
  ['https://[::ffff:203.0.113.7]', '203.0.113.7', true],
  ['https://[::ffff:203.0.113.7]', '203.0.113.0/24', true],
  ['https://203.0.113.7', '::ffff:203.0.113.7', true],
  ['https://203.0.113.7', '::FFFF:cb00:7107', true],
  ['https://203.0.113.7', '::ffff:203.0.113.0/120', true],
  ['https://203.0.113.7', '::ffff:0:0/96', true],
  ['https://203.0.113.7', '::ffff:0:0/95', false],
  // Domains.
  ['https://kms.example.com', 'example.com', true],
  ['https://example.com', 'example.com', true],
  ['https://kms.example.com', '.example.com', true],
  ['https://example.com', '.example.com', false],
  ['https://kms.example.com', '*.Example.COM', true],
  ['https://example.com', '*.example.com', false],
  ['https://kms.example.com', 'ms.example.com', false],
  ['https://kms.example.com', 'kms.*.com', false],
  ['https://kms.example.com', 'com', true],
  ['https://kms.example.com', 'example.com:443', true],
  ['https://kms.example.com', '.example.com:8443', false],
  ['https://kms.example.com:8443', '.example.com:8443', true],
  ['https://kms.example.com', 'example.com:https', false],
  ['https://kms.example.com', 'https://kms.example.com', false],
  ['https://kms.example.com', 'a.example kms.example.com', false],
  ['https://kms.b\u00fccher.example', 'b\u00fccher.example', true],
  ['https://kms.b\u00fccher.example', '.xn--bcher-kva.example', true],
  // Everything, and nothing.
  ['https://kms.example.com', 'a.example, * ', true],
  ['https://203.0.113.7', '*', true],
  ['https://kms.example.com', '*:443', false],
  ['https://kms.example.com', '**', false],
  ['https://kms.example.com', ':443,,.,%,[,],[]:443,/,/8,[', false],
];

test.each(exemptions)('%s under NO_PROXY="%s": exempt is %s', (url, noProxy, exempt) => {
  for (const name of ['NO_PROXY', 'no_proxy']) {
    expect(tryFindProxy(new URL(url), { HTTPS_PROXY: proxy, [name]: noProxy })).toEqual(
      exempt ? undefined : new URL(proxy),
    );
  }
});
