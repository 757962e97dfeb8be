/**
 * Writes the built provider into a filesystem mirror,
 * in one of the two layouts that Terraform and OpenTofu know:
 *
 * * unpacked, `<version>/<os>_<arch>/…`: Terraform links to it, so it must stay in place;
 * * packed, `terraform-provider-byok_<version>_<os>_<arch>.zip`:
 *   Terraform unpacks a copy and takes the modes from the archive.
 *   So a plugin cache outlives the mirror, and a tool that drops file modes does no harm.
 *
 * If both exist, Terraform takes the unpacked one, so we keep only one layout for each version.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { providerName, sourceAddress } from '../schema/provider';
import { besideOf, placeFile, placeFolder, tryLstat } from './place-file';
import { type BundleFile, executableName, type ProviderBundle } from './provider-bundle';
import { zipOf } from './zip';

/** Systems that can run the one file, because they honor its `#!` line. Windows does not. */
export const mirrorPlatforms = [
  'darwin_amd64',
  'darwin_arm64',
  'linux_amd64',
  'linux_arm64',
] as const;

export type MirrorLayout = 'unpacked' | 'packed';

/**
 * Writes the provider for all platforms into a mirror,
 * such as `terraform.d/plugins`. Other versions stay.
 * Files that already match byte for byte are not touched,
 * because a Terraform run may be starting them.
 *
 * @param mirror may be a link, and the path to it may contain links; below it no link is followed
 * @returns the folder of the version, or of the archives
 */
export function writeMirror(
  bundle: ProviderBundle,
  mirror: string,
  layout: MirrorLayout = 'unpacked',
): string {
  const folder = placeFolder(mirror, ...sourceAddress.split('/'));
  return layout === 'packed' ? writePacked(bundle, folder) : writeUnpacked(bundle, folder);
}

/** File names of the packed layout. */
export function archiveNames({ version }: Pick<ProviderBundle, 'version'>): readonly string[] {
  return mirrorPlatforms.map(
    (platform) => `terraform-provider-${providerName}_${version}_${platform}.zip`,
  );
}

/**
 * Whether an installed copy is this bundle and can be started, with or without links.
 * Terraform decides about its other modes.
 */
export function isInstalledCopy(folder: string, bundle: ProviderBundle): boolean {
  return holdsBundle(folder, bundle, (path) => {
    const stats = statSync(path);
    return (
      stats.isFile() &&
      (basename(path) !== executableName(bundle.version) || (stats.mode & 0o100) !== 0)
    );
  });
}

function writePacked(bundle: ProviderBundle, folder: string): string {
  const archive = zipOf(
    bundle.files.map(({ name, content }) => ({
      name,
      content,
      mode: modeOf(name, bundle.version),
    })),
  );
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
    // Terraform's hash counts every file of the folder, so no file of an older build may remain.
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
 * Replaces a folder. No rename replaces a folder that is not empty,
 * so we first move the old one away.
 * Another process may put its own folder there in between.
 *
 * @param isDone whether the folder is already as good as ours because another process was faster
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
      holdsBundle(join(target, platform), bundle, (path) =>
        isOwnFile(path, modeOf(basename(path), bundle.version)),
      ),
    )
  );
}

function holdsBundle(
  folder: string,
  { files }: ProviderBundle,
  fits: (path: string) => boolean,
): boolean {
  const names = files.map(({ name }) => name);
  return (
    holdsExactly(folder, names) &&
    files.every((file) => fits(join(folder, file.name)) && holds(join(folder, file.name), file))
  );
}

/** False also for a file that another process has just removed. */
function holds(path: string, { digest }: BundleFile): boolean {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex') === digest;
  } catch {
    return false;
  }
}

/** Whether the path is a folder and not a link to one, and only its owner may write to it. */
function isOwnFolder(folder: string, names: readonly string[]): boolean {
  const stats = tryLstat(folder);
  const leaves = names.map((name) => tryLstat(join(folder, name)));
  return (
    holdsExactly(folder, names) &&
    [stats, ...leaves].every((one) => one?.isDirectory() && (one.mode & 0o777) === 0o755)
  );
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

/**
 * Removes a folder where a file belongs. It also removes a link, but not the target of the link.
 */
function removeFolder(path: string): void {
  const stats = tryLstat(path);
  if (stats?.isDirectory() || stats?.isSymbolicLink()) {
    rmSync(path, { recursive: true, force: true });
  }
}

function modeOf(name: string, version: string): number {
  return name === executableName(version) ? 0o755 : 0o644;
}
