import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import { ByokProvider, Expiration, ImportedKey, KeyMaterialSource } from 'cdktf-byok';

const app = new App();
const stack = new TerraformStack(app, 'quickstart');

// The token comes from the environment variable HW_AUTH_TOKEN, which the provider itself reads.
new ByokProvider(stack, 'byok', {
  region: 'ap-southeast-3',
  projectId: process.env.BYOK_EXAMPLE_PROJECT_ID,
  kmsEndpoint: process.env.BYOK_EXAMPLE_ENDPOINT,
});

const payments = new ImportedKey(stack, 'payments', {
  alias: 'payments',
  source: KeyMaterialSource.fromFile('.quickstart/payments.key'),
  expiration: Expiration.at('2035-01-31T00:00:00Z'),
});

new TerraformOutput(stack, 'key_id', { value: payments.keyId });

// Relative to the folder in which Terraform runs, so that the synthesized stack is the same on
// every machine.
new LocalBackend(stack, { path: '../../../.quickstart/terraform.tfstate' });

app.synth();
