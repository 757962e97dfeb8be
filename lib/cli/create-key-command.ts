/**
 * `byok create-key`: makes the empty external key that material is imported into, for users without
 * Terraform.
 */
import { Command, Option } from 'commander';
import { ByokError } from '../errors';
import { createKey, type NewKeyOutcome } from '../lifecycle/reconcile-key';
import { keyWishOf } from '../lifecycle/wish';
import type { Wording } from '../lifecycle/wording';
import { printableJson } from '../printable';
import { defaultTimeout } from '../terms/duration';
import {
  defaultKeySpec,
  describeKeyState,
  type KeySpec,
  type KeyUsage,
  keySpecs,
  keyUsages,
} from '../terms/kms';
import { keyRules } from '../terms/rules';
import { shown } from '../terms/shown-value';
import { connect } from './connect';
import { addConnectionFlags, type ConnectionFlags } from './connection-flags';
import { requireDeclared } from './declared';
import { epilogue } from './help-text';
import { interruption, lifecycleContext, timeoutHelp } from './lifecycle-context';
import type { Surroundings } from './surroundings';
import { wordingOf } from './wording';

const help = `
The key is of origin "external" and holds nothing until "byok import" or "byok apply" fills it. Only its id goes to standard output.

An alias that belongs to another key is refused, with the id of that key. There is one exception: an empty external key of the same spec and
description, as a run leaves it that was interrupted in the middle, is taken over, with a warning.

Examples:
  $ byok create-key --alias orders
  $ KEY_ID=$(byok create-key --alias orders --description 'orders database' --tag team=payments --tag stage=prod)
  $ byok create-key --alias signing --key-spec EC_P256 --json

Secrets of the login come from the environment, as for "byok status".`;

type Tags = Readonly<Record<string, string>>;

type Flags = ConnectionFlags & {
  readonly alias: string;
  readonly keySpec: KeySpec;
  readonly keyUsage?: KeyUsage;
  readonly description: string;
  readonly tag?: Tags;
  readonly timeout?: string;
  readonly json?: boolean;
};

/** In the spelling of --json. */
export interface CreatedKey {
  readonly key_id: string;
  readonly alias: string;
  readonly key_spec: string;
  readonly key_usage: string;
  /** As the KMS says it, for example "5". */
  readonly key_state: string;
  /** True: an empty key of this alias existed and was adopted. */
  readonly adopted: boolean;
  readonly warnings: readonly string[];
}

export function createKeyCommand(surroundings: Surroundings): Command {
  const command = new Command('create-key')
    .description('Make an external key, into which you can then import material.')
    .requiredOption('--alias <NAME>', `name of the key: ${keyRules.alias.allowed}`)
    .addOption(
      new Option('--key-spec <SPEC>', 'what kind of key it is')
        .choices(Object.keys(keySpecs))
        .default(defaultKeySpec),
    )
    .addOption(
      new Option(
        '--key-usage <USAGE>',
        'what it may do (default: follows from --key-spec)',
      ).choices(keyUsages),
    )
    .option('--description <TEXT>', keyRules.description.allowed, '')
    .addOption(new Option('--tag <NAME=VALUE>', 'a tag; may be repeated').argParser(addTag));
  return addConnectionFlags(command)
    .option('--timeout <DURATION>', timeoutHelp)
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(help))
    .action((flags: Flags) => runCreateKey(flags, surroundings, wordingOf(command)));
}

async function runCreateKey(
  flags: Flags,
  surroundings: Surroundings,
  words: Wording,
): Promise<void> {
  const { now, print, remark } = surroundings;
  const { alias, description, keySpec, tag, timeout = defaultTimeout } = flags;
  requireDeclared({ ...flags, tags: tag, timeouts: timeout }, words);
  const kms = connect(flags, surroundings, words);
  const signal = interruption(surroundings, 'create-key', () => kms.changed);
  try {
    const keyUsage = flags.keyUsage ?? keySpecs[keySpec].usages[0];
    const wish = keyWishOf({ alias, description, keySpec, keyUsage, tags: tag }, false);
    const outcome = await createKey(lifecycleContext(kms, now, words, { timeout, signal }), wish);
    const created = createdOf(outcome, keySpec, keyUsage);
    if (flags.json === true) {
      print(`${printableJson(created)}\n`);
      return;
    }
    print(`${created.key_id}\n`);
    remark(describe(created));
  } finally {
    kms.close();
  }
}

/** Base64 of a key ends in "=", too, and its name would be shown. */
const longestTagName = 36;

/** @throws ByokError ERR_ARGUMENT */
function addTag(text: string, tags: Tags = {}): Tags {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  if (at < 0 || at > longestTagName) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--tag is ${shown(text, /^[\w.:-]{1,36}$/)}; allowed is a name and a value, as in "team=payments"`,
    );
  }
  if (Object.hasOwn(tags, name)) {
    throw new ByokError('ERR_ARGUMENT', `--tag gives the name "${name}" twice; give it once`);
  }
  return Object.fromEntries([...Object.entries(tags), [name, text.slice(at + 1)]]);
}

function createdOf(
  { key, adopted, notices }: NewKeyOutcome,
  keySpec: string,
  keyUsage: string,
): CreatedKey {
  return {
    key_id: key.keyId,
    alias: key.keyAlias,
    key_spec: key.keySpec ?? keySpec,
    key_usage: key.keyUsage ?? keyUsage,
    key_state: key.keyState,
    adopted,
    warnings: notices.map(({ summary, detail }) => `${summary}. ${detail}`),
  };
}

function describe({ key_id, alias, key_spec, key_state, adopted, warnings }: CreatedKey): string {
  const done = adopted ? 'taken over' : 'made';
  const sentence = `byok: key ${key_id} (${key_spec}, alias "${alias}") was ${done}, and is in state ${describeKeyState(key_state)}\n`;
  return `${sentence}${warnings.map((warning) => `byok: warning: ${warning}\n`).join('')}`;
}
