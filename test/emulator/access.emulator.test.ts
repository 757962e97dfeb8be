/**
 * Who may call: tokens and their scope, the Host header, the control token; and the three error
 * envelopes.
 */
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Emulator, startEmulator } from '../support/emulator';
import { call, control, send, verdict } from './plain-http';

const day = 24 * 3600;

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

function authBody(
  change: { user?: object; scope?: object | undefined; methods?: string[] } = {},
): object {
  const { userName, password, domainName, projectName } = emulator;
  const user = { name: userName, password, domain: { name: domainName }, ...change.user };
  const scope = 'scope' in change ? change.scope : { project: { name: projectName } };
  return {
    auth: { identity: { methods: change.methods ?? ['password'], password: { user } }, scope },
  };
}

async function fetchToken(change: { scope?: object | undefined } = {}): Promise<string> {
  const answer = await send(emulator, { path: '/v3/auth/tokens', body: authBody(change) });
  expect(answer.status).toBe(201);
  return String(answer.headers['x-subject-token']);
}

const listWith = (headers: Record<string, string>, projectId = emulator.projectId) =>
  send(emulator, { path: `/v1.0/${projectId}/kms/list-keys`, headers, body: {} });

describe('POST /v3/auth/tokens', () => {
  test('answers 201, the token in X-Subject-Token, and its project and times in the body', async () => {
    const answer = await send(emulator, {
      path: '/v3/auth/tokens?nocatalog=true',
      body: authBody(),
    });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-subject-token']).toMatch(/^[\w-]{32,}$/);
    const { token } = JSON.parse(answer.text) as {
      token: { issued_at: string; expires_at: string };
    };
    expect(token).toMatchObject({
      methods: ['password'],
      project: { id: emulator.projectId, name: emulator.projectName },
      user: { name: emulator.userName, domain: { name: emulator.domainName } },
    });
    expect(token.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(Date.parse(token.expires_at) - Date.parse(token.issued_at)).toBe(day * 1000);
  });

  test.each([
    ['name', () => ({ project: { name: emulator.projectName } })],
    ['id', () => ({ project: { id: emulator.projectId } })],
  ])('takes the project by %s, and the token opens the KMS', async (_what, scope) => {
    expect(verdict(await listWith({ 'X-Auth-Token': await fetchToken({ scope: scope() }) }))).toBe(
      '200',
    );
  });

  test.each<[string, object]>([
    ['password', { password: 'wrong' }],
    ['user', { name: 'nobody' }],
    ['domain', { domain: { name: 'nowhere' } }],
  ])('refuses a wrong %s in its own envelope', async (_what, user) => {
    const answer = await send(emulator, { path: '/v3/auth/tokens', body: authBody({ user }) });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toEqual({
      error: {
        message: 'The request you have made requires authentication.',
        title: 'Unauthorized',
      },
    });
    expect(answer.headers).not.toHaveProperty('x-subject-token');
  });

  test('refuses a project that it does not have', async () => {
    for (const project of [{ name: 'mars' }, { id: 'f'.repeat(32) }]) {
      const answer = await send(emulator, {
        path: '/v3/auth/tokens',
        body: authBody({ scope: { project } }),
      });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
        404,
        { error: { title: 'Not Found' } },
      ]);
    }
  });

  test('refuses a body that does not fit', async () => {
    const { userName } = emulator;
    const bodies = [
      {},
      '{',
      authBody({ methods: ['token'] }),
      authBody({ scope: { project: {} } }),
      authBody({ user: { name: 7 } }),
      userName,
    ];
    for (const body of bodies) {
      const answer = await send(emulator, { path: '/v3/auth/tokens', body });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
        400,
        { error: { title: 'Bad Request' } },
      ]);
    }
  });
});

describe('X-Auth-Token', () => {
  test('is asked for', async () => {
    expect(verdict(await listWith({}))).toBe('403 KMS.0301');
    expect(verdict(await listWith({ 'X-Auth-Token': '' }))).toBe('403 KMS.0301');
  });

  test('is refused when unknown', async () => {
    expect(verdict(await listWith({ 'X-Auth-Token': 'unknown' }))).toBe('403 KMS.0302');
  });

  test('expires after 24 hours, while an older one of the same user stays good as long as its own time', async () => {
    const first = await fetchToken();
    emulator.advanceClock(day - 1);
    const second = await fetchToken();
    expect(verdict(await listWith({ 'X-Auth-Token': first }))).toBe('200');
    emulator.advanceClock(1);
    expect(verdict(await listWith({ 'X-Auth-Token': first }))).toBe('403 KMS.0303');
    expect(verdict(await listWith({ 'X-Auth-Token': second }))).toBe('200');
  });

  test('of the emulator itself does not expire', async () => {
    emulator.advanceClock(1000 * day);
    expect(verdict(await call(emulator, 'list-keys', {}))).toBe('200');
  });

  test.each([
    ['a domain', { domain: { name: 'byok-emulator' } }],
    ['nothing', undefined],
  ])('scoped to %s is refused', async (_what, scope) => {
    expect(verdict(await listWith({ 'X-Auth-Token': await fetchToken({ scope }) }))).toBe(
      '403 KMS.0305',
    );
  });

  test('of another project than the path’s is refused', async () => {
    expect(verdict(await listWith({ 'X-Auth-Token': emulator.authToken }, 'f'.repeat(32)))).toBe(
      '403 KMS.0321',
    );
  });

  test('is judged before the body is', async () => {
    const path = `/v1.0/${emulator.projectId}/kms/list-keys`;
    expect(
      verdict(await send(emulator, { path, headers: { 'X-Auth-Token': 'unknown' }, body: '{' })),
    ).toBe('403 KMS.0302');
  });
});

