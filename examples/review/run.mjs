// `node examples/review/run.mjs`: before.tf is deployed, main.tf is planned, and the plan becomes
// the comment of a pull request.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runExample } from '../runner/run-example.mjs';

await runExample(import.meta.url, {
  steps: [
    ['byok provider install: into a home folder of this run only', install],
    ['Make a key file for each key, and terraform apply with before.tf', deploy],
    ['terraform plan with main.tf, as a job of the pull request does', plan],
    ['byok review: the comment, and the JSON to compare with at apply', review],
    ['byok review --reviewed: the same plan does no more than was reviewed', compare],
    ['terraform apply with main.tf, then terraform destroy', finish],
  ],
  summary: ({ comment }) => `The comment of the pull request:

${comment}`,
});

async function install({ project, commands }) {
  const HOME = join(project.folder, 'home');
  mkdirSync(HOME);
  commands.setEnvironment({ HOME });
  await project.byok('provider', 'install');
}

async function deploy({ project, commands }) {
  for (const name of ['payments', 'invoices', 'archive', 'cards']) {
    project.write(`${name}.key`, `${randomBytes(32).toString('base64')}\n`);
  }
  const fingerprint = await project.byok('fingerprint', '--material-file', 'payments.key');
  commands.setEnvironment({ TF_VAR_payments_fingerprint: fingerprint.trim() });
  await project.copy('provider.tf', 'before.tf');
  await project.apply();
}

async function plan({ project }) {
  project.remove('before.tf');
  project.copyFiles('main.tf');
  project.write('plan.jsonl', await project.terraform('plan', '-json', '-out=tfplan'));
  project.write('plan.json', await project.terraform('show', '-json', 'tfplan'));
}

async function review(found) {
  const { project } = found;
  const inputs = ['--plan', 'prod=plan.json', '--log', 'prod=plan.jsonl'];
  found.comment = await project.byok(
    ...['review', ...inputs, '--format', 'markdown', '--json', 'review.json'],
  );
}

async function compare({ project }) {
  await project.byok('review', '--plan', 'prod=plan.json', '--reviewed', 'review.json');
}

async function finish({ project }) {
  await project.apply();
  await project.destroy();
}
