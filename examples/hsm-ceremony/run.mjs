// `node examples/hsm-ceremony/run.mjs`: a key of a SoftHSM2 token becomes key material of the KMS,
// and never leaves the token in clear; then the same with openssl in a folder that stands for a
// machine connected to nothing.
import { randomBytes, randomInt } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runExample } from '../runner/run-example.mjs';

const module = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'].find(
  existsSync,
);
const pin = String(randomInt(10 ** 11, 10 ** 12));

// A real ceremony lets the HSM draw the key (README.md). Here its bytes are known to this program,
// which is to prove what the KMS holds.
const material = randomBytes(32);

await runExample(import.meta.url, {
  steps: [
    ['Make a token: softhsm2-util --init-token', makeToken],
    ['Put a key into it that cannot be read: pkcs11-tool --write-object … --sensitive', storeKey],
    [
      'terraform apply: the token wraps the key, the KMS unwraps it; another plan has nothing to do',
      deploy,
    ],
    ['Prove it: the KMS encrypts and this machine decrypts, and the other way round', prove],
    ["Delete the material behind Terraform's back, and see the plan", deleteOutside],
    ['terraform apply: the token wraps the key again', heal],
    ['Prove it again: same key id, same material', prove],
    ['terraform destroy', destroy],
    ['Without an HSM: byok ceremony start', startCeremony],
    ['Elsewhere, with the public key alone: run the commands that it printed', wrapOffline],
    ['byok ceremony finish, and prove it', finishCeremony],
  ],
  summary: ({ change, ceremony }) => `After the material was deleted, terraform plan said:

${change}

The token wrapped the key twice; neither Terraform nor the provider has seen it. Of the other key, byok has seen ciphertext, made by

${ceremony.commands.map((command) => `  ${command}`).join('\n')}`,
});

async function makeToken({ project, commands }) {
  if (module === undefined) {
    throw new Error('SoftHSM2 is not installed: apt-get install softhsm2 opensc python3-pykcs11');
  }
  mkdirSync(join(project.folder, 'tokens'));
  project.write(
    'softhsm2.conf',
    `directories.tokendir = ${join(project.folder, 'tokens')}\nlog.level = ERROR\n`,
  );
  const configuration = join(project.folder, 'softhsm2.conf');
  commands.setEnvironment({
    SOFTHSM2_CONF: configuration,
    BYOK_SOFTHSM2_CONF: configuration,
    BYOK_HSM_PIN: pin,
    TF_VAR_pkcs11_module: module,
  });
  // Both PINs are of this run; that of a real token is never an argument.
  await commands.run(
    'softhsm2-util',
    '--init-token',
    '--free',
    '--label',
    'byok',
    '--so-pin',
    `${pin}0`,
    '--pin',
    pin,
  );
}

async function storeKey({ project, commands }) {
  const login = [
    '--module',
    module,
    '--token-label',
    'byok',
    '--login',
    '--pin',
    'env:BYOK_HSM_PIN',
  ];
  const usage = ['--label', 'orders', '--private', '--sensitive', '--extractable', '--usage-sign'];
  project.write('secret', material);
  await commands.run(
    'pkcs11-tool',
    ...login,
    '--write-object',
    'secret',
    '--type',
    'secrkey',
    ...usage,
  );
  project.remove('secret');
}

async function deploy(found) {
  const { project } = found;
  await project.byok('provider', 'install', '--plugin-dir', join('terraform.d', 'plugins'));
  await project.copy('main.tf', 'wrap.py');
  await project.apply();
  found.keyId = await project.output('key_id');
}

function prove({ kms, keyId }) {
  return kms.proveMaterial(keyId, material);
}

async function deleteOutside(found) {
  await found.kms.deleteMaterialOutside(found.keyId);
  found.change = await found.project.plannedChange('byok_key_material');
}

async function heal({ project, keyId }) {
  await project.apply();
  const now = await project.output('key_id');
  if (now !== keyId) {
    throw new Error(`the key id was ${keyId} and now is ${now}: the key was replaced, not healed`);
  }
}

async function destroy({ project, kms, keyId }) {
  await project.destroy();
  await kms.expectState(keyId, '4', 'scheduled for deletion');
}

async function startCeremony(found) {
  const { project, kms, endpoint } = found;
  const keyId = await kms.createKey('offline');
  const printed = await project.byok(
    'ceremony',
    'start',
    '--key-id',
    keyId,
    '--out-dir',
    'ceremony',
    '--kms-endpoint',
    endpoint,
  );
  found.ceremony = {
    keyId,
    commands: [...printed.matchAll(/^ {3}(openssl .*)$/gm)].map(([, command]) => command),
  };
}

async function wrapOffline({ project, commands, ceremony }) {
  const [connected, offline] = ['ceremony', 'offline'].map((name) => join(project.folder, name));
  mkdirSync(offline);
  copyFileSync(join(connected, 'PublicKey.bin'), join(offline, 'PublicKey.bin'));
  for (const command of ceremony.commands) {
    await commands.runIn(offline, 'sh', '-ec', command);
  }
  copyFileSync(
    join(offline, 'EncryptedKeyMaterial.bin'),
    join(connected, 'EncryptedKeyMaterial.bin'),
  );
}

async function finishCeremony({ project, kms, endpoint, ceremony }) {
  await project.byok('ceremony', 'finish', '--dir', 'ceremony', '--kms-endpoint', endpoint);
  await kms.proveMaterial(
    ceremony.keyId,
    readFileSync(join(project.folder, 'offline', 'PlaintextKeyMaterial.bin')),
  );
}
