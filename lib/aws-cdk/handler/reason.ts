/** Failures in one sentence, in the words of the construct: the lifecycle speaks of Terraform's attributes and plans. */
import { isByokError } from '../../errors';
import { oneLine } from '../../printable';
import { externalKeySchema } from '../../schema/external-key';
import { keyMaterialSchema } from '../../schema/key-material';
import { providerSchema } from '../../schema/provider';

/** Names in both spellings, and fields of a login, which are spelt this way here too. */
const loginFields = new Set(['auth_token', 'user_name', 'domain_name', 'access_key', 'secret_key', 'security_token']);

const attributes = [keyMaterialSchema, externalKeySchema, providerSchema]
  .flatMap(({ attributes: table }) => Object.keys(table))
  .filter((name) => name.includes('_') && !loginFields.has(name));

const phrases: readonly (readonly [RegExp, string])[] = [
  [
    /bring it under management first: terraform import <address> \S+/g,
    'leave expiration out, which keeps it, and change it in a later deployment',
  ],
  [/bring it under management: terraform import <address> (\S+)/g, 'give keyId "$1" instead of alias'],
  [/ there or in the environment variable [A-Z_]+(?: or [A-Z_]+)*/g, ''],
  [/, such as byok_external_key makes/g, ''],
  [/ on byok_external_key/g, ''],
  [/ or raise timeouts/g, ''],
  [/since this plan/g, 'since it was looked at'],
  [/\b[Tt]he next plan\b/g, 'the next check'],
  [/\b(plan|apply) again\b/g, 'deploy again'],
  [/\bapply that first\b/g, 'deploy that first'],
  [/\bmaterial_encoding\b/g, 'encoding'],
];

const attributeName = new RegExp(`\\b(?:${attributes.join('|')})\\b`, 'g');

export function inOurWords(text: string): string {
  return phrases.reduce((sentence, [pattern, words]) => sentence.replace(pattern, words), text).replace(attributeName, camelCase);
}

/** What went wrong, for CloudFormation and the log. Of a defect only the name: what its message quotes, nobody knows. */
export function reasonFor(error: unknown): string {
  if (isByokError(error)) {
    return oneLine(`${inOurWords(error.message)} (${error.code})`);
  }
  const name = error instanceof Error ? error.name : typeof error;
  return `a defect of the handler (${name}): the log of the function says where (ERR_INTERNAL)`;
}

/** Where a defect is, without its message. */
export function placeOf(error: unknown): readonly string[] {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return frames.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
