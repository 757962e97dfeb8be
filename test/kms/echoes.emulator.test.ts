/**
 * A KMS and an IAM that send back what they were sent: in headers, codes and fields, at once and
 * later. Nothing of it is shown, or becomes a value.
 */
import * as http from 'node:http';
import type { KmsClient } from '../../lib/kms/kms-client';
import { isLostAnswer } from '../../lib/kms/lost-answer';
import { Secret } from '../../lib/secret';
import {
  answering,
  clientOf,
  described,
  importRequest,
  keyId,
  listen,
  projectId,
  serving,
  token,
} from './misbehaving-kms';

const issued = 'T'.concat('importtoken0123456789'.repeat(20), '==');
const publicKey = Buffer.alloc(294, 7).toString('base64');
const parameters = JSON.stringify({
  key_id: keyId,
  import_token: issued,
  expiration_time: 1_900_000_000,
  public_key: publicKey,
});
const blob = importRequest.encryptedKeyMaterial.toString('base64');
const sentToken = importRequest.importToken.revealText();

const pieces = [token, issued.slice(0, 40), blob.slice(0, 40), sentToken.slice(0, 40)];

async function errorOf(call: Promise<unknown>): Promise<Error> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) {
    throw new Error('it did not fail');
  }
  return error;
}

function expectNothingShown(...shown: unknown[]): void {
  const text = shown
    .map((one) =>
      one instanceof Error ? `${one.message} ${one.stack} ${JSON.stringify(one)}` : String(one),
    )
    .join('\n');
  expect(pieces.filter((piece) => text.includes(piece))).toEqual([]);
}

test('a request id that is a secret is none, of a refusal and of a success', async () => {
  const { client, logged } = await serving((_, response, __, count) =>
    count % 2 === 0
      ? response.writeHead(200, { 'X-Request-Id': token }).end(described)
      : response
          .writeHead(400, { 'X-Request-Id': token })
          .end(JSON.stringify({ error_code: 'APIGW.0101', request_id: token })),
  );
  await client.describeKey(keyId);
  const error = await errorOf(client.describeKey(keyId));
  expect(error).toMatchObject({ requestId: undefined, apiCode: 'APIGW.0101' });
  expect(logged).toHaveLength(2);
  expectNothingShown(error, ...logged);
});

test('an ordinary request id is shown, and nothing else in its place', async () => {
  let id = '';
  const { client } = await serving((_, response) =>
    response.writeHead(400, { 'X-Request-Id': id }).end('{}'),
  );
  for (const [given, shown] of [
    ['6e4ac7ab1b2f4ae2a3b1', '6e4ac7ab1b2f4ae2a3b1'],
    ['::error::pwned', undefined],
    ['\u009b31m', undefined],
    ['x'.repeat(300), undefined],
  ] as const) {
    id = given;
    expect(await errorOf(client.describeKey(keyId))).toMatchObject({ requestId: shown });
  }
});

test('an error code of another form is none', async () => {
  let code = '';
  const { client } = await serving((_, response) =>
    response.writeHead(400).end(JSON.stringify({ error: { error_code: code } })),
  );
  for (code of [
    token,
    'TOKENsecretTOKEN',
    'Sup3rSecretPassw0rd',
    'KMS.20701',
    'kms.0207',
    'SECRET.1234',
    'KMS.0207\n::error::',
  ]) {
    const error = await errorOf(client.importKeyMaterial(importRequest));
    expect([code, error]).toEqual([code, expect.objectContaining({ apiCode: undefined })]);
    expectNothingShown(error);
  }
});

test('answers repeat what was sent and answered long before', async () => {
  const all = [token, issued, blob, sentToken].join(' ');
  const { client, logged } = await serving((_, response, __, count) => {
    const answers = [parameters, '{}'];
    const answer = answers[count];
    answer === undefined
      ? response
          .writeHead(400, { 'X-Request-Id': issued.slice(0, 60) })
          .end(JSON.stringify({ error: { error_code: 'KMS.0308', error_msg: all } }))
      : response.writeHead(200, { 'X-Request-Id': issued.slice(0, 60) }).end(answer);
  });
  await client.getParametersForImport(keyId, 'RSAES_OAEP_SHA_256');
  await client.importKeyMaterial(importRequest);
  const error = await errorOf(client.describeKey(keyId));
  expect(error.message).toContain('KMS.0308: [secret] [secret] [secret] [secret];');
  expectNothingShown(error, await errorOf(client.listKeys()), ...logged);
});

