import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { ByokProvider, ImportedKey, KeyMaterialSource } from 'cdktf-byok';

const app = new App();
const stack = new TerraformStack(app, 'asymmetric-signing-key');

new ByokProvider(stack, 'byok', { region: 'ap-southeast-3' });

// No expiration: the KMS keeps private keys for as long as the key lives.
const releases = new ImportedKey(stack, 'releases', {
  alias: 'releases',
  keySpec: 'EC_P256',
  source: KeyMaterialSource.fromFile('releases.pem', { encoding: 'pem' }),
});

new TerraformOutput(stack, 'key_id', { value: releases.keyId });
// The SHA-256 of the public key in DER.
new TerraformOutput(stack, 'fingerprint', { value: releases.fingerprint });

app.synth();
