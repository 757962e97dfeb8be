/**
 * The executable `terraform-provider-byok`. Terraform starts it several times per command, so this
 * loads only what the handshake needs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ServeOptions, serve } from '../tfplugin/process/serve';
import type { Client } from './client';

/** Inserted by the build, from package.json; absent if a debugger runs the source. */
declare const PROVIDER_VERSION: string;

/** Started by hand: Terraform attaches later. */
const isAttached = process.argv.includes('--debug');

let leave: (() => void) | undefined;

const destroyCommand = () => require('./destroy-command') as typeof import('./destroy-command');

/**
 * The command line of Terraform. Empty if we cannot know which Terraform attached: then no plan
 * counts as one that destroys.
 */
const command = (): readonly string[] =>
  isAttached ? [] : destroyCommand().commandOf(process.ppid);

const testing = (): boolean => destroyCommand().isTestCommand(command());

const options: ServeOptions<Client> = {
  name: 'byok',
  version: typeof PROVIDER_VERSION === 'undefined' ? '(source)' : PROVIDER_VERSION,
  env: process.env,
  now: () => new Date(),
  definition: () => {
    const { byokProvider } = require('./provider') as typeof import('./provider');
    return byokProvider({
      env: process.env,
      now: () => new Date(),
      sleep: (ms, signal) => delay(ms, undefined, { signal }),
      destroying: () => destroyCommand().isDestroyCommand(command()),
      appliesAtOnce: () => destroyCommand().isWholeApply(command()),
      joinRun: () => {
        if (isAttached || testing()) {
          // Then one Terraform, or one process, has many runs, and they do not know of each other.
          const { noSharedMarks } = require('./shared-marks') as typeof import('./shared-marks');
          return noSharedMarks;
        }
        const { joinRun } = require('./run-folder') as typeof import('./run-folder');
        // Terraform's own folder first: it belongs to this configuration alone, and is writable
        // wherever Terraform was initialized.
        const parents = [process.env.TF_DATA_DIR || '.terraform', process.env.TMPDIR || '/tmp'];
        const joined = joinRun({
          parents,
          pid: process.pid,
          parentPid: process.ppid,
          userId: process.getuid?.(),
          now: new Date(),
        });
        if (leave === undefined) {
          process.once('exit', () => leave?.());
        }
        leave = joined.leave;
        return joined.marks;
      },
      testing,
    });
  },
};

if (isAttached) {
  const { serveAttached } =
    require('../tfplugin/process/reattach') as typeof import('../tfplugin/process/reattach');
  const { sourceAddress: address } =
    require('../schema/provider') as typeof import('../schema/provider');
  void serveAttached({ ...options, address });
} else {
  void serve(options);
}