test('import parameters that come with an error are hidden, too', async () => {
  const { client, logged } = await serving(
    (_, response) => response.writeHead(500).end(parameters),
    { maxRetries: 0 },
  );
  expectNothingShown(
    await errorOf(client.getParametersForImport(keyId, 'RSAES_OAEP_SHA_256')),
    ...logged,
  );
});

const detail = { key_id: keyId, key_state: '2', origin: 'external' };

test.each([
  'key_alias',
  'key_description',
  'key_spec',
  'key_usage',
  'key_state',
  'origin',
  'sys_enterprise_project_id',
  'default_key_flag',
])('a %s that repeats a secret is no answer', async (name) => {
  let value = '';
  const { client } = await serving((request, response) => {
    const key = { ...detail, [name]: value };
    const isImport = request.url?.endsWith('import-key-material');
    response.end(
      JSON.stringify(isImport ? {} : { key_info: key, key_details: [key], next_marker: '' }),
    );
  });
  await client.importKeyMaterial(importRequest);
  for (value of [token, `the ${token} of orders`, blob.slice(20, 120), sentToken]) {
    for (const error of [
      await errorOf(client.describeKey(keyId)),
      await errorOf(client.listKeys()),
    ]) {
      expect(error.message).toContain(
        `${name.replace('sys_', '')} repeats a secret of this connection; is 127.0.0.1:`,
      );
      expect(isLostAnswer(error)).toBe(true);
      expectNothingShown(error);
    }
  }
});

test.each([
  ['a value', { key: 'team', value: token }, 'team repeats a secret'],
  ['a name', { key: token, value: 'shop' }, 'the name of something repeats a secret'],
])('tags in which a secret is %s are no answer', async (_what, tag, message) => {
  const { client } = await serving((_, response) => response.end(JSON.stringify({ tags: [tag] })));
  const error = await errorOf(client.getTags(keyId));
  expect(error.message).toContain(message);
  expectNothingShown(error);
});

test('what nobody reads may hold what it likes, and a confirmation may repeat the request', async () => {
  const { client } = await serving((request, response, body) => {
    const isImport = request.url?.endsWith('import-key-material');
    response.end(isImport ? body : JSON.stringify({ key_info: { ...detail, echo: token }, token }));
  });
  await client.importKeyMaterial(importRequest);
  expect(await client.describeKey(keyId)).toMatchObject({ keyId, keyState: '2' });
});

test.each(['key_id', 'key_state', 'key_alias', 'origin'])(
  'a %s with characters that do not show is no answer',
  async (name) => {
    let text = '';
    const { client } = await serving((_, response) =>
      response.end(JSON.stringify({ key_info: { ...detail, [name]: text } })),
    );
    for (text of ['a\nb', 'a\u001b[31m', 'a\u202eb', 'a\u200bb', 'a\u2028b', 'a\u009bb']) {
      expect((await errorOf(client.describeKey(keyId))).message).toMatch(
        /holds characters that cannot be printed|another key than|documented form/,
      );
    }
  },
);

test('a description may have any characters: only Terraform shows it', async () => {
  const { client } = await serving((_, response) =>
    response.end(JSON.stringify({ key_info: { ...detail, key_description: 'two\nlines 👩‍👧' } })),
  );
  expect(await client.describeKey(keyId)).toMatchObject({ keyDescription: 'two\nlines 👩‍👧' });
});

const password = 'Sup3rSecretPassw0rd';
const passwordLogin = {
  kind: 'password',
  userName: 'u',
  password: Secret.fromText(password),
  domainName: 'd',
  names: 'password',
} as const;

interface IamAnswer {
  readonly status: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body: string;
}

