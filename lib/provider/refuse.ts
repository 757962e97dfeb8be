/** How a plan refuses. */
import { ByokError, isByokError } from '../errors';
import { sentence } from '../tfplugin/calls/diagnostics';
import type { Context } from '../tfplugin/provider';
import type { Client } from './client';

const insteadDestroy = '; to destroy instead, run terraform destroy -refresh=false';

/**
 * Terraform plans before it destroys, so a user who wants to destroy must read how to get past this
 * refusal.
 *
 * @returns what apply must refuse if the plan must not
 */
export function refuse(
  context: Context,
  client: Client,
  summary: string,
  error: unknown,
): ByokError | undefined {
  return say(context, client, summary, error, insteadDestroy);
}

/** The same while there is nothing yet that could be destroyed. */
export function refuseFirst(
  context: Context,
  client: Client,
  summary: string,
  error: unknown,
): ByokError | undefined {
  return say(context, client, summary, error, '');
}

/**
 * The same for refusals that follow from configuration and state alone, and so last until the
 * destroy at the end of `terraform test`.
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
 * The plan before a destroy is never carried out, so it refuses nothing; Terraform would not show a
 * warning of it either. In `terraform test` we cannot tell the plan of a run from the one before
 * the final destroy.
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
      'Under terraform test this is an error in apply only, so that its final destroy can run.';
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
