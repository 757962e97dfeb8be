/** What happens between deployments: a rule that has the handler look at the key, and alarms on what it reports. */
import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type CheckEvent, metricDimension, metricNames, metricNamespace } from './key-properties';

export interface KeyWatchProps {
  readonly handler: IFunction;
  /** Sent by the rule. */
  readonly event: CheckEvent;
  readonly every: Duration;
  /** Days before the expiry from which on the alarm rings. */
  readonly warnDays: number;
}

const longestPeriod = Duration.days(1);

/** Of one key. */
export class KeyWatch extends Construct {
  /** Days until the KMS deletes the material; none while it never does. */
  readonly daysUntilExpiry: Metric;
  /** Rings inside the days before the expiry. */
  readonly expiryAlarm: Alarm;
  /** Rings when two looks in a row found something that a person should see to, or nobody looked. */
  readonly attentionAlarm: Alarm;

  constructor(scope: Construct, id: string, { handler, event, every, warnDays }: KeyWatchProps) {
    super(scope, id);
    const { metricKey } = event.properties;
    new Rule(this, 'Rule', {
      description: `Has the material of ${metricKey} looked at, and imported again if it is gone (cdktf-byok)`,
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(handler, { event: RuleTargetInput.fromObject(event) })],
    });
    const period = every.toSeconds() > longestPeriod.toSeconds() ? longestPeriod : every;
    const metric = (metricName: string, statistic: string) =>
      new Metric({ namespace: metricNamespace, metricName, dimensionsMap: { [metricDimension]: metricKey }, statistic, period });
    this.daysUntilExpiry = metric(metricNames.days, 'Minimum');
    this.expiryAlarm = this.daysUntilExpiry.createAlarm(this, 'Expiry', {
      alarmDescription: `The KMS deletes the material of ${metricKey} within ${warnDays} days (cdktf-byok)`,
      threshold: warnDays,
      comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      // A look may fall just outside its period: one of two is enough.
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.attentionAlarm = metric(metricNames.attention, 'Maximum').createAlarm(this, 'Attention', {
      alarmDescription: `The material of ${metricKey} needs attention, or nobody looked at it: see the log of the handler (cdktf-byok)`,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // What mends itself until the next look, such as a KMS that was down, rings for nobody.
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}
