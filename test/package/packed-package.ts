/**
 * The package as users get it: packed by npm from the built checkout, and unpacked. Removed when
 * the test file is done.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/checkout';
import { scratchFolder } from '../support/scratch-folder';

export interface PackedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly mode: number;
}

export interface PackedPackage {
  /** Path of the `.tgz`. */
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: readonly PackedFile[];
  /** Where the tarball is unpacked: `package.json` is in it. */
  readonly folder: string;
}

/** @throws Error when the package is not built */
export function packPackage(): PackedPackage {
  if (!existsSync(join(root, 'dist', 'bundle', 'provider.json'))) {
    throw new Error('the package is not built: run "npm run build"');
  }
  const destination = scratchFolder();
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const [{ filename, size, files }] = JSON.parse(
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  const tarball = join(destination, filename);
  const unpacked = join(destination, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('tar', ['-xzf', tarball, '-C', unpacked]);
  return { tarball, size, files, folder: join(unpacked, 'package') };
}

/** Public subpaths, as they are imported. */
export const subpaths = [
  'cdktf-byok',
  'cdktf-byok/aws-cdk',
  'cdktf-byok/emulator',
  'cdktf-byok/testing',
] as const;
