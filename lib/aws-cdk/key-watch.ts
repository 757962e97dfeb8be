/**
 * What happens between deployments: a rule makes the handler look at the key,
 * and alarms watch what it reports.
 */

import {
  type Alarm,
  ComparisonOperator,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type CheckEvent, metricDimension, metricNames, metricNamespace } from './key-properties';

export interface KeyWatchProps {
  readonly handler: IFunction;
  /** The rule sends it to the handler. */
  readonly event: CheckEvent;
  readonly every: Duration;
  /** How many days before the expiry the alarm starts to ring. */
  readonly warnDays: number;
}

const longestPeriod = Duration.days(1);

/** Watches one key. */
export class KeyWatch extends Construct {
  /** Days until the KMS deletes the material; no data if the material never expires. */
  readonly daysUntilExpiry: Metric;
  /** Rings within `warnDays` of the expiry. */
  readonly expiryAlarm: Alarm;
  /** Rings when two checks in a row found something that needs a person, or did not run. */
  readonly attentionAlarm: Alarm;

  constructor(scope: Construct, id: string, { handler, event, every, warnDays }: KeyWatchProps) {
    super(scope, id);
    const { metricKey } = event.properties;
    new Rule(this, 'Rule', {
      description: `Checks the material of ${metricKey}, and imports it again if it is gone (cdktf-byok)`,
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(handler, { event: RuleTargetInput.fromObject(event) })],
    });
    const period = every.toSeconds() > longestPeriod.toSeconds() ? longestPeriod : every;
    const metric = (metricName: string, statistic: string) =>
      new Metric({
        namespace: metricNamespace,
        metricName,
        dimensionsMap: { [metricDimension]: metricKey },
        statistic,
        period,
      });
    this.daysUntilExpiry = metric(metricNames.days, 'Minimum');
    this.expiryAlarm = this.daysUntilExpiry.createAlarm(this, 'Expiry', {
      alarmDescription: `The KMS deletes the material of ${metricKey} within ${warnDays} days (cdktf-byok)`,
      threshold: warnDays,
      comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      // A check may fall just outside its period, so one datapoint of two is enough.
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.attentionAlarm = metric(metricNames.attention, 'Maximum').createAlarm(this, 'Attention', {
      alarmDescription: `The material of ${metricKey} needs attention, or was not checked: see the log of the handler (cdktf-byok)`,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Some faults, such as a KMS that was down, are gone at the next check. They must not ring.
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}
