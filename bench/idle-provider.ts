/** The same keys and state as another folder has, served by a provider that does nothing. */
import { chmodSync, cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { run } from './children';
import type { Prepared } from './plan';

const entryPoint = join(__dirname, 'idle-provider-main.ts');

/**
 * @param prepared with nothing left to do
 * @param folder does not exist yet
 */
export async function prepareIdle(prepared: Prepared, folder: string): Promise<Prepared> {
  cpSync(prepared.folder, folder, { recursive: true, verbatimSymlinks: true });
  // Another package than the one that the lock file knows.
  rmSync(join(folder, '.terraform'), { recursive: true });
  rmSync(join(folder, '.terraform.lock.hcl'));
  const mirror = join(folder, 'terraform.d', 'plugins');
  const executables = readdirSync(mirror, { encoding: 'utf8', recursive: true }).filter((name) =>
    /terraform-provider-byok_v[^/]*$/.test(name),
  );
  for (const outfile of executables.map((name) => join(mirror, name))) {
    rmSync(outfile);
    await build({
      entryPoints: [entryPoint],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      minify: true,
    });
    chmodSync(outfile, 0o755);
  }
  await run('terraform', ['init', '-no-color'], { cwd: folder, env: prepared.env });
  return { folder, env: prepared.env };
}
