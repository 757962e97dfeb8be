/**
 * What KmsClient sends, and what it makes of answers, against servers that misbehave in ways that
 * the emulator does not.
 */
import * as http from 'node:http';
import type { KmsClient } from '../../lib/kms/kms-client';
import { isLostAnswer } from '../../lib/kms/lost-answer';
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

test('sends the token, JSON and a sequence, to the path of the project, below the path of the endpoint', async () => {
  const seen: {
    method?: string | undefined;
    url?: string | undefined;
    headers: http.IncomingHttpHeaders;
    body: unknown;
  }[] = [];
  const port = await listen(
    http.createServer(
      answering((request, response, body) => {
        seen.push({
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: JSON.parse(body),
        });
        response.end(described);
      }),
    ),
  );
  const { client } = clientOf(`http://127.0.0.1:${port}/base/`, {
    newSequence: () => '919c82d4-8046-4722-9094-35c3c6524cff',
  });
  await client.describeKey(keyId);
  expect(seen).toEqual([
    {
      method: 'POST',
      url: `/base/v1.0/${projectId}/kms/describe-key`,
      headers: expect.objectContaining({
        'x-auth-token': token,
        'content-type': 'application/json',
      }),
      body: { key_id: keyId, sequence: '919c82d4-8046-4722-9094-35c3c6524cff' },
    },
  ]);
});

test('names every request by another UUID', async () => {
  const sequences = new Set<string>();
  const { client } = await serving((_, response, body) => {
    sequences.add(JSON.parse(body).sequence);
    response.end(described);
  });
  await client.describeKey(keyId);
  await client.describeKey(keyId);
  expect([...sequences]).toEqual([
    expect.stringMatching(/^[0-9a-f-]{36}$/),
    expect.stringMatching(/^[0-9a-f-]{36}$/),
  ]);
});

test('uses one connection for calls that follow each other', async () => {
  const ports = new Set<number | undefined>();
  const { client } = await serving((request, response) => {
    ports.add(request.socket.remotePort);
    response.end(described);
  });
  for (let call = 0; call < 5; call++) {
    await client.describeKey(keyId);
  }
  expect(ports.size).toBe(1);
});

test('tags: a GET without a body, and lists of pairs to create, and only then to delete', async () => {
  const seen: unknown[] = [];
  const { client } = await serving((request, response, body) => {
    seen.push([
      request.method,
      request.url,
      request.headers['content-type'],
      body === '' ? undefined : JSON.parse(body),
    ]);
    const tags = {
      tags: [{ key: 'team', value: 'shop' }, { key: '__proto__' }],
      existTagsNum: 2,
      sys_tags: [{ key: 'x', value: 'y' }],
    };
    request.method === 'GET' ? response.end(JSON.stringify(tags)) : response.writeHead(204).end();
  });
  const found = await client.getTags(keyId);
  expect(Object.entries(found)).toEqual([
    ['team', 'shop'],
    ['__proto__', ''],
  ]);
  await client.updateTags(keyId, { create: { team: 'cards', cost: '' }, delete: { old: '1' } });
  await client.updateTags(keyId, { create: {} });
  const path = `/v1.0/${projectId}/kms/${keyId}/tags`;
  const sequence = expect.any(String);
  expect(seen).toEqual([
    ['GET', path, undefined, undefined],
    [
      'POST',
      `${path}/action`,
      'application/json',
      {
        action: 'create',
        tags: [
          { key: 'team', value: 'cards' },
          { key: 'cost', value: '' },
        ],
        sequence,
      },
    ],
    [
      'POST',
      `${path}/action`,
      'application/json',
      { action: 'delete', tags: [{ key: 'old', value: '1' }], sequence },
    ],
  ]);
});

test('new keys go into the enterprise project, and lists show no others', async () => {
  const bodies: unknown[] = [];
  const { client } = await serving(
    (_, response, body) => {
      bodies.push(JSON.parse(body));
      response.end(JSON.stringify({ key_info: { key_id: keyId }, key_details: [] }));
    },
    { enterpriseProjectId: '0' },
  );
  await client.createKey({ keyAlias: 'orders' });
  await client.listKeys();
  expect(bodies).toEqual([
    expect.objectContaining({ key_alias: 'orders', enterprise_project_id: '0' }),
    expect.objectContaining({ key_spec: 'ALL', enterprise_project_id: '0' }),
  ]);
});

