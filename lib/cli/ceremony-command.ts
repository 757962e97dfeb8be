/** `byok ceremony`: an import in two steps, with the key material on an offline machine. */
import { Command, Option } from 'commander';
import { ByokError } from '../errors';
import type { Wording } from '../lifecycle/wording';
import { requireKeySpec } from '../material/check';
import { printableJson } from '../printable';
import { formatInstant } from '../terms/expiration-time';
import {
  defaultKeySpec,
  defaultWrappingAlgorithm,
  isAsymmetric,
  type KeySpec,
  type WrappingAlgorithm,
  wrappingAlgorithmNames,
} from '../terms/kms';
import { parseWrappingKey } from '../wrap/wrapping-key';
import { type Ceremony, readCeremony, requireNewFolder, writeCeremony } from './ceremony-folder';
import { connect } from './connect';
import { addConnectionFlags, type ConnectionFlags, wordsOf } from './connection-flags';
import { requireDeclared, rulesWithoutKey } from './declared';
import { epilogue } from './help-text';
import { describeImport, importOnce, requirePendingImport } from './import-once';
import { interruption, lifecycleContext } from './lifecycle-context';
import {
  filesToCarryBack,
  type OfflineStep,
  offlineSteps,
  publicKeyFile,
} from './offline-commands';
import type { Surroundings } from './surroundings';
import { warnOfWrapping } from './warn-of-wrapping';
import { wordingOf } from './wording';

const help = `
Key material is made and wrapped on an offline machine; this one sees the public wrapping key and
the wrapped result, never the material:
  $ byok ceremony start --key-id 0d0466b0-e727-4d9c-b35d-f84bb474a37f --out-dir ceremony
      fetches a public key and an import token, and prints the openssl commands for the offline machine
  $ byok ceremony finish --dir ceremony --expiration-time 2030-01-31T00:00:00Z
      imports what came back`;

const startHelp = `
The key must be of origin "external" and wait for material (state 5). Its spec decides what is printed: commands for a
symmetric key, for an RSA key or for an EC key. Public key and token are good for 24 hours, and only for this key.

Into the folder go PublicKey.bin and PublicKey.pem (the same key, in DER and PEM), ImportToken.b64 and ceremony.json.
Only the public key leaves it.

Examples:
  $ byok ceremony start --key-id 0d0466b0-e727-4d9c-b35d-f84bb474a37f
  $ byok ceremony start --key-id 0d0466b0-... --out-dir /media/usb/ceremony --wrapping-algorithm RSAES_OAEP_SHA_1
  $ byok ceremony start --key-id 0d0466b0-... --json | jq -r '.commands[]' > /media/usb/commands.sh`;

const finishHelp = `
The folder must hold EncryptedKeyMaterial.bin, and for an asymmetric key out_rsa_private_key.der (an HSM may call it
EncryptedPrivateKey.bin), as bytes or Base64. Everything is checked before anything is sent. Key material in clear, such
as PlaintextKeyMaterial.bin, is refused. Nothing is removed.

Examples:
  $ byok ceremony finish --dir ceremony
  $ byok ceremony finish --dir ceremony --expiration-time 2030-01-31T00:00:00Z --json`;

export function ceremonyCommand(surroundings: Surroundings): Command {
  return new Command('ceremony')
    .description(
      'Import key material that is made and wrapped on an offline machine, in two steps.',
    )
    .addHelpText('after', epilogue(help))
    .addCommand(startCommand(surroundings))
    .addCommand(finishCommand(surroundings));
}

interface StartFlags extends ConnectionFlags {
  readonly keyId: string;
  readonly wrappingAlgorithm: WrappingAlgorithm;
  readonly outDir?: string;
  readonly json?: boolean;
}

/** What --json prints. */
interface Started extends Ceremony {
  readonly dir: string;
  /** Files in `dir` to take to the offline machine. */
  readonly carry_there: readonly string[];
  readonly commands: readonly string[];
  /** Files to bring back into `dir`. */
  readonly carry_back: readonly string[];
}

