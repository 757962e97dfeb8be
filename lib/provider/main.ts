/**
 * The executable `terraform-provider-byok`. Terraform starts it several times per command, so nothing is loaded here that the
 * handshake does not need.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from '../tfplugin/process/serve';

/** Put in by the build, from package.json. */
declare const PROVIDER_VERSION: string;

let leave: (() => void) | undefined;

const testing = (): boolean => {
  const { commandOf, isTestCommand } = require('./destroy-command') as typeof import('./destroy-command');
  return isTestCommand(commandOf(process.ppid));
};

const appliesAtOnce = (): boolean => {
  const { commandOf, isWholeApply } = require('./destroy-command') as typeof import('./destroy-command');
  return isWholeApply(commandOf(process.ppid));
};

void serve({
  name: 'byok',
  version: PROVIDER_VERSION,
  env: process.env,
  now: () => new Date(),
  definition: () => {
    const { byokProvider } = require('./provider') as typeof import('./provider');
    return byokProvider({
      env: process.env,
      now: () => new Date(),
      sleep: (ms, signal) => delay(ms, undefined, { signal }),
      destroying: () => {
        const { commandOf, isDestroyCommand } = require('./destroy-command') as typeof import('./destroy-command');
        return isDestroyCommand(commandOf(process.ppid));
      },
      appliesAtOnce,
      joinRun: () => {
        const { joinRun, noSharedMarks } = require('./run-folder') as typeof import('./run-folder');
        if (testing()) {
          // One Terraform has many runs then, and none knows of the others.
          return noSharedMarks;
        }
        // Terraform's own folder first: it is this configuration's alone, and can be written to wherever it was initialized.
        const parents = [process.env.TF_DATA_DIR || '.terraform', process.env.TMPDIR || '/tmp'];
        const joined = joinRun({ parents, pid: process.pid, parentPid: process.ppid, userId: process.getuid?.(), now: new Date() });
        if (leave === undefined) {
          process.once('exit', () => leave?.());
        }
        leave = joined.leave;
        return joined.marks;
      },
      testing,
    });
  },
});