/** @param iam answers the login */
async function withIam(
  iam: IamAnswer,
  kms: http.RequestListener,
  project: { id: string } | { name: string } = { id: projectId },
) {
  const port = await listen(
    http.createServer(
      answering((request, response) =>
        request.url?.startsWith('/v3/') === true
          ? response.writeHead(iam.status, iam.headers).end(iam.body)
          : kms(request, response),
      ),
    ),
  );
  const endpoint = `http://127.0.0.1:${port}`;
  return clientOf(endpoint, {
    login: passwordLogin,
    project,
    authUrl: new URL(`${endpoint}/v3`),
    maxRetries: 0,
  });
}

test('IAM sends back the password, in its code, its message and its request id', async () => {
  const error = {
    error_code: password,
    error_msg: `no user with ${password}`,
    request_id: password,
  };
  const iam = { status: 401, headers: { 'X-Request-Id': password }, body: JSON.stringify(error) };
  const { client, logged } = await withIam(iam, (_, response) => void response.end(described));
  const shown = [String(await errorOf(client.describeKey(keyId))), ...logged].join('\n');
  expect(shown).toContain('auth-tokens answered 401: no user with [secret]');
  expect(shown).not.toContain(password);
});

test('IAM gives the token that it issues away, and so does the KMS, and either of them the password', async () => {
  const session = 'gAAAAAB-session-token-0123456789';
  const iam = {
    status: 201,
    headers: { 'X-Subject-Token': session, 'X-Request-Id': session },
    body: '{}',
  };
  const body = JSON.stringify({
    error: { error_code: 'KMS.0308', error_msg: `${session} of ${password}` },
  });
  const { client, logged } = await withIam(
    iam,
    (_, response) => void response.writeHead(400, { 'X-Request-Id': session }).end(body),
  );
  const shown = [String(await errorOf(client.describeKey(keyId))), ...logged].join('\n');
  expect(shown).toContain('KMS.0308: [secret] of [secret]');
  expect([shown.includes(session), shown.includes(password)]).toEqual([false, false]);
});

test('a token in place of the id of the project goes into no path and no message', async () => {
  const session = 'a'.repeat(16) + 'b'.repeat(16);
  const body = JSON.stringify({ token: { project: { id: session } } });
  const paths: (string | undefined)[] = [];
  const { client, logged } = await withIam(
    { status: 201, headers: { 'X-Subject-Token': session }, body },
    (request, response) => {
      paths.push(request.url);
      response.end(described);
    },
    { name: 'eu-de' },
  );
  const error = await errorOf(client.describeKey(keyId));
  expect(error.message).toContain('token.project.id is missing');
  expect([paths, String(error).includes(session), logged.join().includes(session)]).toEqual([
    [],
    false,
    false,
  ]);
});

test.each<readonly [string, (client: KmsClient) => Promise<unknown>]>([
  ['describe-key', (client) => client.describeKey(keyId)],
  ['list-keys', (client) => client.listKeys()],
])(
  'the secret key, the security token and earlier signatures, which %s repeats',
  async (_name, call) => {
    const [secretKey, securityToken] = [
      'secretkey0123456789secretkey0123456789',
      'securitytoken0123456789'.repeat(5),
    ];
    const login = {
      kind: 'access_key',
      accessKey: 'AKIDEXAMPLE',
      names: 'access_key',
      secretKey: Secret.fromText(secretKey),
      securityToken: Secret.fromText(securityToken),
    } as const;
    const signatures: string[] = [];
    const { client, logged } = await serving(
      (request, response, _body, count) => {
        signatures.push(/Signature=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
        const echo = [secretKey, securityToken, ...signatures].join(' ');
        count === 0
          ? response.end(JSON.stringify({ key_info: detail, key_details: [], next_marker: '' }))
          : response
              .writeHead(400, { 'X-Request-Id': signatures[0] })
              .end(JSON.stringify({ error: { error_code: securityToken, error_msg: echo } }));
      },
      { login },
    );
    await call(client);
    const shown = [String(await errorOf(call(client))), ...logged].join('\n');
    expect(shown).toContain('[secret] [secret] [secret]');
    expect(
      [secretKey, securityToken, ...signatures].filter((secret) => shown.includes(secret)),
    ).toEqual([]);
  },
);
