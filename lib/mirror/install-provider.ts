/**
 * Makes the provider known to Terraform in one folder,
 * without a registry and without CLI configuration.
 * `terraform.d/plugins` is the first mirror that init searches,
 * and the lock file fixes the content.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sourceAddress } from '../schema/provider';
import { lockFileWith } from './lock-file';
import { isLockFile } from './lock-file-blocks';
import { isBeside, placeFile, placeFolder, tryLstat } from './place-file';
import type { ProviderBundle } from './provider-bundle';
import { archiveNames, isInstalledCopy, writeMirror } from './write-mirror';

/**
 * Safe if several processes do this at the same time: each `cdktf deploy` synthesizes every stack.
 *
 * @param folder where Terraform runs; it must exist
 */
export function installProvider(
  bundle: ProviderBundle,
  folder: string,
  now: () => number = () => Date.now(),
): void {
  const mirror = placeFolder(folder, 'terraform.d', 'plugins');
  removeOthers(writeMirror(bundle, mirror, 'packed'), archiveNames(bundle), now());
  removeBrokenCopies(bundle, folder);
  const lockFile = join(folder, '.terraform.lock.hcl');
  const existing = readLockFile(lockFile);
  const wanted = lockFileWith(existing, bundle);
  if (wanted !== existing || !tryLstat(lockFile)?.isFile()) {
    placeFile(lockFile, Buffer.from(wanted, 'latin1'), 0o644);
  }
}

/** cdktf never cleans this folder, so versions of past releases would pile up in it. */
function removeOthers(provider: string, kept: readonly string[], now: number): void {
  for (const other of readdirSync(provider).filter((name) => !kept.includes(name))) {
    const path = join(provider, other);
    if (!isUnderWay(path, now)) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

/** No write takes an hour. */
const longestWriteMs = 3_600_000;

/** Another process may still be writing this file and is going to rename it. */
function isUnderWay(path: string, now: number): boolean {
  const stats = isBeside(path) ? tryLstat(path) : undefined;
  return stats !== undefined && now - stats.mtimeMs < longestWriteMs;
}

/**
 * Removes what an earlier init left behind.
 * A link into a mirror that is gone stops the next init,
 * and init accepts a copy that lost its mode.
 * If the copy is missing, init unpacks a new one.
 */
function removeBrokenCopies(bundle: ProviderBundle, folder: string): void {
  const installed = ['.terraform', 'providers', ...sourceAddress.split('/'), bundle.version].reduce<
    string | undefined
  >(
    (parent, name) =>
      parent !== undefined && tryLstat(join(parent, name))?.isDirectory()
        ? join(parent, name)
        : undefined,
    folder,
  );
  for (const copy of installed === undefined
    ? []
    : readdirSync(installed).map((name) => join(installed, name))) {
    if (!isInstalledCopy(copy, bundle)) {
      rmSync(copy, { recursive: true, force: true });
    }
  }
}

/**
 * Reads bytes, so that the entries of other providers are copied unchanged.
 * The target of a link counts only if it is a lock file, because it could be any file of any user.
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
