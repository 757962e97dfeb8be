import { randomUUID } from 'node:crypto';
import { reserves } from '../../lib/aws-cdk/handler/time-budget';
import type { KeyProperties } from '../../lib/aws-cdk/key-properties';
import { holdsMaterial, writesOf } from '../support/emulated-key';
import { inDays, Lambda } from './lambda';

let lambda: Lambda;

beforeAll(async () => {
  lambda = await Lambda.start();
});

beforeEach(() => lambda.kms.clearCalls());

afterAll(() => lambda.close());

describe('CloudFormation is answered', () => {
  test('when the KMS is down: one sentence', async () => {
    const properties = lambda.properties(lambda.newMaterial(), {
      kmsEndpoint: 'http://127.0.0.1:9',
    });
    const answer = await lambda.request('Create', properties, {
      remainingMs: reserves.stop + 1_500,
    });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(answer.Reason).toMatch(/^[^\n]+ \(ERR_(?:KMS_UNREACHABLE|INTERRUPTED|TIMEOUT)\)$/);
  });

  test('before the time of the function is over, with the key intact', async () => {
    const { keyId, material, properties } = await lambda.create({ expirationTime: inDays(30) });
    lambda.kms.clearCalls();
    lambda.kms.injectFaults([{ operation: 'get-parameters-for-import', delayMs: 5_000 }]);
    const updated = { ...properties, expirationTime: inDays(60) };
    const answer = await lambda.request('Update', updated, {
      physicalId: keyId,
      old: properties,
      remainingMs: reserves.stop + 1_000,
    });
    lambda.kms.clearFaults();
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: keyId });
    expect(writesOf(lambda.kms)).not.toContain('delete-imported-key-material');
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test.each([
    [
      'no login',
      '{"access_key":"AK"}',
      /^the secret "arn:.*" with the login to the KMS holds no complete login; allowed is a JSON object with/,
    ],
    ['something that is no JSON', 'hunter2hunter2', /holds no complete login/],
    [
      'two logins',
      '{"auth_token":"t","access_key":"AK","secret_key":"SK"}',
      /holds more than one login/,
    ],
  ])('when its secret holds %s, without what it holds', async (_, content, reason) => {
    const credentials = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${randomUUID()}`;
    lambda.aws.secrets.set(credentials, content);
    const answer = await lambda.request(
      'Create',
      lambda.properties(lambda.newMaterial(), { credentials }),
    );
    expect(answer.Reason).toMatch(reason);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  test('when the properties are a mess', async () => {
    const properties = lambda.properties(lambda.newMaterial());
    const answer = await lambda.request('Create', {
      ...properties,
      source: undefined,
    } as unknown as KeyProperties);
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(answer.Reason).toContain(
      'a defect of the handler (TypeError): the log of the function says where (ERR_INTERNAL)',
    );
  });

  test('again when the first answer was not taken', async () => {
    lambda.aws.refusals.push(503);
    const before = lambda.aws.answers.length;
    const properties = lambda.properties(lambda.newMaterial());
    await lambda.invoke(lambda.event('Delete', properties, { physicalId: 'not-created' }));
    expect(lambda.aws.answers.slice(before).map(({ body }) => JSON.parse(body).Status)).toEqual([
      'SUCCESS',
      'SUCCESS',
    ]);
  });

  test('or Lambda is told, without the URL, and tries again', async () => {
    lambda.aws.refusals.push(403, 403, 403);
    const event = lambda.event('Delete', lambda.properties(lambda.newMaterial()), {
      physicalId: 'not-created',
    });
    await expect(lambda.invoke(event)).rejects.toThrow(
      /^CloudFormation could not be told: status 403$/,
    );
  });
});

describe('an event that is not of CloudFormation', () => {
  const urls = [
    ['another host', 'https://127.0.0.1:9/answer'],
    ['the runtime of the function', 'http://127.0.0.1:9/2018-06-01/runtime/invocation/1/response'],
    [
      'a bucket without TLS',
      'http://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/answer',
    ],
  ];

  test.each(urls)('is not answered at %s, and nothing is read or done', async (_, ResponseURL) => {
    const [reads, answers] = [lambda.aws.reads.length, lambda.aws.answers.length];
    const event = {
      ...lambda.event('Create', lambda.properties(lambda.newMaterial()), {}),
      ResponseURL,
    };
    await expect(lambda.invoke(event)).rejects.toThrow(
      'not an HTTPS URL of CloudFormation; nothing was read or done',
    );
    expect([lambda.aws.reads.length, lambda.aws.answers.length, lambda.kms.calls()]).toEqual([
      reads,
      answers,
      [],
    ]);
  });

  test.each(['constructor', 'toString', '__proto__', 'create', '', null, ['Create']])(
    'is refused when it asks for %p',
    async (RequestType) => {
      const reads = lambda.aws.reads.length;
      const properties = lambda.properties(lambda.newMaterial());
      lambda.declare(properties);
      await lambda.invoke({ ...lambda.event('Create', properties, {}), RequestType });
      const answer = JSON.parse(lambda.aws.answers.at(-1)?.body ?? '');
      expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
      expect(answer.Reason).toBe(
        'the RequestType of the event is none of Create, Update, Delete; nothing was read or done (ERR_ARGUMENT)',
      );
      expect([lambda.aws.reads.length, lambda.kms.calls()]).toEqual([reads, []]);
    },
  );
});

test('nothing of all this told a secret', () => {
  expect(lambda.aws.answers.length).toBeGreaterThan(0);
  expect(lambda.leaks()).toEqual([]);
});