describe('a path that is not served', () => {
  test.each([
    '/',
    '/v1.0',
    '/v3/auth',
    '/v1.0/p/kms/rotate-on-demand',
    '/v2/p/kms/keys',
    '/_control/unknown',
    '/%E0%A4%A',
  ])('%s is answered by the gateway, flat and with a request id', async (path) => {
    const answer = await send(emulator, { path, body: {} });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({
      error_code: 'APIGW.0101',
      error_msg: 'The API does not exist or has not been published in the environment',
      request_id: answer.headers['x-request-id'],
    });
  });

  test('a known call by another method is answered by the KMS, 405', async () => {
    const path = `/v1.0/${emulator.projectId}/kms/describe-key`;
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(verdict(await send(emulator, { method, path }))).toBe('405 KMS.0215');
    }
  });
});

test('every answer carries its own X-Request-Id', async () => {
  const answers = [
    await call(emulator, 'list-keys', {}),
    await call(emulator, 'describe-key', {}),
    await call(emulator, 'list-keys', '{'),
    await listWith({}),
    await send(emulator, { path: '/nowhere', body: {} }),
    await send(emulator, { path: '/%E0%A4%A', body: {} }),
    await send(emulator, { path: '/v3/auth/tokens', body: authBody() }),
    await send(emulator, { path: '/v3/auth/tokens', body: {} }),
    await control(emulator, 'GET', 'calls'),
    await listWith({ Host: 'evil.example' }),
  ];
  const ids = answers.map(({ headers }) => String(headers['x-request-id']));
  expect(ids.filter((id) => /^[0-9a-f]{32}$/.test(id))).toHaveLength(answers.length);
  expect(new Set(ids).size).toBe(answers.length);
});

describe('the Host header', () => {
  const routes = (): [string, string][] => [
    ['POST', `/v1.0/${emulator.projectId}/kms/list-keys`],
    ['POST', '/v3/auth/tokens'],
    ['GET', '/_control/calls'],
    ['POST', '/nowhere'],
  ];

  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    '10.0.0.1',
    '0.0.0.0',
    'evil.example#127.0.0.1',
  ])('naming %s is refused on every route', async (host) => {
    for (const [method, path] of routes()) {
      const headers = {
        Host: host,
        'X-Auth-Token': emulator.authToken,
        'X-Control-Token': emulator.controlToken,
      };
      const answer = await send(emulator, {
        method,
        path,
        headers,
        body: method === 'POST' ? {} : undefined,
      });
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('the emulator answers on loopback names only');
    }
  });

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST:1234', '[::1]:80'])(
    'naming %s is accepted',
    async (host) => {
      expect(verdict(await listWith({ Host: host, 'X-Auth-Token': emulator.authToken }))).toBe(
        '200',
      );
    },
  );
});

describe('the control endpoint', () => {
  test.each<[string, Record<string, string>]>([
    ['without the control token', {}],
    ['with a wrong one', { 'X-Control-Token': 'wrong' }],
    ['with a wrong one of the right length', { 'X-Control-Token': 'x'.repeat(32) }],
  ])('is closed %s, and nothing happens', async (_what, headers) => {
    const routes = [
      ['POST', 'clock', { advance_seconds: day }],
      ['POST', 'faults', [{ status: 500 }]],
      ['GET', 'calls', undefined],
    ] as const;
    for (const [method, path, body] of routes) {
      const answer = await send(emulator, { method, path: `/_control/${path}`, headers, body });
      expect([answer.status, answer.text]).toEqual([
        403,
        '{"error":"the header X-Control-Token is missing or wrong"}',
      ]);
    }
    expect(verdict(await call(emulator, 'list-keys', {}))).toBe('200');
    expect(Math.abs(emulator.now().getTime() - Date.now())).toBeLessThan((day / 2) * 1000);
  });

  test('is not opened by the KMS token', async () => {
    const headers = { 'X-Auth-Token': emulator.authToken, 'X-Control-Token': emulator.authToken };
    expect((await send(emulator, { method: 'GET', path: '/_control/calls', headers })).status).toBe(
      403,
    );
  });
});

test('listens on loopback only', async () => {
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) {
    await expect(
      new Promise((resolve, reject) =>
        connect({ host: address, port: emulator.port }, () => resolve('open')).on('error', reject),
      ),
    ).rejects.toThrow('ECONNREFUSED');
  }
  expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
});

test('options choose project, user, tokens and port; a port in use is refused', async () => {
  const projectId = '0123456789abcdef0123456789abcdef';
  const chosen = await startEmulator({
    projectId,
    token: 'my-token',
    controlToken: 'my-control',
    userName: 'u',
    password: 'p',
    domainName: 'd',
  });
  try {
    expect(chosen).toMatchObject({
      projectId,
      authToken: 'my-token',
      controlToken: 'my-control',
      authUrl: `${chosen.url}/v3`,
    });
    expect(verdict(await call(chosen, 'list-keys', {}))).toBe('200');
    expect((await control(chosen, 'GET', 'calls')).status).toBe(200);
    await expect(startEmulator({ port: chosen.port })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    });
    await expect(startEmulator({ projectId: 'short' })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      attribute: 'projectId',
    });
  } finally {
    await chosen.close();
  }
});