test('fails on a success that is not JSON, and takes it for lost where that counts', async () => {
  const { client } = await serving((_, response) => response.end('<html>login</html>'));
  const error = await client.createKey({ keyAlias: 'orders' }).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'ERR_KMS',
    status: 200,
    message: expect.stringContaining('key_info is missing'),
  });
  expect(isLostAnswer(error)).toBe(true);
});

const asked = {
  ...{ keyId, keyAlias: 'orders', keyDescription: '', pendingDays: 7 },
  create: { team: 'shop' },
};
const other = keyId.replace('0', '1');

/** Every call that changes a key, and what its success looks like. */
const changes: Readonly<
  Record<
    string,
    readonly [call: (client: KmsClient) => Promise<unknown>, ...successes: readonly string[]]
  >
> = {
  'import-key-material': [(client) => client.importKeyMaterial(importRequest), '{}', ''],
  'delete-imported-key-material': [(client) => client.deleteImportedKeyMaterial(keyId), '{}', ''],
  'update-key-alias': [
    (client) => client.updateKeyAlias(keyId, 'orders'),
    `{"key_info":{"key_id":"${keyId}"}}`,
    '{}',
    '',
  ],
  'update-key-description': [
    (client) => client.updateKeyDescription(keyId, ''),
    `{"key_info":{"key_id":"${keyId}"}}`,
    '{}',
    '',
  ],
  'batch-tags': [(client) => client.updateTags(keyId, asked), '{}', ''],
  'enable-key': [
    (client) => client.enableKey(keyId),
    `{"key_info":{"key_id":"${keyId}","key_state":"2"}}`,
  ],
  'disable-key': [
    (client) => client.disableKey(keyId),
    `{"key_info":[{"key_id":"${keyId}","key_state":3}]}`,
  ],
  'schedule-key-deletion': [
    (client) => client.scheduleKeyDeletion(keyId, 7),
    `{"key_id":"${keyId}","key_state":"4"}`,
  ],
  'cancel-key-deletion': [
    (client) => client.cancelKeyDeletion(keyId),
    `{"key_id":"${keyId}","key_state":"3"}`,
  ],
  'create-key': [(client) => client.createKey(asked), `{"key_info":{"key_id":"${other}"}}`],
};

const oddSuccesses: readonly string[] = [
  '<html>Please log in</html>',
  '{"error":{"error_code":"KMS.0307","error_msg":"no"}}',
  '{"error_code":"APIGW.0302","error_msg":"no","request_id":"1"}',
  '{"error":null}',
  ...['[]', '[{}]', 'null', '0', '""', '"ok"', 'true', ' ', '{', '{}x'],
];
const aboutAnother = [
  `{"key_info":{"key_id":"${other}","key_state":"2"}}`,
  `{"key_id":"${other}","key_state":"4"}`,
  `{"key_id":"${keyId}","key_state":"4","key_info":{"key_id":"${other}","key_state":"2"}}`,
];

test.each(Object.entries(changes))(
  '%s says what its success looks like, and any other is lost',
  async (name, [call, ...successes]) => {
    const makesKey = name === 'create-key';
    let body = '';
    let requests = 0;
    const { client } = await serving((_, response) => {
      requests += 1;
      response.end(body);
    });
    for (body of successes) {
      await expect(call(client)).resolves.toEqual(makesKey ? { keyId: other } : undefined);
    }
    for (body of [
      ...oddSuccesses,
      ...(makesKey ? [] : aboutAnother),
      ...['{}', ''].filter((silent) => !successes.includes(silent)),
    ]) {
      requests = 0;
      const error = await call(client).catch((thrown) => thrown);
      expect([body, error]).toEqual([
        body,
        expect.objectContaining({
          operation: name,
          status: 200,
          apiCode: undefined,
          code: 'ERR_KMS',
        }),
      ]);
      expect([body, isLostAnswer(error), requests]).toEqual([body, true, 1]);
    }
  },
);

