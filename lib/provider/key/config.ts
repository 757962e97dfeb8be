/**
 * From the attributes of `byok_external_key` to the plan of a new key, and to the terms of the
 * lifecycle.
 */
import type { KeyWish } from '../../lifecycle/reconcile-key';
import { keyWishOf } from '../../lifecycle/wish';
import { externalKeySchema } from '../../schema/external-key';
import { defaultKeySpec, tryFindKeySpec } from '../../terms/kms';
import { unknown, type Values } from '../../tfplugin/values/value';
import { flag, isUnknown, text, textMap } from '../attributes';

/**
 * Terraform proposes unknown for what is computed and not configured; only the configuration tells
 * which of the two it is.
 */
export function plannedNew(proposed: Values, config: Values): Values {
  const keySpec = isUnknown(config, 'key_spec')
    ? unknown
    : (text(config, 'key_spec') ?? defaultKeySpec);
  const usage = keySpec === unknown ? unknown : (tryFindKeySpec(keySpec)?.usages[0] ?? unknown);
  return {
    ...proposed,
    id: unknown,
    key_id: unknown,
    key_spec: keySpec,
    key_usage: config.key_usage ?? usage,
    origin: 'external',
    creation_date: unknown,
  };
}

/** Tells the two plan calls of a replacement from those of other objects. */
export function declarationOf(config: Values): string {
  return JSON.stringify(
    Object.keys(externalKeySchema.attributes).map((name) =>
      isUnknown(config, name) ? { unknown: true } : (config[name] ?? null),
    ),
  );
}

/** Everything that create-key needs is known, so we can judge the existing keys. */
export function isDeclared(planned: Values): boolean {
  return ['alias', 'description', 'key_spec'].every((name) => !isUnknown(planned, name));
}

export function wishOf(planned: Values, prior: Values | null): KeyWish {
  return keyWishOf(
    {
      alias: text(planned, 'alias'),
      description: text(planned, 'description'),
      keySpec: text(planned, 'key_spec'),
      keyUsage: text(planned, 'key_usage'),
      enabled: flag(planned, 'enabled'),
      cancelPendingDeletion: flag(planned, 'cancel_pending_deletion'),
      tags: textMap(planned, 'tags'),
    },
    planned.tags === null && prior !== null && textMap(prior, 'tags') !== undefined,
  );
}
