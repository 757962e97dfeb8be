/**
 * Stand-ins for providers of a registry, built on our own plugin library, for machines without one.
 * Terraform finds them in a mirror, implied or named, and takes them for the real ones.
 */
import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { scratchFolder } from './scratch-folder';

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export interface StandIn {
  /** Such as `hashicorp/null`, below registry.terraform.io. */
  readonly address: string;
  readonly version: string;
  /** In this folder. */
  readonly main: string;
}

/** Bundled once. @returns the executable file, gone when the test file is done */
export function buildStandIn({ address, version, main }: StandIn): string {
  const file = join(scratchFolder(), executableOf(address, version));
  buildSync({
    entryPoints: [join(__dirname, main)],
    outfile: file,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  chmodSync(file, 0o755);
  return file;
}

/** @param folder in which Terraform runs */
export function installStandIn({ address, version }: StandIn, file: string, folder: string): void {
  const platform = `${process.platform}_${architectures[process.arch]}`;
  const installed = join(
    folder,
    'terraform.d/plugins/registry.terraform.io',
    address,
    version,
    platform,
    executableOf(address, version),
  );
  mkdirSync(dirname(installed), { recursive: true });
  cpSync(file, installed);
}

const executableOf = (address: string, version: string) =>
  `terraform-provider-${address.split('/').at(-1)}_v${version}_x5`;
