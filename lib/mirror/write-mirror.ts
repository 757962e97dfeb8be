/**
 * Writes the built provider into a filesystem mirror, in one of the two layouts that Terraform and OpenTofu know:
 *
 * * unpacked, `<version>/<os>_<arch>/…`: Terraform links to it, so it must stay where it is;
 * * packed, `terraform-provider-byok_<version>_<os>_<arch>.zip`: Terraform unpacks a copy, with modes from the archive. A plugin cache
 *   outlives the mirror, and a tool that loses the modes of files does no harm.
 *
 * Where both are there, Terraform takes the unpacked one: so a version has one of them only.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { providerName, sourceAddress } from '../schema/provider';
import { besideOf, placeFile, placeFolder, tryLstat } from './place-file';
import { type BundleFile, executableName, type ProviderBundle } from './provider-bundle';
import { zipOf } from './zip';

/** Where the one file runs: systems that honour its `#!` line. Windows does not. */
export const mirrorPlatforms = ['darwin_amd64', 'darwin_arm64', 'linux_amd64', 'linux_arm64'] as const;

export type MirrorLayout = 'unpacked' | 'packed';

/** `<mirror>/<host>/<namespace>/<type>`: everything of the provider is below it. */
export function mirrorFolder(mirror: string): string {
  return join(mirror, ...sourceAddress.split('/'));
}

/**
 * Writes the provider for all platforms into a mirror, such as `terraform.d/plugins`. Other versions stay. What is there already, byte for
 * byte, is left untouched: a Terraform run at the same time may be starting it.
 *
 * @param mirror may be a link, and have links on the way to it; nothing below it is reached through one
 * @returns the folder of the version, or of the archives
 */
export function writeMirror(bundle: ProviderBundle, mirror: string, layout: MirrorLayout = 'unpacked'): string {
  const folder = placeFolder(mirror, ...sourceAddress.split('/'));
  return layout === 'packed' ? writePacked(bundle, folder) : writeUnpacked(bundle, folder);
}

/** File names of the packed layout. */
export function archiveNames({ version }: Pick<ProviderBundle, 'version'>): readonly string[] {
  return mirrorPlatforms.map((platform) => `terraform-provider-${providerName}_${version}_${platform}.zip`);
}

/** Whether an installed copy is this bundle and can be started, through links or not; its other modes are Terraform's. */
export function isInstalledCopy(folder: string, bundle: ProviderBundle): boolean {
  return holdsBundle(folder, bundle, (path) => {
    const stats = statSync(path);
    return stats.isFile() && (basename(path) !== executableName(bundle.version) || (stats.mode & 0o100) !== 0);
  });
}

function writePacked(bundle: ProviderBundle, folder: string): string {
  const archive = zipOf(bundle.files.map(({ name, content }) => ({ name, content, mode: modeOf(name, bundle.version) })));
  for (const path of archiveNames(bundle).map((name) => join(folder, name))) {
    if (!isOwnFile(path, 0o644) || !readFileSync(path).equals(archive)) {
      removeFolder(path);
      placeFile(path, archive, 0o644);
    }
  }
  removeFolder(join(folder, bundle.version));
  return folder;
}

function writeUnpacked(bundle: ProviderBundle, folder: string): string {
  const target = join(folder, bundle.version);
  if (!holdsUnpacked(target, bundle)) {
    // Terraform's hash counts every file of the folder, so nothing of an older build may stay behind.
    const beside = besideOf(target);
    mkdirSync(beside, { mode: 0o700 });
    try {
      for (const platform of mirrorPlatforms) {
        const leaf = placeFolder(beside, platform);
        for (const { name, content } of bundle.files) {
          placeFile(join(leaf, name), content, modeOf(name, bundle.version));
        }
      }
      chmodSync(beside, 0o755);
      replaceFolder(target, beside, () => holdsUnpacked(target, bundle));
    } finally {
      rmSync(beside, { recursive: true, force: true });
    }
  }
  for (const name of archiveNames(bundle)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  return target;
}

const attempts = 10;

/**
 * No rename replaces a folder that holds something, so what is there is moved out of the way first; and somebody else may come in between.
 *
 * @param isDone whether what is there is as good as ours: somebody else was faster
 */
function replaceFolder(target: string, ours: string, isDone: () => boolean): void {
  for (let attempt = 1; !isDone(); attempt += 1) {
    const old = besideOf(target);
    try {
      renameUnlessMissing(target, old);
      renameSync(ours, target);
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code) || attempt === attempts) {
        throw error;
      }
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

function renameUnlessMissing(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
}

function holdsUnpacked(target: string, bundle: ProviderBundle): boolean {
  return (
    isOwnFolder(target, mirrorPlatforms) &&
    mirrorPlatforms.every((platform) =>
      holdsBundle(join(target, platform), bundle, (path) => isOwnFile(path, modeOf(basename(path), bundle.version))),
    )
  );
}

function holdsBundle(folder: string, { files }: ProviderBundle, fits: (path: string) => boolean): boolean {
  const names = files.map(({ name }) => name);
  return holdsExactly(folder, names) && files.every((file) => fits(join(folder, file.name)) && holds(join(folder, file.name), file));
}

/** False also for what somebody else has just taken away. */
function holds(path: string, { digest }: BundleFile): boolean {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex') === digest;
  } catch {
    return false;
  }
}

/** A folder, not a link to one, and nobody else may write to it. */
function isOwnFolder(folder: string, names: readonly string[]): boolean {
  const stats = tryLstat(folder);
  const leaves = names.map((name) => tryLstat(join(folder, name)));
  return holdsExactly(folder, names) && [stats, ...leaves].every((one) => one?.isDirectory() && (one.mode & 0o777) === 0o755);
}

function isOwnFile(path: string, mode: number): boolean {
  const stats = tryLstat(path);
  return stats?.isFile() === true && (stats.mode & 0o777) === mode;
}

function holdsExactly(folder: string, names: readonly string[]): boolean {
  try {
    return readdirSync(folder).sort().join('/') === [...names].sort().join('/');
  } catch {
    return false;
  }
}

/** In the place of a file, or of a link: rmSync removes a link, not what it leads to. */
function removeFolder(path: string): void {
  const stats = tryLstat(path);
  if (stats?.isDirectory() || stats?.isSymbolicLink()) {
    rmSync(path, { recursive: true, force: true });
  }
}

function modeOf(name: string, version: string): number {
  return name === executableName(version) ? 0o755 : 0o644;
}
