// `node examples/null-hooks/run.mjs`: two null resources fill a key under the real `cdktf deploy`,
// heal it, and empty it again.
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandFailed } from '../runner/commands.mjs';
import { byok, cdktf, cdktfName, terraform } from '../runner/programs.mjs';
import { edited, runExample } from '../runner/run-example.mjs';

const material = randomBytes(32);
const state = 'terraform.null-hooks.tfstate';
// Without it the command asks a registry for every provider, under OpenTofu in each deploy.
const skipLock = '--skip-provider-lock';

// Of this shell, for `terraform init` alone: how this machine gets at providers.
const { TF_CLI_CONFIG_FILE: configuration } = process.env;
const proxies = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /_proxy$/i.test(name)),
);

await runExample(import.meta.url, {
  steps: [
    [`Get the provider hashicorp/null: ${terraform} init`, getProvider],
    [
      'Make an empty key, as somebody else did before, and 32 random bytes in payments.key',
      makeKey,
    ],
    [`byok check --drift-token, ${cdktfName} deploy: a provisioner imports the material`, deploy],
    ['Prove it: the KMS encrypts and this machine decrypts, and the other way round', prove],
    [
      "Delete the material behind Terraform's back",
      ({ kms, keyId }) => kms.deleteMaterialOutside(keyId),
    ],
    [
      `byok check --drift-token, ${cdktfName} deploy: another token, and the material is imported again`,
      heal,
    ],
    [
      'Prove it again: same material; and the token stays, since there is nothing to do',
      proveAgain,
    ],
    [
      `${cdktfName} destroy: the other provisioner deletes the material, and the key stays`,
      destroy,
    ],
  ],
  summary: ({
    keyId,
    record,
    tokens: [first, second],
  }) => `The drift token went from ${first} to ${second}.
Key ${keyId} is empty again, and still there. What byok kept beside it:

${record}`,
});

/**
 * Once; everything after it takes the provider from this run's own folder, and asks no registry.
 */
async function getProvider({ project, commands }) {
  const plugins = join(project.folder, 'plugins');
  mkdirSync(plugins);
  await project.runProgram();
  const settings = {
    ...proxies,
    TF_CLI_CONFIG_FILE: configuration && resolve(configuration),
    TF_PLUGIN_CACHE_DIR: plugins,
  };
  const stack = join(project.folder, 'cdktf.out', 'stacks', 'null-hooks');
  const { version } = JSON.parse(
    project.read(join('cdktf.out', 'stacks', 'null-hooks', 'cdk.tf.json')),
  ).terraform.required_providers.null;
  try {
    await commands.runWith(settings, stack, terraform, 'init', '-no-color', '-input=false');
  } catch (error) {
    if (
      error instanceof CommandFailed &&
      error.output.includes('Failed to query available provider packages')
    ) {
      throw new Error(
        `${terraform} cannot get hashicorp/null in version ${version}, which @cdktf/provider-null asks for: its registry cannot be reached, and no mirror of the CLI configuration (TF_CLI_CONFIG_FILE) has that version; nothing was deployed`,
      );
    }
    throw error;
  }
  project.write(
    'terraform.rc',
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(plugins)}\n  }\n}\n`,
  );
  commands.setEnvironment({ TF_CLI_CONFIG_FILE: join(project.folder, 'terraform.rc') });
}

async function makeKey(found) {
  const { project, kms, endpoint } = found;
  project.write('payments.key', `${material.toString('base64')}\n`);
  found.keyId = await kms.createKey('payments');
  project.writeProgram((program) => {
    const ownKey = edited(program, '0d0466b0-e727-4d9c-b35d-f84bb474a37f', found.keyId);
    return edited(ownKey, "region: 'ap-southeast-3'", `kmsEndpoint: '${endpoint}'`);
  });
  project.copyFiles('cdktf.json');
  // As `npm install cdktf-byok` links it; the provisioners look there.
  const bin = join(project.folder, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(byok, join(bin, 'byok'));
  found.tokens = [];
}

async function deploy(found) {
  const { project, commands } = found;
  const token = await driftToken(found);
  found.tokens.push(token);
  commands.setEnvironment({ BYOK_DRIFT_TOKEN: token });
  await commands.run(cdktf, 'deploy', '--auto-approve', skipLock);
  found.record = project.read(join('byok-records', `${found.keyId}.json`)).trimEnd();
}

async function driftToken({ project, endpoint }) {
  return (
    await project.byok('check', '--drift-token', '--state', state, '--kms-endpoint', endpoint)
  ).trim();
}

function prove({ kms, keyId }) {
  return kms.proveMaterial(keyId, material);
}

async function heal(found) {
  await deploy(found);
  const [first, second] = found.tokens;
  if (first === second) {
    throw new Error(`the drift token stayed ${first} although the material is gone`);
  }
}

async function proveAgain(found) {
  await prove(found);
  const token = await driftToken(found);
  if (token !== found.tokens.at(-1)) {
    throw new Error(`the drift token is ${token} although there is nothing to do`);
  }
}

async function destroy({ commands, kms, keyId }) {
  await commands.run(cdktf, 'destroy', '--auto-approve', skipLock);
  await kms.expectState(keyId, '5', 'pending import');
}
