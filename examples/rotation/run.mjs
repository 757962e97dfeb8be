// `node examples/rotation/run.mjs`: main.ts without its last generation, then as it stands.
import { randomBytes } from 'node:crypto';
import { runExample } from '../runner/run-example.mjs';

const text = 'order 4711';
const materials = { 2025: randomBytes(32), 2026: randomBytes(32) };

await runExample(import.meta.url, {
  steps: [
    ['Make two keys: orders-2025.key and orders-2026.key', makeKeys],
    ['terraform apply with the first generation only, and encrypt something', deployFirst],
    ['terraform plan with the second one', plan],
    ['terraform apply: the second takes the alias; another plan has nothing to do', rotate],
    ['Prove it: each key holds its material, and what the old one encrypted is still read', prove],
    ['terraform destroy: both keys are only forgotten, since data may need them', destroy],
  ],
  summary: ({ change, oldKeyId, newKeyId }) => `Of the old key, terraform plan said:

${change}

The alias "orders" went from ${oldKeyId} to ${newKeyId}; what the old one encrypted was read after it.`,
});

function makeKeys({ project }) {
  for (const [year, material] of Object.entries(materials)) {
    project.write(`orders-${year}.key`, `${material.toString('base64')}\n`);
  }
}

async function deployFirst(found) {
  const { project, kms } = found;
  await project.synthesize((program) => program.replace(/^ *\{ name: '2026'.*\n/m, ''));
  await project.apply();
  found.oldKeyId = await project.output('key_id');
  await kms.proveMaterial(found.oldKeyId, materials[2025]);
  found.cipherText = await kms.encrypt(found.oldKeyId, text);
}

async function plan(found) {
  await found.project.synthesize();
  found.change = await found.project.plannedChange('byok_external_key');
}

async function rotate(found) {
  const { project, oldKeyId } = found;
  await project.apply();
  found.newKeyId = await project.output('key_id');
  if (found.newKeyId === oldKeyId) {
    throw new Error(`the key is still ${oldKeyId}: nothing was rotated`);
  }
}

async function prove({ kms, oldKeyId, newKeyId, cipherText }) {
  await expectAlias(kms, oldKeyId, 'orders-2025');
  await expectAlias(kms, newKeyId, 'orders');
  await kms.proveMaterial(oldKeyId, materials[2025]);
  await kms.proveMaterial(newKeyId, materials[2026]);
  const decrypted = await kms.decrypt(cipherText);
  if (decrypted.text !== text || decrypted.keyId !== oldKeyId) {
    throw new Error(
      `what ${oldKeyId} encrypted was read as "${decrypted.text}" with ${decrypted.keyId}`,
    );
  }
}

async function expectAlias(kms, keyId, expected) {
  const { key_alias } = await kms.describe(keyId);
  if (key_alias !== expected) {
    throw new Error(`the key ${keyId} is called ${key_alias}, not ${expected}`);
  }
}

async function destroy({ project, kms, oldKeyId, newKeyId }) {
  await project.destroy();
  await kms.proveMaterial(oldKeyId, materials[2025]);
  await kms.proveMaterial(newKeyId, materials[2026]);
}
