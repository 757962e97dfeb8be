import type { AwsStore } from '../../lib/aws-cdk/handler/aws-store';
import { type Session, withKms } from '../../lib/aws-cdk/handler/session';
import type { KeyProperties } from '../../lib/aws-cdk/key-properties';

const login = JSON.stringify({ access_key: 'AK', secret_key: 'SK' });
const store = { readSecret: async () => ({ text: login }) } as unknown as AwsStore;

function sessionWith(env: Record<string, string>): Session {
  const now = () => new Date(0);
  return {
    env,
    now,
    store,
    sleep: async () => undefined,
    sendAnswer: async () => undefined,
    print: () => undefined,
    log: () => undefined,
    signal: new AbortController().signal,
    deadline: now(),
  };
}

const properties: KeyProperties = {
  source: { parameter: 'p' },
  credentials: 'arn',
  memory: 'm',
  metricKey: 'k',
};

test('the template says which KMS: no variable of the function does', async () => {
  const env = {
    KMS_ENDPOINT: 'http://127.0.0.1:9',
    HW_REGION_NAME: 'eu-west-101',
    HW_PROJECT_ID: '0'.repeat(32),
  };
  await expect(withKms(sessionWith(env), properties, async () => 'connected')).rejects.toThrow(
    /^region is not set/,
  );
  const place = await withKms(
    sessionWith(env),
    { ...properties, region: 'ap-southeast-3' },
    async ({ kms }) => kms.place,
  );
  expect(place).toContain('ap-southeast-3');
});
