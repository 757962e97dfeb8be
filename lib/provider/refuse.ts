/** How a plan says no, and how notices of the lifecycle reach Terraform. */
import { ByokError, isByokError } from '../errors';
import type { Notice } from '../lifecycle/context';
import { sentence } from '../tfplugin/calls/diagnostics';
import type { Context } from '../tfplugin/provider';
import type { Client } from './client';

const insteadDestroy = '; to destroy instead, run terraform destroy -refresh=false';

/**
 * Terraform plans before it destroys: whoever wants to destroy must be told the way past this
 * refusal.
 *
 * @returns what apply is to refuse, where the plan must not
 */
export function refuse(
  context: Context,
  client: Client,
  summary: string,
  error: unknown,
): ByokError | undefined {
  return say(context, client, summary, error, insteadDestroy);
}

/** The same where nothing stands yet that could be destroyed. */
export function refuseFirst(
  context: Context,
  client: Client,
  summary: string,
  error: unknown,
): ByokError | undefined {
  return say(context, client, summary, error, '');
}

/**
 * The same of what configuration and state alone decide, which stays as it is until the destroy at
 * the end of `terraform test`.
 */
export function refuseOutright(
  context: Context,
  { destroying }: Client,
  summary: string,
  error: unknown,
): void {
  if (!isByokError(error)) {
    context.diagnostics.thrown(summary, error);
  } else if (destroying()) {
    context.log.log('info', `not refused, since a destroy follows: ${error.message}`);
  } else {
    const { code, message, attribute } = error;
    context.diagnostics.thrown(
      summary,
      new ByokError(code, `${message}${insteadDestroy}`, { attribute, cause: error }),
    );
  }
}

/**
 * Nothing of the plan before a destroy is carried out, so it refuses nothing. Terraform would show
 * no warning of it either. In `terraform test` a plan looks the same whether it is that of a run or
 * the one before the destroy at the end.
 */
function say(
  context: Context,
  { destroying, testing, run }: Client,
  summary: string,
  error: unknown,
  wayPast: string,
): ByokError | undefined {
  if (!isByokError(error)) {
    context.diagnostics.thrown(summary, error);
  } else if (destroying()) {
    context.log.log('info', `not refused, since a destroy follows: ${error.message}`);
  } else if (run.hasRead && testing?.() === true) {
    const { code, message, attribute } = error;
    const later =
      'In terraform test this is an error in apply only, so that the destroy at its end goes through.';
    context.diagnostics.warning(summary, `${sentence(message)} (${code}) ${later}`, attribute);
    return error;
  } else {
    const { code, message, attribute } = error;
    context.diagnostics.thrown(
      summary,
      new ByokError(code, `${message}${wayPast}`, { attribute, cause: error }),
    );
  }
  return undefined;
}

/**
 * Of a removal: that there is no other provider block with an object of the same key, nobody can
 * see.
 */
export function warnOfUnshared(
  keyId: string,
  { run, destroying, testing }: Client,
  context: Context,
): void {
  if (!run.isShared && !destroying() && testing?.() !== true) {
    context.diagnostics.warning(
      'Other provider blocks cannot be seen',
      `The provider blocks of this run do not know of each other: neither .terraform nor the temp folder (TMPDIR) can be written to, or the provider runs under --debug. If key ${keyId} is declared under another provider block, too, make one of the folders writable, and do without --debug, before you apply.`,
    );
  }
}

export function warn(context: Context, notices: readonly Notice[]): void {
  for (const { summary, detail, attribute } of notices) {
    context.diagnostics.warning(summary, detail, attribute);
  }
}
