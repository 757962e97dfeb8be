/**
 * Metrics through a line of the log: CloudWatch reads its embedded metric format from it, which
 * needs no permission and no call.
 */
import type { MaterialObservation } from '../../lifecycle/material-status';
import { metricDimension, metricNames, metricNamespace } from '../key-properties';

const dayMs = 86_400_000;

/** @param observation undefined if we could not look at the key */
export function metricsLine(
  metricKey: string,
  observation: MaterialObservation | undefined,
  needsAttention: boolean,
  now: Date,
): string {
  const expiration = observation?.expiration;
  const values = {
    ...(expiration === undefined
      ? {}
      : {
          [metricNames.days]:
            Math.round(((expiration.getTime() - now.getTime()) / dayMs) * 1000) / 1000,
        }),
    [metricNames.attention]: needsAttention ? 1 : 0,
  };
  return JSON.stringify({
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
  });
}
