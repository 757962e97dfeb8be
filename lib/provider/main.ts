/**
 * The executable `terraform-provider-byok`. Terraform starts it several times per command, so
 * nothing is loaded here that the handshake does not need.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ServeOptions, serve } from '../tfplugin/process/serve';
import type { Client } from './client';

/** Put in by the build, from package.json; there is none where a debugger runs the source. */
declare const PROVIDER_VERSION: string;

/** Started by hand: Terraform attaches to it later. */
const isAttached = process.argv.includes('--debug');

let leave: (() => void) | undefined;

const destroyCommand = () => require('./destroy-command') as typeof import('./destroy-command');

/**
 * Of Terraform. Empty where nobody knows which one attached: no plan is then taken for one that
 * destroys.
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
        const { joinRun, noSharedMarks } = require('./run-folder') as typeof import('./run-folder');
        if (isAttached || testing()) {
          // One Terraform, or one process, has many runs then, and none knows of the others.
          return noSharedMarks;
        }
        // Terraform's own folder first: it is this configuration's alone, and can be written to
        // wherever it was initialized.
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
