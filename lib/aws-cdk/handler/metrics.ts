/**
 * Metrics through a line of the log: CloudWatch reads its embedded metric format from it, which
 * needs no permission and no call.
 */
import type { Judgement } from '../../lifecycle/verdict';
import { printableJson } from '../../printable';
import type { ExpirationInstant } from '../../terms/expiration-time';
import { judgementNames, metricDimension, metricNames, metricNamespace } from '../key-properties';

const dayMs = 86_400_000;

export interface Found extends Judgement {
  readonly expiration: ExpirationInstant;
}

/** @param found undefined if we could not look at the key */
export function metricsLine(
  metricKey: string,
  found: Found | undefined,
  needsAttention: boolean,
  now: Date,
): string {
  const expiration = found?.expiration;
  const values = {
    ...(expiration === undefined
      ? {}
      : {
          [metricNames.days]:
            Math.round(((expiration.getTime() - now.getTime()) / dayMs) * 1000) / 1000,
        }),
    [metricNames.attention]: needsAttention ? 1 : 0,
  };
  return printableJson({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [[metricDimension]],
          Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'None' })),
        },
      ],
    },
    [metricDimension]: metricKey,
    ...values,
    // No metrics: for people who search the log.
    [judgementNames.verdict]: found?.verdict,
    [judgementNames.reason]: found?.reason,
  });
}
