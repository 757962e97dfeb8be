/**
 * Makes the provider known to Terraform in one folder, with no registry and no CLI configuration: `terraform.d/plugins` is the first
 * mirror that init looks into, and the lock file says which content is meant.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sourceAddress } from '../schema/provider';
import { lockFileWith } from './lock-file';
import { isLockFile } from './lock-file-blocks';
import { placeFile, placeFolder, tryLstat } from './place-file';
import type { ProviderBundle } from './provider-bundle';
import { archiveNames, isInstalledCopy, writeMirror } from './write-mirror';

/** @param folder where Terraform runs; it must exist */
export function installProvider(bundle: ProviderBundle, folder: string): void {
  const mirror = placeFolder(folder, 'terraform.d', 'plugins');
  removeOthers(writeMirror(bundle, mirror, 'packed'), archiveNames(bundle));
  removeBrokenCopies(bundle, folder);
  const lockFile = join(folder, '.terraform.lock.hcl');
  const existing = readLockFile(lockFile);
  const wanted = lockFileWith(existing, bundle);
  if (wanted !== existing || !tryLstat(lockFile)?.isFile()) {
    placeFile(lockFile, Buffer.from(wanted, 'latin1'), 0o644);
  }
}

/** cdktf never cleans this folder, and the versions of past releases would pile up in it. */
function removeOthers(provider: string, kept: readonly string[]): void {
  for (const other of readdirSync(provider).filter((name) => !kept.includes(name))) {
    rmSync(join(provider, other), { recursive: true, force: true });
  }
}

/**
 * What an earlier init left: a link into a mirror that is no more stops the next one, and a copy that lost its mode would be taken as it
 * is. Without it init unpacks anew.
 */
function removeBrokenCopies(bundle: ProviderBundle, folder: string): void {
  const installed = ['.terraform', 'providers', ...sourceAddress.split('/'), bundle.version].reduce<string | undefined>(
    (parent, name) => (parent !== undefined && tryLstat(join(parent, name))?.isDirectory() ? join(parent, name) : undefined),
    folder,
  );
  for (const copy of installed === undefined ? [] : readdirSync(installed).map((name) => join(installed, name))) {
    if (!isInstalledCopy(copy, bundle)) {
      rmSync(copy, { recursive: true, force: true });
    }
  }
}

/**
 * As bytes, of which others' entries are copied. What a link leads to is taken over when it is a lock file, and nothing else: it could be
 * anybody's.
 */
function readLockFile(path: string): string | undefined {
  const stats = tryLstat(path);
  if (stats === undefined) {
    return undefined;
  }
  if (!stats.isSymbolicLink()) {
    return readFileSync(path, 'latin1');
  }
  try {
    const linked = readFileSync(path, 'latin1');
    return isLockFile(linked) ? linked : undefined;
  } catch {
    return undefined;
  }
}