test('an error under a status of success is named by its code, and nothing else of it is told', async () => {
  const { client } = await serving((_, response) =>
    response.end('{"error":{"error_code":"KMS.0307","error_msg":"a secret"}}'),
  );
  await expect(client.importKeyMaterial(importRequest)).rejects.toThrow(
    /^import-key-material answered 200: the answer is not what the API documents: it holds an error \(KMS\.0307\), although its status says success; is 127\.0\.0\.1:\d+ a KMS\?$/,
  );
});

test.each<readonly [string, (client: KmsClient) => Promise<unknown>, object]>([
  [
    'describe-key',
    (client) => client.describeKey(keyId),
    { key_info: { key_id: other, key_state: '2', origin: 'external' } },
  ],
  [
    'describe-key',
    (client) => client.describeKey(keyId),
    { key_id: keyId, key_info: { key_id: other, key_state: '2', origin: 'external' } },
  ],
  [
    'describe-key',
    (client) => client.describeKey(keyId),
    { key_id: other, key_info: { key_id: keyId, key_state: '2', origin: 'external' } },
  ],
  [
    'describe-key',
    (client) => client.describeKey(keyId),
    { key_info: [{ key_id: other, key_state: '2', origin: 'external' }] },
  ],
  ['list-tags', (client) => client.getTags(keyId), { key_id: other, tags: [] }],
  [
    'get-publickey',
    (client) => client.getPublicKey(keyId),
    { key_id: other, public_key: '-----BEGIN PUBLIC KEY-----' },
  ],
  [
    'get-parameters-for-import',
    (client) => client.getParametersForImport(keyId, 'RSAES_OAEP_SHA_256'),
    {
      key_id: other,
      import_token: 'T'.repeat(300),
      public_key: 'AAAA',
      expiration_time: 1_900_000_000,
    },
  ],
])('%s fails when the answer is about another key, and says so', async (name, call, answer) => {
  const { client } = await serving((_, response) => response.end(JSON.stringify(answer)));
  await expect(call(client)).rejects.toThrow(
    `${name} answered 200: the answer is not what the API documents: it is about another key than ${keyId}`,
  );
});

test('does not follow a redirect, which would carry the token away', async () => {
  let requests = 0;
  const { client } = await serving((_, response) => {
    requests++;
    response.writeHead(307, { Location: '/elsewhere' }).end();
  });
  await expect(client.describeKey(keyId)).rejects.toMatchObject({ code: 'ERR_KMS', status: 307 });
  expect(requests).toBe(1);
});

test('fails on an answer that does not end', async () => {
  const { client } = await serving(
    (_, response) => response.end(Buffer.alloc(5 * 1024 * 1024, 0x20)),
    { maxRetries: 0 },
  );
  await expect(client.describeKey(keyId)).rejects.toMatchObject({
    message: expect.stringContaining('longer than'),
  });
});

test('lists all pages, of all specs, and no key twice', async () => {
  const asked: unknown[] = [];
  const pages = [
    { keys: ['a', 'b'], next: '2' },
    { keys: ['b', 'c'], next: '4' },
    { keys: ['d'], next: '' },
  ];
  const { client } = await serving((_, response, body, count) => {
    const { key_spec, marker } = JSON.parse(body);
    asked.push([key_spec, marker]);
    const page = pages[count];
    response.end(
      JSON.stringify({
        key_details: page?.keys.map((id) => ({ key_id: id, key_state: '2', origin: 'kms' })),
        next_marker: page?.next,
      }),
    );
  });
  expect((await client.listKeys()).map((key) => key.keyId)).toEqual(['a', 'b', 'c', 'd']);
  expect(asked).toEqual([
    ['ALL', undefined],
    ['ALL', '2'],
    ['ALL', '4'],
  ]);
});

test('fails on a list whose markers go round in circles', async () => {
  const { client } = await serving((_, response) =>
    response.end('{"key_details":[],"next_marker":"1"}'),
  );
  await expect(client.listKeys()).rejects.toMatchObject({
    code: 'ERR_KMS',
    message: expect.stringContaining('does not end'),
  });
});

