/** What a plan of `byok_key_material` says about the expiry without refusing it. Pure. */
import type { Notice } from '../../lifecycle/context';
import type { Wish } from '../../lifecycle/decision';
import { isInWindow } from '../../lifecycle/expiration-wish';
import { noticesOfKept } from '../../lifecycle/kept-expiry';
import type { MaterialObservation } from '../../lifecycle/material-status';
import type { Values } from '../../tfplugin/values/value';
import { text } from '../attributes';
import { wording } from '../wording';
import { rollingOf } from './config';

/** Configurations cannot give both, so Terraform keeps one of them at its old value. */
export function noticesOfHeld(config: Values, { status }: MaterialObservation): readonly Notice[] {
  const held = text(config, 'expiration_time');
  return held === undefined || rollingOf(config) === undefined || status === 'present'
    ? []
    : [
        {
          summary: 'The expiry does not roll',
          detail:
            `ignore_changes keeps expiration_time at ${held}, so valid_for and renew_before ` +
            'have no effect and nothing renews the material. Take expiration_time (or "all") ' +
            'out of ignore_changes.',
          attribute: 'valid_for',
        },
      ];
}

/**
 * Read determined whether the window of a rolling expiry is open, by the renew_before in the state.
 * So a plan has the same result when it is applied later. A new renew_before therefore counts from
 * the next Read on.
 */
export function noticesOfWindow(
  prior: Values,
  config: Values,
  { status, expiration }: MaterialObservation,
  now: Date,
): readonly Notice[] {
  const [wished, known] = [rollingOf(config), rollingOf(prior)];
  if (
    wished === undefined ||
    wished.renewBeforeMs === known?.renewBeforeMs ||
    status !== 'present'
  ) {
    return [];
  }
  return isInWindow(expiration, wished.renewBeforeMs, now)
    ? [
        {
          summary: 'The next plan will renew the material',
          detail:
            `renew_before becomes "${wished.renewBefore}", which makes the material due for ` +
            'renewal. The new value counts once it is in the state: apply, then plan again.',
          attribute: 'renew_before',
        },
      ]
    : [];
}

/** Said once, by the plan that declares the validity: no later one differs from it. */
export function noticesOfValidity(
  prior: Values,
  config: Values,
  { expiration: wish }: Wish,
  observation: MaterialObservation,
  now: Date,
): readonly Notice[] {
  return rollingOf(config)?.validForMs === rollingOf(prior)?.validForMs
    ? []
    : noticesOfKept(wish, observation, now, wording);
}
