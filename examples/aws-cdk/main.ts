import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Expiration, ImportedKey, KeyMaterialSource, KmsCredentials } from 'cdktf-byok/aws-cdk';

const app = new App();
const stack = new Stack(app, 'orders');

const orders = new ImportedKey(stack, 'Orders', {
  alias: 'orders',
  source: KeyMaterialSource.fromSecret(Secret.fromSecretNameV2(stack, 'Material', 'orders-key')),
  expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
  credentials: KmsCredentials.fromSecret(Secret.fromSecretNameV2(stack, 'Login', 'otc-login')),
  cloud: 'opentelekomcloud',
  region: 'eu-de',
});

// Somebody hears of it before the KMS deletes the material, and when nobody looks after it any
// more.
const onCall = new SnsAction(new Topic(stack, 'OnCall'));
for (const alarm of [orders.alarm, orders.attentionAlarm, orders.handlerErrorsAlarm]) {
  alarm.addAlarmAction(onCall);
}

new CfnOutput(stack, 'KeyId', { value: orders.keyId });

app.synth();
