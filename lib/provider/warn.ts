/** How notices of the lifecycle, and our own, reach Terraform. */
import type { Notice } from '../lifecycle/context';
import type { Context } from '../tfplugin/provider';
import type { Client } from './client';

export function warn(context: Context, notices: readonly Notice[]): void {
  for (const { summary, detail, attribute } of notices) {
    context.diagnostics.warning(summary, detail, attribute);
  }
}

/** For a removal: we cannot see whether another provider block has an object of the same key. */
export function warnOfUnshared(
  keyId: string,
  { run, destroying, testing }: Client,
  context: Context,
): void {
  if (!run.isShared && !destroying() && testing?.() !== true) {
    context.diagnostics.warning(
      'This provider block cannot see the others',
      'The provider blocks of this run cannot coordinate: neither .terraform nor the temp ' +
        `folder (TMPDIR) is writable, or the provider runs under --debug. If key ${keyId} is ` +
        'also declared under another provider block, make one of the folders writable and drop ' +
        '--debug before you apply.',
    );
  }
}
