// `node examples/rolling-expiry/run.mjs`: a deploy that does nothing, and one in the last two
// weeks, which renews.
import { randomBytes } from 'node:crypto';
import { runExample } from '../runner/run-example.mjs';

const day = 86_400_000;
const material = randomBytes(32);

await runExample(import.meta.url, {
  steps: [
    ['Make a key: 32 random bytes in orders.key', makeKey],
    ['terraform apply: the material is good for 90 days; another plan has nothing to do', deploy],
    ['Let the expiry come near: by hand, the same material is imported for nine days', comeNear],
    ['terraform plan: the last two weeks have begun', plan],
    ['terraform apply: one import, for another 90 days; then there is nothing to do', renew],
    ['terraform destroy', destroy],
  ],
  summary: ({ change, expires }) => `Nine days before the end, terraform plan said:

${change}

Now the material expires ${expires}. The key kept its id, and held the very same material before and after.`,
});

function makeKey({ project }) {
  project.write('orders.key', `${material.toString('base64')}\n`);
}

async function deploy(found) {
  const { project, kms } = found;
  await project.synthesize();
  await project.apply();
  found.keyId = await project.output('key_id');
  await kms.proveMaterial(found.keyId, material);
  await expectDaysLeft(found, 90);
}

/** Nobody can wait for 76 days, so the expiry is moved instead of the clock. */
async function comeNear({ project, kms, endpoint, keyId }) {
  const instant = `${new Date(Date.now() + 9 * day).toISOString().slice(0, 19)}Z`;
  await kms.deleteMaterialOutside(keyId);
  const key = ['--key-id', keyId, '--material-file', 'orders.key', '--expiration-time', instant];
  await project.byok('import', ...key, '--kms-endpoint', endpoint);
}

async function plan(found) {
  found.change = await found.project.plannedChange('byok_key_material');
  if (!found.change.includes('and is renewed from')) {
    throw new Error(`the plan does not say why the material is renewed:\n${found.change}`);
  }
}

async function renew(found) {
  const { project, kms, keyId } = found;
  const before = await kms.countDone('import-key-material');
  await project.apply();
  const imports = (await kms.countDone('import-key-material')) - before;
  if (imports !== 1) {
    throw new Error(`the material was imported ${imports} times, not once`);
  }
  await kms.proveMaterial(keyId, material);
  await expectDaysLeft(found, 90);
  found.expires = await project.output('expires');
}

async function expectDaysLeft({ kms, keyId }, days) {
  const { expiration_time } = await kms.describe(keyId);
  const left = (Number(expiration_time) - Date.now()) / day;
  if (Math.ceil(left) !== days) {
    throw new Error(`the material is good for ${left} days, not for ${days}`);
  }
}

async function destroy({ project, kms, keyId }) {
  await project.destroy();
  await kms.expectState(keyId, '4', 'scheduled for deletion');
}
