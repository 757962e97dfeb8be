import { refusal } from '../../lib/kms/failed-attempt';
import { HiddenTexts } from '../../lib/kms/hidden-texts';
import { wording } from '../../lib/provider/wording';

const now = new Date('2026-11-28T15:00:00Z');
const expired = JSON.stringify({
  error_code: 'APIGW.0301',
  error_msg: 'Incorrect IAM authentication information: calc aksk signature fail:signature expired',
  request_id: 'x',
});

function messageOf(
  date: string | undefined,
  { signed = true, status = 401, body = expired } = {},
): string {
  const headers = date === undefined ? {} : { date };
  return refusal(
    { operation: 'list-keys', names: 'access_key', spelling: wording, signed },
    { status, body, headers },
    new HiddenTexts(),
    now,
  ).error.message;
}

test('by the Date of the answer the clock is at fault, or cannot be; without one it may be', () => {
  expect(messageOf('Sat, 28 Nov 2026 15:20:00 GMT')).toContain(
    '; your clock is 20 minutes behind, ',
  );
  expect(messageOf('Sat, 28 Nov 2026 14:44:00 GMT')).toContain(
    '; your clock is 16 minutes ahead, ',
  );
  expect(messageOf('Sat, 28 Nov 2026 15:14:00 GMT')).toContain('; check the login (access_key)');
  for (const date of [undefined, 'yesterday']) {
    expect(messageOf(date)).toContain(
      '; check the login; with an access key, also check the clock of this machine: 15 minutes off is too much (',
    );
  }
});

test('no clock is named where none is looked at: a token, or another reason', () => {
  expect(messageOf('Sat, 28 Nov 2026 16:00:00 GMT', { signed: false })).not.toContain('clock');
  const forbidden = JSON.stringify({ error_code: 'APIGW.0302', error_msg: 'not authorized' });
  expect(
    messageOf('Sat, 28 Nov 2026 16:00:00 GMT', { status: 403, body: forbidden }),
  ).not.toContain('clock');
});

test('the gateway of other clouds leaves a letter out of the same code', () => {
  expect(
    messageOf('Sat, 28 Nov 2026 15:20:00 GMT', { body: expired.replace('APIGW.', 'APIG.') }),
  ).toContain('your clock is 20 minutes behind');
});
