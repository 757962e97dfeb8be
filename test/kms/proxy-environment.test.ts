import { tryFindProxy } from '../../lib/kms/proxy-environment';

const endpoint = new URL('https://kms.eu-de.otc.t-systems.com');
const proxy = 'http://proxy.example:3128';

test.each([
  [{ HTTPS_PROXY: proxy }, 'http://proxy.example:3128/'],
  [{ https_proxy: proxy, HTTPS_PROXY: '' }, 'http://proxy.example:3128/'],
  [{ HTTPS_PROXY: 'proxy.example:3128' }, 'http://proxy.example:3128/'],
  [{ HTTPS_PROXY: 'https://proxy.example' }, 'https://proxy.example/'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'example.com, systems.com,t-systems.com:8443' }, 'http://proxy.example:3128/'],
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
