/**
 * Makes the provider known to Terraform in one folder, with no registry and no CLI configuration: `terraform.d/plugins` is the first
 * mirror that init looks into, and the lock file says which content is meant.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFileWith } from './lock-file';
import { mirrorFolder, type ProviderBundle, writeMirror } from './provider-bundle';

/** @param folder where Terraform runs; it must exist */
export function installProvider(bundle: ProviderBundle, folder: string): void {
  const mirror = join(folder, 'terraform.d', 'plugins');
  removeOtherVersions(mirrorFolder(mirror), bundle.version);
  writeMirror(bundle, mirror);
  const lockFile = join(folder, '.terraform.lock.hcl');
  const existing = existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : undefined;
  const wanted = lockFileWith(existing, bundle);
  if (wanted !== existing) {
    writeFileSync(lockFile, wanted);
  }
}

/** cdktf never cleans this folder, and the versions of past releases would pile up in it. */
function removeOtherVersions(provider: string, version: string): void {
  if (!existsSync(provider)) {
    return;
  }
  for (const other of readdirSync(provider).filter((name) => name !== version)) {
    rmSync(join(provider, other), { recursive: true, force: true });
  }
}
