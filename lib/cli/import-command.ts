/**
 * `byok import`: one import, without Terraform. Every field of import-key-material is a flag;
 * secrets come from files, variables or a pipe.
 */
import { Command, Option } from 'commander';
import { ByokError } from '../errors';
import type { KmsClient } from '../kms/kms-client';
import type { RequestSource } from '../lifecycle/material-request';
import type { DeclaredMaterial } from '../lifecycle/wish';
import type { Wording } from '../lifecycle/wording';
import { printableJson } from '../printable';
import {
  defaultWrappingAlgorithm,
  formats,
  type WrappingAlgorithm,
  wrappingAlgorithmNames,
} from '../terms/kms';
import type { Spelling } from '../terms/setting';
import { connect } from './connect';
import { addConnectionFlags, type ConnectionFlags } from './connection-flags';
import { requireDeclared } from './declared';
import { readGivenFile } from './given-files';
import { epilogue } from './help-text';
import { describeImport, importOnce } from './import-once';
import { interruption, lifecycleContext } from './lifecycle-context';
import { addMaterialFlags, type MaterialFlags, openMaterialFlags } from './material-flags';
import type { Surroundings } from './surroundings';
import { addSwitchFlags } from './switch-flags';
import { variableFlag } from './variable-flag';
import { warnOfWrapping } from './warn-of-wrapping';
import { wordingOf } from './wording';
import { type FieldContent, openWrappedFields } from './wrapped-fields';

const help = `
The key must be of origin "external" and wait for material (state 5). Nothing is ever deleted or replaced: on a key that
holds material this is an error, unless it is an asymmetric key whose public key shows that it holds this very material.

Material that lies here is wrapped on the way, for import parameters fetched in the same moment:
  $ byok import --key-id 0d0466b0-e727-4d9c-b35d-f84bb474a37f --material-file orders.key
  $ vault kv get -field=key secret/orders | byok import --key-id 0d0466b0-... --expiration-time 2030-01-31T00:00:00Z
  $ KEY_PASSWORD=$(pass signing) byok import --key-id 4b4ff5e8-... --material-file signing.p12 \\
      --material-encoding pkcs12 --material-password-env KEY_PASSWORD

Material that an HSM wrapped: the fields of the API page one by one, each as bytes or Base64 ("byok ceremony" does all
of this in two steps):
  $ byok import --key-id 0d0466b0-... --import-token-file ImportToken.b64 \\
      --encrypted-key-material-file EncryptedKeyMaterial.bin
  $ byok import --key-id 4b4ff5e8-... --import-token-env IMPORT_TOKEN \\
      --encrypted-key-material-file EncryptedKeyMaterial.bin --encrypted-privatekey-file out_rsa_private_key.der

Secrets of the login come from the environment, as for "byok status". Key material, passwords and tokens are never arguments:
other users of a machine see the arguments of a process.`;

/** The wrapped fields: each is read from a file or from a variable. */
const wrappedFlags = [
  {
    flag: 'import-token',
    key: 'importToken',
    what: 'the import token that the material was wrapped for, Base64',
  },
  {
    flag: 'encrypted-key-material',
    key: 'encryptedKeyMaterial',
    what: 'the wrapped material, or for an asymmetric key the intermediate key',
  },
  {
    flag: 'encrypted-privatekey',
    key: 'encryptedPrivatekey',
    what: 'the private key, wrapped with the intermediate key',
  },
] as const;

type WrappedField = (typeof wrappedFlags)[number]['key'];

type WrappedFlags = { readonly [Key in `${WrappedField}${'File' | 'Env'}`]?: string };

const wrappedFlagKeys = wrappedFlags.flatMap(({ key }) => [`${key}File`, `${key}Env`]);

type Flags = ConnectionFlags &
  MaterialFlags &
  DeclaredMaterial &
  WrappedFlags & {
    readonly keyId: string;
    readonly wrappingAlgorithm: WrappingAlgorithm;
    readonly sequence?: string;
    readonly json?: boolean;
  };

export function importCommand(surroundings: Surroundings): Command {
  const command = new Command('import')
    .description('Import key material into an external key, once.')
    .requiredOption('--key-id <ID>', 'the key to import into');
  const declared = addConnectionFlags(addWrappedFlags(addMaterialFlags(command, wrappedFlagKeys)))
    .addOption(
      new Option('--wrapping-algorithm <NAME>', 'how the material is wrapped on its way')
        .choices(wrappingAlgorithmNames)
        .default(defaultWrappingAlgorithm)
        .conflicts(wrappedFlagKeys),
    )
    .option(
      '--expiration-time <TIME>',
      'when the KMS deletes the material: RFC 3339, epoch seconds or "never" (the default)',
    )
    .option(
      '--sequence <TEXT>',
      'serial number of 36 characters, sent with every request instead of a random one',
    );
  return addSwitchFlags(declared, ['allowWeakMaterial'])
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(help))
    .action((flags: Flags) => runImport(flags, surroundings, wordingOf(command)));
}

