import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { ByokProvider, KeyMaterialSource, RotatedKey } from 'cdktf-byok';

const app = new App();
const stack = new TerraformStack(app, 'rotation');

new ByokProvider(stack, 'byok', { region: 'ap-southeast-3' });

const orders = new RotatedKey(stack, 'orders', {
  alias: 'orders',
  generations: [
    { name: '2025', source: KeyMaterialSource.fromFile('orders-2025.key') },
    { name: '2026', source: KeyMaterialSource.fromFile('orders-2026.key') },
  ],
});

// What encrypts uses the current key; what decrypts needs none, since the ciphertext names its key.
new TerraformOutput(stack, 'key_id', { value: orders.keyId });

app.synth();
