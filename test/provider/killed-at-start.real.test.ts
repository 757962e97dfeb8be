/**
 * The built provider, started by a real process that is killed while it starts: nothing of it
 * stays.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../mirror/fake-bundle';
import { root } from '../support/checkout';
import { processesWith } from '../support/processes';
import { scratchFolder } from '../support/scratch-folder';
import { createClientIdentity, terraformEnvironment } from '../tfplugin/fixtures/host';

const executable = join(
  root,
  'dist',
  'bundle',
  'provider',
  `terraform-provider-byok_v${packageVersion}`,
);
const client = createClientIdentity(scratchFolder(), 'client');

/** Of a whole start, which takes a tenth of a second on an idle machine. */
const moments = [0, 2, 5, 10, 20, 30, 45, 60, 80, 100, 130, 170, 220, 300, 450, 700];

/** @param moment milliseconds after its parent had it started. @returns when its parent is dead */
async function startAndKill(
  moment: number,
  stdio: 'pipe' | 'inherit',
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const script = `
    const child = require('node:child_process').spawn(${JSON.stringify(executable)}, [], { stdio: ['ignore', '${stdio}', '${stdio}'] });
    child.once('spawn', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${moment}));`;
  const parent = spawn(process.execPath, ['-e', script], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Unread, as nobody reads what Terraform would have.
  parent.stdout.resume();
  parent.stderr.resume();
  await once(parent, 'exit');
}

test.each(['pipe', 'inherit'] as const)(
  'a provider whose Terraform is killed at any moment of its start ends, with its output as %s',
  async (stdio) => {
    const mark = `killed-${stdio}-${process.pid}`;
    const TMPDIR = scratchFolder();
    const env = { ...terraformEnvironment(client), TMPDIR, TEST_MARK: mark };
    for (const moment of moments) {
      await startAndKill(moment, stdio, env);
    }
    while (processesWith(`TEST_MARK=${mark}`).length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(readdirSync(TMPDIR)).toEqual([]);
  },
);
