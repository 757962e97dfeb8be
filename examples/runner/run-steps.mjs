// Runs the steps of an example against a KMS on this machine, and says what happened. Leaves
// nothing behind, whether they succeed, fail or are interrupted: no process and no file.
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { Listr } from 'listr2';
import { CommandFailed, Commands } from './commands.mjs';
import { Kms } from './kms.mjs';
import { byok, terraform } from './programs.mjs';
import { claimFolder, removeFolder } from './run-folder.mjs';

/**
 * Sets the exit code of this process, and never throws.
 * @param cwd of the commands
 * @param folder belongs to this run alone
 * @param needsTerraform false: the example needs none
 * @param leftovers other files and folders to remove at the end
 * @param begin given what the first steps found, before the steps of the example
 * @param steps pairs of a title and a function; each is given what the ones before it found, first
 *   of all `commands` and `kms`
 * @param summary text to end with, from what was found
 */
export async function runSteps(run) {
  try {
    process.exitCode = await succeedOrReport(run);
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function succeedOrReport({
  cwd,
  folder,
  needsTerraform = true,
  leftovers = [],
  begin = () => {},
  steps,
  summary,
}) {
  const commands = new Commands(cwd);
  const found = { commands };
  const times = [];
  const timed = (title, step) => async () => {
    const start = performance.now();
    try {
      await step(found);
    } catch (cause) {
      throw new Error('see below', { cause });
    }
    times.push({ title, seconds: (performance.now() - start) / 1000 });
  };
  const all = [
    ...(needsTerraform ? [['Find Terraform 1.11 or newer', checkTerraform]] : []),
    [
      'Start a KMS on this machine: byok emulator',
      async () => {
        await startEmulator(found);
        begin(found);
      },
    ],
    ...steps,
    ['Stop the KMS', () => commands.stop()],
  ];
  const list = new Listr(
    all.map(([title, step]) => ({ title, task: timed(title, step) })),
    { registerSignalListeners: false },
  );
  let failure;
  let stoppedBy;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      stoppedBy ??= name;
      // What runs now ends, what comes next does not start: the steps fail of themselves.
      void commands.stop();
    });
  }
  claimFolder(folder);
  try {
    await list.run();
  } catch (error) {
    failure = error.cause ?? error;
  }
  await commands.stop();
  [folder, ...leftovers].forEach(removeFolder);
  if (failure !== undefined || stoppedBy !== undefined) {
    return report(failure, stoppedBy);
  }
  printSummary(summary(found), times);
  return 0;
}

async function checkTerraform({ commands }) {
  const wanted =
    'install Terraform 1.11 or newer, see https://developer.hashicorp.com/terraform/install, or set TERRAFORM_BINARY_NAME to "tofu" for OpenTofu 1.11 or newer';
  let version;
  try {
    version = JSON.parse(await commands.run(terraform, 'version', '-json')).terraform_version;
  } catch (cause) {
    throw new Error(`${terraform} cannot be started: ${wanted}`, { cause });
  }
  const [major, minor] = version.split('.').map(Number);
  if (major < 1 || (major === 1 && minor < 11)) {
    throw new Error(`${terraform} is of version ${version}: ${wanted}`);
  }
}

async function startEmulator(found) {
  if (!existsSync(byok)) {
    throw new Error(
      'the package is not built: run "npm ci && npm run build" at the top of the repository',
    );
  }
  const line = await found.commands.startService(
    process.execPath,
    byok,
    'emulator',
    '--json',
    '--exit-with-parent',
  );
  const listening = JSON.parse(line);
  found.commands.setEnvironment({
    HW_PROJECT_ID: listening.project_id,
    HW_AUTH_TOKEN: listening.auth_token,
  });
  found.endpoint = listening.kms_endpoint;
  found.projectId = listening.project_id;
  found.authUrl = listening.auth_url;
  found.accessKey = { access_key: listening.access_key, secret_key: listening.secret_key };
  found.kms = new Kms(listening);
}

function printSummary(text, times) {
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = times.map(({ title, seconds }) => `  ${seconds.toFixed(1).padStart(5)} s  ${title}`);
  console.log(`
${text}

Done in ${total.toFixed(1)} s.

${rows.join('\n')}

Nothing is left running and no file is left.`);
}

function report(failure, stoppedBy) {
  if (stoppedBy !== undefined) {
    console.error(`\nThe run was stopped by ${stoppedBy}; nothing is left running.`);
    return 128 + constants.signals[stoppedBy];
  }
  console.error(`\nThe run failed: ${failure.message}`);
  if (failure instanceof CommandFailed && failure.output !== '') {
    console.error(`\nThis is what it printed:\n\n${failure.output}`);
  }
  return 1;
}
