/**
 * Checks that need only the configuration: no clock, no KMS, no secret. They also run before every
 * destroy.
 */
import { ByokError } from '../errors';
import {
  type Ask,
  type Declared,
  errorOf,
  faultsOf,
  type RuleName,
} from '../lifecycle/declaration';
import type { AttributeSchema, BlockSchema } from '../schema/model';
import { keyRules } from '../terms/rules';
import type { Setting } from '../terms/setting';
import { shown, shownOf } from '../terms/shown-value';
import type { Context } from '../tfplugin/provider';
import { unknown, type Values } from '../tfplugin/values/value';
import { text } from './attributes';
import { wording } from './wording';

/** What a configuration declares: the attributes of these settings that are given. */
export function declaredIn(config: Values, settings: readonly Setting[]): Declared {
  return Object.fromEntries(
    settings
      .map((setting) => [setting, config[wording.name(setting)] ?? undefined])
      .filter(([, value]) => value !== undefined),
  );
}

/** An error for each fault. @param rules the only ones to ask @default all */
export function errorsIn(
  declared: Declared,
  rules?: readonly RuleName[],
  mayBeGiven?: Ask['mayBeGiven'],
): readonly ByokError[] {
  const isKnown = (value: unknown) => value !== unknown;
  const mayBeNone = (value: unknown) => value === unknown;
  return faultsOf(
    declared,
    { words: wording, isKnown, mayBeNone, ...(mayBeGiven && { mayBeGiven }) },
    rules,
  ).map((fault) => errorOf(fault, wording));
}

/** Reports every attribute whose value is not among those that its schema lists. */
export function validateAgainstSchema(schema: BlockSchema, config: Values, context: Context): void {
  for (const [name, { allowed }] of Object.entries<AttributeSchema>(schema.attributes)) {
    const value = text(config, name);
    if (value !== undefined && allowed !== undefined && !allowed.includes(value)) {
      const listed = allowed.map((one) => `"${one}"`).join(', ');
      const message = `${name} is ${shown(value)}; allowed are ${listed}`;
      report(context, new ByokError('ERR_ARGUMENT', message, { attribute: name }));
    }
  }
}

/** @throws ByokError ERR_ARGUMENT when it is given, and not of the form of a key id */
export function requireKeyId(name: string, keyId: string | undefined): void {
  const { accepts, allowed } = keyRules.keyId;
  if (keyId !== undefined && !accepts(keyId)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${name} is ${shownOf(keyId, 'keyId')}; allowed are ${allowed}`,
      {
        attribute: name,
      },
    );
  }
}

export function report(context: Context, ...errors: readonly unknown[]): void {
  for (const error of errors) {
    context.diagnostics.thrown('Invalid configuration', error);
  }
}
