// `npm run quickstart`: one imported key from its first deploy to its end, against a KMS on this
// machine.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed } from '../runner/commands.mjs';
import { cdktf, cdktfName, root, terraform } from '../runner/programs.mjs';
import { runSteps } from '../runner/run-steps.mjs';

const scratch = join(root, '.quickstart');
const outputsFile = join('.quickstart', 'outputs.json');
const cdktfOut = join(root, 'cdktf.out');
const stackFolder = join('cdktf.out', 'stacks', 'quickstart');

await runSteps({
  cwd: root,
  folder: scratch,
  leftovers: [cdktfOut],
  steps: [
    ['Make a key: 32 random bytes in .quickstart/payments.key', makeKey],
    [`${cdktfName} deploy: creates the key and imports the material`, deploy],
    ['Prove it: the KMS encrypts and this machine decrypts, and the other way round', prove],
    [
      "Delete the material behind Terraform's back",
      ({ kms, keyId }) => kms.deleteMaterialOutside(keyId),
    ],
    [`${cdktfName} diff: the plan says what happened`, showReason],
    [`${cdktfName} deploy: imports the same material again`, heal],
    ['Prove it again: same key id, same material', prove],
    [`${cdktfName} destroy: the key is scheduled for deletion`, destroy],
  ],
  summary: ({ keyId, change }) => `After the material was deleted, ${cdktfName} diff said:

${change}

Key ${keyId} kept its id, and held the very same material before and after. Where to look next:
  examples/quickstart/main.ts   the stack that was deployed
  examples/quickstart/run.mjs   these steps
  README.md                     how it works, and the way to your own cloud`,
});

function makeKey(found) {
  found.material = randomBytes(32);
  writeFileSync(join(scratch, 'payments.key'), `${found.material.toString('base64')}\n`, {
    mode: 0o600,
  });
}

async function deploy(found) {
  const { commands, endpoint, projectId } = found;
  commands.setEnvironment({ BYOK_EXAMPLE_ENDPOINT: endpoint, BYOK_EXAMPLE_PROJECT_ID: projectId });
  await commands.run(cdktf, 'deploy', '--auto-approve', '--outputs-file', outputsFile);
  found.keyId = readKeyId();
}

function prove({ kms, keyId, material }) {
  return kms.proveMaterial(keyId, material);
}

async function showReason(found) {
  const { commands } = found;
  await commands.run(cdktf, 'diff');
  // The text of diff itself comes in chunks of no fixed order; the plan it leaves behind is the
  // same each time.
  const plan = await commands.run(terraform, `-chdir=${stackFolder}`, 'show', '-no-color', 'plan');
  const lines = plan.split('\n');
  const start = lines.findIndex((line) => line.includes('# byok_key_material.'));
  const change = lines.slice(start, lines.indexOf('    }', start) + 1);
  if (!change.some((line) => line.includes('import_reason'))) {
    throw new CommandFailed(
      `${cdktfName} diff`,
      'did not tell why the material is to be imported again',
      plan,
    );
  }
  found.change = change.join('\n');
}

async function heal({ commands, keyId }) {
  await commands.run(cdktf, 'deploy', '--auto-approve', '--outputs-file', outputsFile);
  const now = readKeyId();
  if (now !== keyId) {
    throw new Error(`the key id was ${keyId} and now is ${now}: the key was replaced, not healed`);
  }
}

async function destroy({ commands, kms, keyId }) {
  await commands.run(cdktf, 'destroy', '--auto-approve');
  await kms.expectState(keyId, '4', 'scheduled for deletion');
}

function readKeyId() {
  return JSON.parse(readFileSync(join(root, outputsFile), 'utf8')).quickstart.key_id;
}
