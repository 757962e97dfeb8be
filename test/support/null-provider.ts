/**
 * A stand-in for `registry.terraform.io/hashicorp/null` 3.2.4, built on our own plugin library, for
 * machines without a registry. Terraform finds it in a mirror, implied or named, and takes it for
 * the real one, whose public schema it serves.
 */
import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { scratchFolder } from './scratch-folder';

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Bundled once. @returns the executable file, gone when the test file is done */
export function buildNullProvider(): string {
  const file = join(scratchFolder(), 'terraform-provider-null_v3.2.4_x5');
  const entry = join(__dirname, 'null-provider-main.ts');
  buildSync({
    entryPoints: [entry],
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
export function installNullProvider(file: string, folder: string): void {
  const platform = `${process.platform}_${architectures[process.arch]}`;
  const installed = join(
    folder,
    'terraform.d/plugins/registry.terraform.io/hashicorp/null/3.2.4',
    platform,
    'terraform-provider-null_v3.2.4_x5',
  );
  mkdirSync(dirname(installed), { recursive: true });
  cpSync(file, installed);
}
