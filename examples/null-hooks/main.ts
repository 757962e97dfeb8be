import { App, TerraformOutput, TerraformStack } from 'cdktf';
import {
  Expiration,
  ExternalKey,
  ImportedKey,
  KeyMaterialEngine,
  KeyMaterialSource,
} from 'cdktf-byok';

const app = new App();
const stack = new TerraformStack(app, 'null-hooks');

const payments = new ImportedKey(stack, 'payments', {
  // Made by hand or by the vendor's own provider, with origin "external".
  key: ExternalKey.fromKeyId(stack, 'key', '0d0466b0-e727-4d9c-b35d-f84bb474a37f'),
  source: KeyMaterialSource.fromFile('payments.key'),
  expiration: Expiration.at('2035-01-31T00:00:00Z'),
  onDestroy: 'delete_material',
  engine: KeyMaterialEngine.hooks({
    region: 'ap-southeast-3',
    driftToken: process.env.BYOK_DRIFT_TOKEN,
  }),
});

// Whoever refers to the key by this waits until the material is in.
new TerraformOutput(stack, 'key_id', { value: payments.keyId });

app.synth();
