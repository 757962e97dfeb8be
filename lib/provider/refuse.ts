/** How a plan says no, and how notices of the lifecycle reach Terraform. */
import { ByokError, isByokError } from '../errors';
import type { Notice } from '../lifecycle/context';
import type { Context } from '../tfplugin/provider';
import type { Surroundings } from './client';

/** Terraform plans before it destroys: whoever wants to destroy must be told the way past this refusal. */
export function refuse(context: Context, client: Surroundings, summary: string, error: unknown): void {
  say(context, client, summary, error, '; to destroy instead, run terraform destroy -refresh=false');
}

/** The same where nothing stands yet that could be destroyed. */
export function refuseFirst(context: Context, client: Surroundings, summary: string, error: unknown): void {
  say(context, client, summary, error, '');
}

/** Nothing of the plan before a destroy is carried out, so it refuses nothing. Terraform would show no warning of it either. */
function say(context: Context, { destroying }: Surroundings, summary: string, error: unknown, wayPast: string): void {
  if (!isByokError(error)) {
    context.diagnostics.thrown(summary, error);
  } else if (destroying()) {
    context.log.log('info', `not refused, since a destroy follows: ${error.message}`);
  } else {
    const { code, message, attribute } = error;
    context.diagnostics.thrown(summary, new ByokError(code, `${message}${wayPast}`, { attribute, cause: error }));
  }
}

export function warn(context: Context, notices: readonly Notice[]): void {
  for (const { summary, detail, attribute } of notices) {
    context.diagnostics.warning(summary, detail, attribute);
  }
}
