// `node examples/asymmetric-signing-key/run.mjs`: a private key made by openssl signs inside the
// KMS, and openssl verifies.
import { createHash, createPublicKey } from 'node:crypto';
import { runExample } from '../runner/run-example.mjs';

const message = Buffer.from('cdktf-byok 1.0.0\n');

await runExample(import.meta.url, {
  steps: [
    ['Make a key pair: openssl genpkey', makeKey],
    [
      'terraform apply: creates the key and imports the private key; another plan has nothing to do',
      deploy,
    ],
    [
      'Compare: the public key of the KMS, and its SHA-256, are those of releases.pem',
      comparePublicKeys,
    ],
    ['Sign in the KMS, verify with openssl and the public key', signAndVerify],
    ['terraform plan without releases.pem: it is not needed any more', planWithoutKey],
    ['terraform destroy', destroy],
  ],
  summary: ({ verdict, fingerprint }) => `The KMS signed, and openssl said: ${verdict}
The key is ${fingerprint}.`,
});

async function makeKey({ commands }) {
  await commands.run(
    'openssl',
    ...'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out releases.pem'.split(' '),
  );
  await commands.run('openssl', ...'pkey -in releases.pem -pubout -out releases.pub'.split(' '));
}

async function deploy(found) {
  const { project } = found;
  await project.synthesize();
  await project.apply();
  found.keyId = await project.output('key_id');
  found.fingerprint = await project.output('fingerprint');
}

async function comparePublicKeys({ project, kms, keyId, fingerprint }) {
  const [here, there] = [project.read('releases.pub'), await kms.publicKey(keyId)].map(derOf);
  if (!here.equals(there)) {
    throw new Error('the public key of the KMS is not the one of releases.pem');
  }
  const expected = `sha256:${createHash('sha256').update(here).digest('hex')}`;
  if (fingerprint !== expected) {
    throw new Error(`the fingerprint is ${fingerprint}, not ${expected}`);
  }
}

function derOf(pem) {
  return createPublicKey(pem).export({ type: 'spki', format: 'der' });
}

async function signAndVerify(found) {
  const { project, commands, kms, keyId } = found;
  project.write('message', message);
  project.write('signature', await kms.sign(keyId, message, 'ECDSA_SHA_256'));
  const verify = 'dgst -sha256 -verify releases.pub -signature signature message';
  found.verdict = (await commands.run('openssl', ...verify.split(' '))).trim();
}

async function planWithoutKey({ project }) {
  project.remove('releases.pem');
  await project.expectNothingToDo();
}

async function destroy({ project, kms, keyId }) {
  await project.destroy();
  await kms.expectState(keyId, '4', 'scheduled for deletion');
}
