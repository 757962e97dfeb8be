// `node examples/plain-terraform/run.mjs`: Terraform written by hand finds the provider once "byok
// provider install" was run.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runExample } from '../runner/run-example.mjs';

const material = randomBytes(32);
const payments_key = material.toString('base64');

await runExample(import.meta.url, {
  steps: [
    ['byok provider install: into a home folder of this run only', install],
    [
      'terraform apply, with the material in TF_VAR_payments_key; another plan has nothing to do',
      deploy,
    ],
    ['Prove it: the KMS encrypts and this machine decrypts, and the other way round', prove],
    ['Search the state for the material: it is not there', searchState],
    [
      'terraform plan with other material: refused, since the key is bound to its first',
      refuseOther,
    ],
    ['terraform destroy', destroy],
  ],
  summary: ({ keyId, fingerprint, refusal }) => `With other material, terraform plan said:

${refusal}

Key ${keyId} holds the material ${fingerprint}; the state holds no more than this name of it.`,
});

async function install({ project, commands }) {
  const HOME = join(project.folder, 'home');
  mkdirSync(HOME);
  commands.setEnvironment({ HOME, TF_VAR_payments_key: payments_key });
  await project.byok('provider', 'install');
}

async function deploy(found) {
  const { project } = found;
  await project.copy('main.tf');
  await project.apply();
  found.keyId = await project.output('key_id');
  found.fingerprint = await project.output('fingerprint');
}

function prove({ kms, keyId }) {
  return kms.proveMaterial(keyId, material);
}

function searchState({ project, keyId }) {
  const files = readdirSync(project.folder).filter((name) => name.includes('tfstate'));
  const state = files.map((name) => project.read(name)).join('');
  if (!state.includes(keyId)) {
    throw new Error('there is no state to search');
  }
  if (state.includes(payments_key)) {
    throw new Error('the material stands in the state');
  }
}

async function refuseOther(found) {
  const { project, commands } = found;
  commands.setEnvironment({ TF_VAR_payments_key: randomBytes(32).toString('base64') });
  found.refusal = await project.refusedPlan();
  commands.setEnvironment({ TF_VAR_payments_key: payments_key });
}

async function destroy({ project, kms, keyId }) {
  await project.destroy();
  await kms.expectState(keyId, '4', 'scheduled for deletion');
}
