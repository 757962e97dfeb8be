import { placeOf, reasonFor } from '../../lib/aws-cdk/handler/reason';
import { encodeAnswer } from '../../lib/aws-cdk/handler/response';

test('tells of a defect where it is, and nothing of what its message quotes', () => {
  const error = new TypeError('cannot read "hunter2"\n    of a secret');
  expect(reasonFor(error)).toBe(
    'a defect of the handler (TypeError): the log of the function says where (ERR_INTERNAL)',
  );
  const place = placeOf(error);
  expect(place[0]).toMatch(/^at .*handler-words\.test\.ts/);
  expect(place.join('\n')).not.toContain('hunter2');
});

test.each(['a', '"', 'é', '€', '\n'])(
  'an answer of many %j is cut to what CloudFormation takes',
  (character) => {
    const ids = { PhysicalResourceId: 'p', StackId: 's', RequestId: 'r', LogicalResourceId: 'l' };
    const body = encodeAnswer({ Status: 'FAILED', Reason: character.repeat(5000), ...ids });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
    expect(JSON.parse(body)).toMatchObject({ Status: 'FAILED', ...ids });
    expect(JSON.parse(body).Reason).toMatch(/…$/);
  },
);
