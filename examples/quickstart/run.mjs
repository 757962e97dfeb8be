// `npm run quickstart`: one imported key from its first deploy to its end, against a KMS on this machine. Leaves nothing behind, whether
// it succeeds, fails or is interrupted: no process and no file.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Listr } from 'listr2';
import { CommandFailed, Commands } from './commands.mjs';
import { Kms } from './kms.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = join(root, '.quickstart');
const processIdFile = join(scratch, 'run.pid');
const outputsFile = join('.quickstart', 'outputs.json');
const cdktfOut = join(root, 'cdktf.out');
const cdktf = join(root, 'node_modules', '.bin', 'cdktf');
const stackFolder = join('cdktf.out', 'stacks', 'quickstart');

const commands = new Commands(root);

/** Each is given what the ones before it found. */
const steps = [
  ['Find Terraform 1.11 or newer', checkTerraform],
  ['Start a KMS on this machine: byok emulator', startEmulator],
  ['Make a key: 32 random bytes in .quickstart/payments.key', makeKey],
  ['cdktf deploy: creates the key and imports the material', deploy],
  ['Prove it: the KMS encrypts and this machine decrypts, and the other way round', prove],
  ["Delete the material behind Terraform's back", deleteOutside],
  ['cdktf diff: the plan says what happened', showReason],
  ['cdktf deploy: imports the same material again', heal],
  ['Prove it again: same key id, same material', prove],
  ['cdktf destroy: the key is scheduled for deletion', destroy],
  ['Stop the KMS', () => commands.stop()],
];

async function checkTerraform() {
  const wanted = 'install Terraform 1.11 or newer, see https://developer.hashicorp.com/terraform/install';
  let version;
  try {
    version = JSON.parse(await commands.run('terraform', 'version', '-json')).terraform_version;
  } catch (cause) {
    throw new Error(`terraform cannot be started: ${wanted}`, { cause });
  }
  const [major, minor] = version.split('.').map(Number);
  if (major < 1 || (major === 1 && minor < 11)) {
    throw new Error(`terraform is of version ${version}: ${wanted}`);
  }
}

async function startEmulator(found) {
  const line = await commands.startService(process.execPath, 'dist/bundle/byok.js', 'emulator', '--json', '--exit-with-parent');
  const listening = JSON.parse(line);
  commands.setEnvironment({
    BYOK_EXAMPLE_ENDPOINT: listening.kms_endpoint,
    BYOK_EXAMPLE_PROJECT_ID: listening.project_id,
    HW_AUTH_TOKEN: listening.auth_token,
  });
  found.kms = new Kms(listening);
}

function makeKey(found) {
  found.material = randomBytes(32);
  writeFileSync(join(scratch, 'payments.key'), `${found.material.toString('base64')}\n`, { mode: 0o600 });
}

async function deploy(found) {
  await commands.run(cdktf, 'deploy', '--auto-approve', '--outputs-file', outputsFile);
  found.keyId = readKeyId();
}

function prove({ kms, keyId, material }) {
  return kms.proveMaterial(keyId, material);
}

async function deleteOutside({ kms, keyId }) {
  await kms.deleteMaterialOutside(keyId);
  await expectState(kms, keyId, '5', 'pending import');
}

async function showReason(found) {
  await commands.run(cdktf, 'diff');
  // The text of cdktf diff itself comes in chunks of no fixed order; the plan it leaves behind is the same each time.
  const plan = await commands.run('terraform', `-chdir=${stackFolder}`, 'show', '-no-color', 'plan');
  const lines = plan.split('\n');
  const start = lines.findIndex((line) => line.includes('# byok_key_material.'));
  const change = lines.slice(start, lines.indexOf('    }', start) + 1);
  if (!change.some((line) => line.includes('import_reason'))) {
    throw new CommandFailed('cdktf diff', 'did not tell why the material is to be imported again', plan);
  }
  found.change = change.join('\n');
}

async function heal({ keyId }) {
  await commands.run(cdktf, 'deploy', '--auto-approve', '--outputs-file', outputsFile);
  const now = readKeyId();
  if (now !== keyId) {
    throw new Error(`the key id was ${keyId} and now is ${now}: the key was replaced, not healed`);
  }
}

async function destroy({ kms, keyId }) {
  await commands.run(cdktf, 'destroy', '--auto-approve');
  await expectState(kms, keyId, '4', 'scheduled for deletion');
}

function readKeyId() {
  return JSON.parse(readFileSync(join(root, outputsFile), 'utf8')).quickstart.key_id;
}

async function expectState(kms, keyId, expected, name) {
  const state = await kms.keyState(keyId);
  if (state !== expected) {
    throw new Error(`the key ${keyId} is in state ${state}, not in ${expected} (${name})`);
  }
}

/** Throws when the folder is in use, or not ours to delete: a deploy by hand keeps its state and its key there. */
function claimScratchFolder() {
  try {
    mkdirSync(scratch, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw error;
    }
    const processId = readProcessId();
    if (processId === undefined) {
      throw new Error('the folder .quickstart/ is not from this program; it may hold the state of a deploy by hand: move it away');
    }
    if (isAlive(processId)) {
      throw new Error(`another quickstart is running here, as process ${processId}`);
    }
    removeFiles();
    mkdirSync(scratch, { mode: 0o700 });
  }
  writeFileSync(processIdFile, String(process.pid));
}

function readProcessId() {
  try {
    return Number(readFileSync(processIdFile, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(processId) {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function removeFiles() {
  for (const folder of [scratch, cdktfOut]) {
    // Retried, since a Terraform that was hung up a moment ago may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function printSummary({ keyId, change }, times) {
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = times.map(({ title, seconds }) => `  ${seconds.toFixed(1).padStart(5)} s  ${title}`);
  console.log(`
After the material was deleted, cdktf diff said:

${change}

Done in ${total.toFixed(1)} s. Key ${keyId} kept its id, and held the very same material before and after.

${rows.join('\n')}

Nothing is left running and no file is left. Where to look next:
  examples/quickstart/main.ts   the stack that was deployed
  examples/quickstart/run.mjs   these steps
  README.md                     how it works, and the way to your own cloud
`);
}

function report(failure, stoppedBy) {
  if (stoppedBy !== undefined) {
    console.error(`\nThe quickstart was stopped by ${stoppedBy}; nothing is left running.`);
    return 128 + constants.signals[stoppedBy];
  }
  console.error(`\nThe quickstart failed: ${failure.message}`);
  if (failure instanceof CommandFailed && failure.output !== '') {
    console.error(`\nThis is what it printed:\n\n${failure.output}`);
  }
  return 1;
}

async function main() {
  const times = [];
  const timed = (title, run) => async (found) => {
    const start = performance.now();
    try {
      await run(found);
    } catch (cause) {
      throw new Error('see below', { cause });
    }
    times.push({ title, seconds: (performance.now() - start) / 1000 });
  };
  const list = new Listr(
    steps.map(([title, run]) => ({ title, task: timed(title, run) })),
    { registerSignalListeners: false },
  );
  const found = {};
  let failure;
  let stoppedBy;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      stoppedBy ??= name;
      // What runs now ends, what comes next does not start: the steps fail of themselves.
      void commands.stop();
    });
  }
  claimScratchFolder();
  try {
    await list.run(found);
  } catch (error) {
    failure = error.cause ?? error;
  }
  await commands.stop();
  removeFiles();
  if (failure === undefined && stoppedBy === undefined) {
    printSummary(found, times);
  } else {
    process.exitCode = report(failure, stoppedBy);
  }
}

try {
  await main();
} catch (error) {
  process.exitCode = report(error);
}
