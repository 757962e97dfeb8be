/** How a plan says no, and how notices of the lifecycle reach Terraform. */
import { ByokError, isByokError } from '../errors';
import type { Notice } from '../lifecycle/context';
import type { Context } from '../tfplugin/provider';

/** Terraform plans before it destroys: whoever wants to destroy must be told the way past this refusal. */
export function refuse(context: Context, summary: string, error: unknown): void {
  const refusal = isByokError(error)
    ? new ByokError(error.code, `${error.message}; to destroy instead, run terraform destroy -refresh=false`, {
        attribute: error.attribute,
        cause: error,
      })
    : error;
  context.diagnostics.thrown(summary, refusal);
}

/** The same where nothing stands yet that could be destroyed. */
export function refuseFirst(context: Context, summary: string, error: unknown): void {
  context.diagnostics.thrown(summary, error);
}

export function warn(context: Context, notices: readonly Notice[]): void {
  for (const { summary, detail, attribute } of notices) {
    context.diagnostics.warning(summary, detail, attribute);
  }
}