test.each([
  ['none', () => [], 100],
  ['one', (page: number) => [`key-${page}`], 100],
  ['the same ones', () => ['a', 'b'], 100],
  ['a thousand', (page: number) => Array.from({ length: 1000 }, (_, key) => `${page}-${key}`), 50],
])(
  'ends in one sentence on a list whose markers are new for ever, with %s on each page',
  async (_name, keysOf, pages) => {
    let requests = 0;
    const { client } = await serving((_, response, __, page) => {
      requests += 1;
      const details = keysOf(page).map((id) => ({ key_id: id, key_state: '2', origin: 'kms' }));
      response.end(
        JSON.stringify({ key_details: details, next_marker: String(page + 1), truncated: 'true' }),
      );
    });
    const error = await client.listKeys().catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_KMS',
      message: expect.stringMatching(
        /^list-keys answered 200: the list does not end: \d+ keys arrived in \d+ pages, and more were to follow$/,
      ),
    });
    expect(requests).toBe(pages);
  },
);

test('lists as many pages as there are, up to where no list goes', async () => {
  const { client } = await serving((_, response, __, page) => {
    const details = [{ key_id: `key-${page}`, key_state: '2', origin: 'kms' }];
    response.end(
      JSON.stringify({ key_details: details, next_marker: page === 99 ? '' : String(page + 1) }),
    );
  });
  expect(await client.listKeys()).toHaveLength(100);
});

test.each([
  ['one', (page: number) => [`key-${page}`], undefined, 100],
  [
    'one, of a total that grows',
    (page: number) => [`key-${page}`],
    (page: number) => page + 2,
    100,
  ],
  [
    'a thousand',
    (page: number) => Array.from({ length: 1000 }, (_, key) => `${page}-${key}`),
    undefined,
    50,
  ],
])(
  'ends in one sentence on a list of tags that has new keys for ever, %s on each page',
  async (_name, keysOf, totalOf, pages) => {
    let requests = 0;
    const { client } = await serving((_, response, __, page) => {
      requests += 1;
      const resources = keysOf(page).map((id) => ({ resource_id: id, tags: [] }));
      response.end(JSON.stringify({ resources, total_count: totalOf?.(page) }));
    });
    await expect(client.listTags()).rejects.toMatchObject({
      code: 'ERR_KMS',
      message: expect.stringMatching(
        /^resource-instances answered 200: the list does not end: \d+ keys arrived in \d+ pages, and more were to follow$/,
      ),
    });
    expect(requests).toBe(pages);
  },
);

test('an unknown key is a value, another 404 is not', async () => {
  const { client } = await serving((_, response, __, count) =>
    response
      .writeHead(404, { 'X-Request-Id': 'req-404' })
      .end(
        count === 0
          ? '{"error":{"error_code":"KMS.0207","error_msg":"gone"}}'
          : '{"error_code":"APIGW.0101","error_msg":"no such API"}',
      ),
  );
  expect(await client.describeKey(keyId)).toBeUndefined();
  await expect(client.describeKey(keyId)).rejects.toMatchObject({
    apiCode: 'APIGW.0101',
    requestId: 'req-404',
  });
});

test('shows no secret in errors or log lines, also when the other side sends everything back', async () => {
  const { client, logged } = await serving((request, response, body, count) => {
    const echo = `${request.headers['x-auth-token']} ${body}`;
    if (count === 0) {
      response
        .writeHead(400)
        .end(JSON.stringify({ error: { error_code: 'KMS.0308', error_msg: echo } }));
    } else if (count === 1) {
      response.writeHead(502, { 'X-Request-Id': 'r' }).end(echo);
    } else {
      request.socket.end(`HTTP/1.1 ${echo}\r\n\r\n`);
    }
  });
  const errors = [];
  for (let call = 0; call < 3; call++) {
    errors.push(await client.importKeyMaterial(importRequest).catch((thrown) => thrown));
  }
  expect(errors.every((error) => error instanceof Error)).toBe(true);
  const shown = [
    ...errors.flatMap((error) => [
      error.message,
      error.stack,
      String(error.cause?.message),
      JSON.stringify(error),
    ]),
    ...logged,
  ].join('\n');
  expect(shown).toContain('[secret]');
  expect(shown).not.toContain(token);
  expect(shown).not.toContain('T'.repeat(50));
  expect(shown).not.toContain(importRequest.encryptedKeyMaterial.toString('base64').slice(0, 50));
});
