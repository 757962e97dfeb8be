/** The `byok` command: its subcommands and their help. */
import { Command } from 'commander';
import { packageVersion } from '../mirror/provider-bundle';
import { ownLines, printableJson } from '../printable';
import { applyCommand } from './apply-command';
import { ceremonyCommand } from './ceremony-command';
import { checkCommand } from './check-command';
import { completionCommand } from './completion-command';
import { createKeyCommand } from './create-key-command';
import { emulatorCommand } from './emulator-command';
import { refuseContentAsPath } from './file-flag';
import { fingerprintCommand } from './fingerprint-command';
import { epilogue, helpLayout } from './help-text';
import { importCommand } from './import-command';
import { providerCommand } from './provider-command';
import { removeCommand } from './remove-command';
import { reportCommand } from './report-command';
import { reviewCommand } from './review-command';
import { withoutSecrets } from './shown-value';
import { statusCommand } from './status-command';
import type { Surroundings } from './surroundings';

const help = `
Where to begin:
  $ byok emulator                        a KMS on this machine, to try everything against
  $ byok provider install                lets a hand-written main.tf find the provider
  $ openssl rand -base64 32 > orders.key
  $ byok fingerprint --material-file orders.key
                                         names the material in a pull request without showing it
  $ byok status                          which external keys there are, and when their material expires
  $ byok check --state FILE              what expires or is missing, by exit code: for cron and CI
  $ byok review --plan plan.json         what a plan does to keys, for a pull request
  $ byok report check.json --metrics F   the same for monitoring, from what "byok check --json FILE" wrote
  $ byok create-key --alias orders       an external key, without Terraform
  $ byok import --key-id ID --material-file orders.key
                                         one import, without Terraform
  $ byok ceremony start --key-id ID      the same, with the material on an offline machine
  $ byok apply --key-id ID --material-file orders.key
                                         makes it so and keeps it so: for pipelines and provisioners, again and again

"source <(byok completion bash)" makes the shell complete all of this. Every command has --help with examples, and --json for
machines. Failures are one sentence on stderr and exit code 1.`;

export function byokCommand(given: Surroundings): Command {
  const surroundings = printingHarmlessly(given);
  const program = new Command('byok')
    .description(
      'Bring your own key: imported key material in the KMS of Huawei Cloud, Open Telekom Cloud and their relatives.',
    )
    .version(packageVersion(), '-V')
    .version(packageVersion(), '-v, --version', 'print the version')
    .showHelpAfterError('(add --help for what is allowed)')
    .addHelpText('after', epilogue(help))
    .addCommand(emulatorCommand(surroundings))
    .addCommand(providerCommand(surroundings))
    .addCommand(fingerprintCommand(surroundings))
    .addCommand(statusCommand(surroundings))
    .addCommand(checkCommand(surroundings))
    .addCommand(reviewCommand(surroundings))
    .addCommand(reportCommand(surroundings))
    .addCommand(createKeyCommand(surroundings))
    .addCommand(importCommand(surroundings))
    .addCommand(ceremonyCommand(surroundings))
    .addCommand(applyCommand(surroundings))
    .addCommand(removeCommand(surroundings))
    .addCommand(completionCommand(surroundings))
    .addCommand(versionCommand(surroundings));
  // The name that commander has for it.
  program.options.find(({ short }) => short === '-V')?.hideHelp();
  letPrint(program, surroundings);
  refuseContentAsPath(program);
  return program;
}

/**
 * The last filter before anything is printed. It removes even line breaks from text that others
 * wrote.
 */
function printingHarmlessly(surroundings: Surroundings): Surroundings {
  return {
    ...surroundings,
    print: (text) => surroundings.print(ownLines(text)),
    remark: (text) => surroundings.remark(ownLines(text)),
  };
}

/** Also for help and for errors about flags: arguments may come from anywhere, too. */
function letPrint(
  command: Command,
  { print, remark }: Pick<Surroundings, 'print' | 'remark'>,
): void {
  command.configureHelp(helpLayout);
  command.configureOutput({
    writeOut: print,
    writeErr: remark,
    outputError: (text) => remark(withoutSecrets(text)),
  });
  for (const subcommand of command.commands) {
    letPrint(subcommand, { print, remark });
  }
}

function versionCommand({ print }: Surroundings): Command {
  return new Command('version')
    .description('Print the version.')
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue('\nExamples:\n  $ byok version --json'))
    .action(({ json }: { json?: boolean }) => {
      const version = packageVersion();
      print(json === true ? `${printableJson({ version })}\n` : `${version}\n`);
    });
}
