/** The answer to CloudFormation: where it may go, and how long it may be. */
import { type Answer, encodeAnswer, isAnswerPlace } from '../../lib/aws-cdk/handler/response';

const bucket = 'cloudformation-custom-resource-response-eucentral1';
const path =
  '/arn%3Aaws%3Acloudformation%3Aeu-central-1%3A123456789012%3Astack/a?X-Amz-Signature=1';

test.each([
  `https://${bucket}.s3.amazonaws.com${path}`,
  `https://${bucket}.s3.eu-central-1.amazonaws.com${path}`,
  `https://${bucket}.s3-eu-central-1.amazonaws.com${path}`,
  `https://${bucket}.s3.dualstack.eu-central-1.amazonaws.com${path}`,
  `https://${bucket}.s3-fips.dualstack.us-gov-west-1.amazonaws.com${path}`,
  `https://${bucket}.s3.us-gov-west-1.amazonaws.com${path}`,
  `https://${bucket}.s3.cn-north-1.amazonaws.com.cn${path}`,
  `https://${bucket}.s3.eusc-de-east-1.amazonaws.eu${path}`,
  `https://${bucket}.s3.us-iso-east-1.c2s.ic.gov${path}`,
  `https://s3.ap-southeast-2.amazonaws.com/${bucket}${path}`,
  `https://s3-us-west-2.amazonaws.com:443/${bucket}${path}`,
])('goes to %s', (url) => {
  expect(isAnswerPlace(url)).toBe(true);
});

test.each([
  `http://${bucket}.s3.eu-central-1.amazonaws.com${path}`,
  `https://${bucket}.s3.eu-central-1.amazonaws.com:8443${path}`,
  `https://somebody@${bucket}.s3.eu-central-1.amazonaws.com${path}`,
  `https://${bucket}.s3.eu-central-1.amazonaws.com.example.com${path}`,
  `https://${bucket}.s3.eu-central-1.amazonaws.com.cn.example${path}`,
  `https://example.com/${bucket}.s3.eu-central-1.amazonaws.com${path}`,
  `https://example.com#${bucket}.s3.eu-central-1.amazonaws.com${path}`,
  `https://example.com\\@${bucket}.s3.eu-central-1.amazonaws.com${path}`,
  `https://${bucket}.s3.example.amazonaws.com${path}`,
  `https://${bucket}.example.com.s3.amazonaws.com${path}`,
  `https://${bucket}.execute-api.eu-central-1.amazonaws.com${path}`,
  `https://evil.s3.eu-central-1.amazonaws.com/${bucket}${path}`,
  `https://s3.eu-central-1.amazonaws.com/evil${path}`,
  `https://s3.eu-central-1.amazonaws.com/${bucket}/../../evil${path}`,
  `https://${bucket}.s3-eu-central-1xamazonaws.com${path}`,
  'http://127.0.0.1/2018-06-01/runtime/invocation/1/response',
  'https://169.254.169.254/latest/meta-data',
  `${bucket}.s3.eu-central-1.amazonaws.com`,
  '',
  undefined,
  null,
  7,
  { href: `https://${bucket}.s3.eu-central-1.amazonaws.com${path}` },
])('goes nowhere else: %p', (url) => {
  expect(isAnswerPlace(url)).toBe(false);
});

const answer: Answer = {
  Status: 'FAILED',
  Reason: '',
  PhysicalResourceId: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
  StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/stack/1',
  RequestId: '1',
  LogicalResourceId: 'Payments',
};

test.each([
  ['letters', 'a'],
  ['umlauts', 'ü'],
  ['characters of two halves', '🔑'],
  ['halves without their other', '\ud83d'],
  ['characters that JSON spells in six', '\u0001'],
  ['quotes', '"'],
])(
  'never takes more than 4096 bytes, whatever the reason is of, and all that fits: %s',
  (_, character) => {
    for (let length = 600; length < 5000; length += 97) {
      const Reason = `${'x'.repeat(length % 7)}${character.repeat(length)}`;
      const body = encodeAnswer({ ...answer, Reason });
      const spelt = Buffer.byteLength(JSON.stringify(character)) - 2;
      const told = JSON.parse(body).Reason;
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
      if (told !== Reason) {
        expect(Buffer.byteLength(body)).toBeGreaterThan(4096 - spelt - 3);
        expect(told).toMatch(/…$/);
        expect(Reason.startsWith(told.slice(0, -1))).toBe(true);
      }
    }
  },
);

test('says what is too long when it is not the reason', () => {
  const Data = { KeyId: 'k'.repeat(5000) };
  const body = encodeAnswer({ ...answer, Status: 'SUCCESS', Reason: 'all is well', Data });
  expect(JSON.parse(body)).toEqual({
    ...answer,
    Reason:
      'the attributes of the resource take 5012 bytes, and CloudFormation accepts at most 4096; check the key in the KMS (ERR_INTERNAL)',
  });
});

test('is none when the ids alone are too long', () => {
  expect(() => encodeAnswer({ ...answer, StackId: 's'.repeat(5000) })).toThrow(
    'the ids of its own request leave no room',
  );
});
