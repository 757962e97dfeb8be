/**
 * Checks that need only the configuration: no clock, no KMS, no secret. They also run before every
 * destroy.
 */
import { ByokError } from '../errors';
import type { AttributeSchema, BlockSchema } from '../schema/model';
import { timeoutNames } from '../schema/timeouts';
import { parseDuration } from '../terms/duration';
import type { Rule } from '../terms/rules';
import type { Context } from '../tfplugin/provider';
import type { Values } from '../tfplugin/values/value';
import { block, text } from './attributes';

/**
 * Reports every attribute whose value is not among those that its schema lists, and every timeout
 * that is no duration.
 */
export function validateAgainstSchema(schema: BlockSchema, config: Values, context: Context): void {
  for (const [name, attribute] of Object.entries<AttributeSchema>(schema.attributes)) {
    const value = text(config, name);
    if (
      value !== undefined &&
      attribute.allowed !== undefined &&
      !attribute.allowed.includes(value)
    ) {
      const allowed = attribute.allowed.map((one) => `"${one}"`).join(', ');
      report(
        context,
        new ByokError('ERR_ARGUMENT', `${name} is "${value}"; allowed are ${allowed}`, {
          attribute: name,
        }),
      );
    }
  }
  const timeouts = block(config, 'timeouts') ?? {};
  for (const operation of timeoutNames) {
    const timeout = text(timeouts, operation);
    if (timeout !== undefined) {
      check(context, () => parseDuration(timeout, 'timeouts'));
    }
  }
}

/** Runs a check that throws, and reports what it threw. */
export function check(context: Context, run: () => unknown): void {
  try {
    run();
  } catch (error) {
    report(context, error);
  }
}

export function report(context: Context, error: unknown): void {
  context.diagnostics.thrown('Invalid configuration', error);
}

/** Undefined values pass. */
export function checkRule<Value>(
  name: string,
  value: Value | undefined,
  { accepts, allowed }: Rule<Value>,
): void {
  if (value !== undefined && !accepts(value)) {
    const shown = typeof value === 'string' ? `"${value}"` : value;
    throw new ByokError('ERR_ARGUMENT', `${name} is ${shown}; allowed is ${allowed}`, {
      attribute: name,
    });
  }
}

/** @param form source of the regular expression; @param allowed the same in words */
export function checkForm(
  name: string,
  value: string | undefined,
  form: string,
  allowed: string,
): void {
  if (value !== undefined && !new RegExp(form).test(value)) {
    throw new ByokError('ERR_ARGUMENT', `${name} is "${value}"; allowed is ${allowed}`, {
      attribute: name,
    });
  }
}
