import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { ByokProvider, Expiration, ImportedKey, KeyMaterialSource } from 'cdktf-byok';

const app = new App();
const stack = new TerraformStack(app, 'rolling-expiry');

new ByokProvider(stack, 'byok', { region: 'ap-southeast-3' });

// Whoever deploys in the last two weeks of the ninety days renews the material; a nightly pipeline
// will do.
const orders = new ImportedKey(stack, 'orders', {
  alias: 'orders',
  source: KeyMaterialSource.fromFile('orders.key'),
  expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
});

new TerraformOutput(stack, 'key_id', { value: orders.keyId });
new TerraformOutput(stack, 'expires', { value: orders.expirationTime });

app.synth();
