import { placeOf, reasonFor } from '../../lib/aws-cdk/handler/reason';
import { encodeAnswer } from '../../lib/aws-cdk/handler/response';
import { ByokError } from '../../lib/errors';

test.each([
  [
    'bring it under management first: terraform import <address> 0d04',
    'leave expiration out, which keeps it, and change it in a later deployment',
  ],
  [
    'choose another alias, or bring it under management: terraform import <address> 0d04',
    'choose another alias, or give keyId "0d04" instead of alias',
  ],
  ['keep the expiry, or set allow_unverified_renewal = true', 'keep the expiry, or set allowUnverifiedRenewal = true'],
  [
    'project_id is not set: give the id there or in the environment variable OS_PROJECT_ID or OS_TENANT_ID',
    'projectId is not set: give the id',
  ],
  ['look at the key in the KMS, then apply again or raise timeouts', 'look at the key in the KMS, then deploy again'],
  [
    'the key changed since this plan: x; nothing was done, plan again',
    'the key changed since it was looked at: x; nothing was done, deploy again',
  ],
  ['allowed is a JSON object with access_key and secret_key', 'allowed is a JSON object with access_key and secret_key'],
])('says "%s" in the words of the construct', (said, ours) => {
  expect(reasonFor(new ByokError('ERR_REFUSED', said))).toBe(`${ours} (ERR_REFUSED)`);
});

test('tells of a defect where it is, and nothing of what its message quotes', () => {
  const error = new TypeError('cannot read "hunter2"\n    of a secret');
  expect(reasonFor(error)).toBe('a defect of the handler (TypeError): the log of the function says where (ERR_INTERNAL)');
  const place = placeOf(error);
  expect(place[0]).toMatch(/^at .*handler-words\.test\.ts/);
  expect(place.join('\n')).not.toContain('hunter2');
});

test.each(['a', '"', 'é', '€', '\n'])('an answer of many %j is cut to what CloudFormation takes', (character) => {
  const ids = { PhysicalResourceId: 'p', StackId: 's', RequestId: 'r', LogicalResourceId: 'l' };
  const body = encodeAnswer({ Status: 'FAILED', Reason: character.repeat(5000), ...ids });
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
  expect(JSON.parse(body)).toMatchObject({ Status: 'FAILED', ...ids });
  expect(JSON.parse(body).Reason).toMatch(/…$/);
});
