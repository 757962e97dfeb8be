/** docs/errors.md: our own codes, and those of the KMS with what to do about them. */
import { errorCodes } from '../../lib/errors';
import { wording } from '../../lib/provider/wording';
import { type KmsErrorCode, kmsErrorCodes } from '../../lib/terms/kms-errors';
import { say } from '../../lib/terms/setting';
import { table } from './markdown';

export function errorsPage(): string {
  const kms: [string, KmsErrorCode][] = Object.entries(kmsErrorCodes);
  return [
    '---\npage_title: "Errors - byok"\ndescription: |-\n  Error codes of cdktf-byok and of the KMS, and what to do about them.\n---',
    '<!-- Written by "npm run docs" from lib/errors.ts and lib/terms/kms-errors.ts; edit there. -->',
    '# Errors',
    'Every error of the provider, the constructs and the command carries one of these codes. They are stable; the texts are not. What to do about each is told in [troubleshooting](troubleshooting.md).',
    table(
      ['Code', 'Meaning'],
      Object.entries(errorCodes).map(([code, meaning]) => [
        `[\`${code}\`](troubleshooting.md#${code.toLowerCase()})`,
        meaning,
      ]),
    ),
    '## Codes of the KMS',
    'An answer of the KMS or of the gateway before it, as its API reference lists them: live texts differ, the codes do not. `APIG.` instead of `APIGW.` means the same.',
    table(
      ['Code', 'Status', 'Message', 'What to do'],
      kms
        .sort(
          ([a], [b]) =>
            Number(a.startsWith('APIGW')) - Number(b.startsWith('APIGW')) || (a < b ? -1 : 1),
        )
        .map(kmsRow),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function kmsRow([code, { status, message, advice }]: [string, KmsErrorCode]): string[] {
  return [`\`${code}\``, String(status), message, say(advice, wording)];
}
