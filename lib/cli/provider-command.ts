/**
 * `byok provider install`: puts the built provider where Terraform looks for it. Talks to no
 * network.
 */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { readProviderBundle } from '../mirror/provider-bundle';
import { writeMirror } from '../mirror/write-mirror';
import { printableJson } from '../printable';
import { providerName, sourceAddress } from '../schema/provider';
import { writeFault } from './file-fault';
import { epilogue } from './help-text';
import type { Surroundings } from './surroundings';

const help = `
Only needed for hand-written Terraform: the constructs bring the provider along by themselves. Terraform and OpenTofu
look into ~/.terraform.d/plugins on their own; another folder is named with "terraform init -plugin-dir=DIR".

They link to the files of the mirror, which must stay where they are. With --packed the mirror holds one archive for each
platform, as the constructs write it, and they unpack a copy: for a mirror that travels as an artifact of a pipeline, or
lies in a project that shares a plugin cache (TF_PLUGIN_CACHE_DIR) with others.

Examples:
  $ byok provider install
  $ byok provider install --plugin-dir ./terraform.d/plugins
  $ byok provider install --plugin-dir ./terraform.d/plugins --packed`;

export function providerCommand(surroundings: Surroundings): Command {
  const install = new Command('install')
    .description('Install the Terraform provider into a filesystem mirror.')
    .addOption(
      new Option('--plugin-dir <DIR>', 'the mirror').default(
        join(surroundings.homeFolder, '.terraform.d', 'plugins'),
        '~/.terraform.d/plugins',
      ),
    )
    .option('--packed', 'write archives instead of a folder for each platform')
    .option('--json', 'print a JSON object')
    .addHelpText('after', epilogue(help))
    .action(
      ({ pluginDir, packed, json }: { pluginDir: string; packed?: boolean; json?: boolean }) => {
        const bundle = readProviderBundle();
        const path = write(bundle, pluginDir, packed === true ? 'packed' : 'unpacked');
        const installed = { source: sourceAddress, version: bundle.version, path, h1: bundle.h1 };
        surroundings.print(
          json === true ? `${printableJson(installed)}\n` : instructions(installed),
        );
      },
    );
  return new Command('provider')
    .description('Manage the Terraform provider of this package.')
    .addCommand(install);
}

const write: typeof writeMirror = (bundle, mirror, layout) => {
  try {
    return writeMirror(bundle, mirror, layout);
  } catch (error) {
    throw writeFault({ flag: '--plugin-dir', path: mirror }, error);
  }
};

function instructions({ version, path }: { version: string; path: string }): string {
  return `installed ${sourceAddress} ${version} into ${path}

terraform {
  required_providers {
    ${providerName} = {
      source  = "${sourceAddress}"
      version = "${version}"
    }
  }
}
`;
}