/** A field is read from a file or from a variable. */
function withFieldsAsFlags(words: Wording): Spelling {
  return {
    ...words,
    name: (setting) => {
      const field = wrappedFlags.find(({ key }) => key === setting);
      return field === undefined ? words.name(setting) : `--${field.flag}-file`;
    },
  };
}

async function runImport(flags: Flags, surroundings: Surroundings, words: Wording): Promise<void> {
  const { now, print } = surroundings;
  const isGiven = (field: WrappedField) =>
    (flags[`${field}File`] ?? flags[`${field}Env`]) === undefined ? undefined : true;
  requireDeclared(
    {
      ...flags,
      importToken: isGiven('importToken'),
      encryptedKeyMaterial: isGiven('encryptedKeyMaterial'),
      encryptedPrivatekey: isGiven('encryptedPrivatekey'),
    },
    withFieldsAsFlags(words),
  );
  const sequence = checkSequence(flags.sequence);
  let kms: KmsClient | undefined;
  const signal = interruption(surroundings, 'import', () => kms?.changed === true);
  const source = await sourceOf(flags, surroundings, words, signal);
  kms = connect(flags, surroundings, words, sequence === undefined ? undefined : () => sequence);
  try {
    const imported = await importOnce(lifecycleContext(kms, now, words, { signal }), {
      keyId: flags.keyId,
      declared: flags,
      source,
    });
    print(flags.json === true ? `${printableJson(imported)}\n` : describeImport(imported));
  } finally {
    kms.close();
  }
}

function addWrappedFlags(command: Command): Command {
  return wrappedFlags.reduce(
    (extended, { flag, key, what }) =>
      extended
        .addOption(
          new Option(`--${flag}-file <FILE>`, `file that holds ${what}`).conflicts(`${key}Env`),
        )
        .addOption(variableFlag(`--${flag}-env`, 'environment variable that holds the same')),
    command,
  );
}

/**
 * Fields that were wrapped elsewhere are read at once, so that a wrong file is found before we ask
 * the KMS.
 */
async function sourceOf(
  flags: Flags,
  surroundings: Surroundings,
  words: Wording,
  signal: AbortSignal,
): Promise<RequestSource> {
  if (!Object.keys(flags).some((key) => wrappedFlagKeys.includes(key))) {
    warnOfWrapping(flags.wrappingAlgorithm, surroundings);
    return {
      wrappingAlgorithm: flags.wrappingAlgorithm,
      open: () => openMaterialFlags(flags, surroundings, words, signal),
    };
  }
  const read = (field: WrappedField) => readField(field, flags, surroundings, signal);
  const fields = {
    // Both are given, as was judged before.
    importToken: (await read('importToken')) as FieldContent,
    encryptedKeyMaterial: (await read('encryptedKeyMaterial')) as FieldContent,
    encryptedPrivatekey: await read('encryptedPrivatekey'),
  };
  const preWrapped = openWrappedFields(fields);
  return { preWrapped: 'fresh', openPreWrapped: () => preWrapped };
}

async function readField(
  key: WrappedField,
  flags: Flags,
  { env }: Surroundings,
  signal: AbortSignal,
): Promise<FieldContent | undefined> {
  const [file, name] = [flags[`${key}File`], flags[`${key}Env`]];
  if (file !== undefined) {
    const { flag = '' } = wrappedFlags.find((wrapped) => wrapped.key === key) ?? {};
    const named = { flag: `--${flag}-file`, path: file, code: 'ERR_MATERIAL_NOT_AT_HAND' } as const;
    return { content: await readGivenFile(named, signal), place: `file "${file}"` };
  }
  if (name === undefined) {
    return undefined;
  }
  const value = env[name];
  if (value === undefined) {
    throw new ByokError(
      'ERR_MATERIAL_NOT_AT_HAND',
      `the environment variable "${name}" is not set; set it, or name a file`,
    );
  }
  return { content: Buffer.from(value, 'utf8'), place: `environment variable "${name}"` };
}

function checkSequence(sequence: string | undefined): string | undefined {
  if (sequence !== undefined && !new RegExp(formats.sequence).test(sequence)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--sequence has ${sequence.length} characters; allowed are 36, as in "919c82d4-8046-4722-9094-35c3c6524cff"`,
      { attribute: 'sequence' },
    );
  }
  return sequence;
}