function startCommand(surroundings: Surroundings): Command {
  return addConnectionFlags(
    new Command('start')
      .description('Fetch what the offline machine needs, and print what to do there.')
      .requiredOption('--key-id <ID>', 'the key to import into')
      .addOption(
        new Option('--wrapping-algorithm <NAME>', 'how the offline machine wraps the material')
          .choices(wrappingAlgorithmNames)
          .default(defaultWrappingAlgorithm),
      )
      .addOption(
        new Option('--out-dir <DIR>', 'a new or empty folder; by default byok-ceremony-<ID>'),
      ),
  )
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(startHelp))
    .action(async (flags: StartFlags, command: Command) => {
      const { keyId, wrappingAlgorithm, outDir, json, ...connection } = flags;
      const words = wordingOf(command);
      const { print } = surroundings;
      requireDeclared({ keyId }, words, ['keyId']);
      const dir = outDir ?? `byok-ceremony-${keyId}`;
      requireNewFolder(dir);
      warnOfWrapping(wrappingAlgorithm, surroundings);
      const kms = connect(connection, surroundings, words);
      try {
        const key = await kms.describeKey(keyId);
        requirePendingImport(keyId, key, words);
        const keySpec = importableSpec(key.keySpec, words);
        const parameters = await kms.getParametersForImport(keyId, wrappingAlgorithm);
        // Refuses a wrapping key that anyone else could open, before a person carries it around.
        parseWrappingKey(parameters.publicKey, words);
        const ceremony = writeCeremony(
          dir,
          { key_id: keyId, key_spec: keySpec, wrapping_algorithm: wrappingAlgorithm },
          parameters,
        );
        const steps = offlineSteps(keySpec, wrappingAlgorithm);
        const started: Started = {
          ...ceremony,
          dir,
          carry_there: [publicKeyFile],
          commands: steps.flatMap(({ commands }) => commands),
          carry_back: filesToCarryBack(keySpec),
        };
        print(
          json === true
            ? `${printableJson(started)}\n`
            : instructions(started, steps, wordsOf(connection)),
        );
      } finally {
        kms.close();
      }
    });
}

/** @throws ByokError ERR_KEY_UNSUITABLE */
function importableSpec(keySpec: string = defaultKeySpec, words: Wording): KeySpec {
  requireKeySpec(keySpec, words);
  return keySpec as KeySpec;
}

/** @param place flags that lead to the same KMS */
function instructions(
  started: Started,
  steps: readonly OfflineStep[],
  place: readonly string[],
): string {
  const { key_id, key_spec, dir, carry_there, carry_back, parameters_expire, public_key_sha256 } =
    started;
  const commands = steps
    .map(
      ({ why, commands: lines }) => `   # ${why}\n${lines.map((line) => `   ${line}\n`).join('')}`,
    )
    .join('\n');
  const compare = isAsymmetric(key_spec)
    ? `
   What "finish" will show as the fingerprint, to compare:

   openssl pkey -in rsa_private_key.pem -pubout -outform DER | openssl dgst -sha256
`
    : '';
  return `Ceremony for key ${key_id} (${key_spec}), in ${dir}

1. Take ${carry_there.join(' and ')} from there to the offline machine. It is no secret, but must arrive unchanged:
   the SHA-256 of PublicKey.bin is ${public_key_sha256}

2. Run there, in the folder that holds it:

${commands}${compare}
3. Bring ${carry_back.join(' and ')} back into ${dir}. Everything else stays on the offline machine: keep the key
   material, the KMS never gives it back and takes no other for this key.

4. Before ${parameters_expire}, when the import token ends:

   ${['npx cdktf-byok ceremony finish --dir', ...[dir, ...place].map(shellWord)].join(' ')}
`;
}

/** Quoted for pasting into a shell. */
function shellWord(text: string): string {
  return /^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

interface FinishFlags extends ConnectionFlags {
  readonly dir: string;
  readonly expirationTime?: string;
  readonly json?: boolean;
}

function finishCommand(surroundings: Surroundings): Command {
  return addConnectionFlags(
    new Command('finish')
      .description('Import what was wrapped on the offline machine.')
      .requiredOption('--dir <DIR>', 'the folder that "byok ceremony start" made')
      .option(
        '--expiration-time <TIME>',
        'when the KMS deletes the material: RFC 3339, epoch seconds or "never" (the default)',
      ),
  )
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(finishHelp))
    .action(async (flags: FinishFlags, command: Command) => {
      const { dir, expirationTime, json, ...connection } = flags;
      const words = wordingOf(command);
      const { now, print } = surroundings;
      requireDeclared({ expirationTime }, words, rulesWithoutKey);
      const { ceremony, preWrapped } = readCeremony(dir);
      refuseExpiredParameters(ceremony, now());
      const kms = connect(connection, surroundings, words);
      const signal = interruption(surroundings, 'ceremony finish', () => kms.changed);
      try {
        const source = { preWrapped: 'fresh', openPreWrapped: () => preWrapped } as const;
        const imported = await importOnce(lifecycleContext(kms, now, words, { signal }), {
          keyId: ceremony.key_id,
          declared: { expirationTime },
          source,
        });
        print(
          json === true
            ? `${printableJson({ ...imported, dir })}\n`
            : `${describeImport(imported)}\n${afterwards(dir)}`,
        );
      } finally {
        kms.close();
      }
    });
}

function refuseExpiredParameters({ key_id, parameters_expire }: Ceremony, now: Date): void {
  if (Date.parse(parameters_expire) <= now.getTime()) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the import parameters of this ceremony expired ${parameters_expire} (it is now ` +
        `${formatInstant(now)}); start another ceremony (npx cdktf-byok ceremony start --key-id ` +
        `${key_id}) and wrap the same material again`,
    );
  }
}

function afterwards(dir: string): string {
  return `The import token is used up: you no longer need ${dir}, and can delete it.
Keep the key material on the offline machine: once it expires or is deleted, the KMS takes only the same bytes again.
`;
}
