// `node examples/aws-cdk/run.mjs`: the synthesized stack as CloudFormation deploys it, with its own
// function, and AWS played on this machine.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { edited, runExample } from '../runner/run-example.mjs';
import { Aws } from './aws.mjs';
import { CloudFormation, secretArn } from './cloudformation.mjs';

const day = 86_400_000;
const material = randomBytes(32);
const instant = '2035-01-31T00:00:00Z';

await runExample(import.meta.url, {
  needsTerraform: false,
  steps: [
    [
      'Put the material and a login to the KMS into Secrets Manager, as the README does',
      storeSecrets,
    ],
    ['Synthesize main.ts with aws-cdk-lib: the template, and the code of the function', synthesize],
    ['Create: the function makes the key and imports the material', create],
    ['Prove it: the KMS encrypts and this machine decrypts, and the other way round', prove],
    [
      'Update: an instant instead of the rolling expiry, and the key shall go with the stack; same key id',
      update,
    ],
    ['Delete the material behind its back; an hour later, the rule has it imported again', heal],
    ['Delete: the key is scheduled for deletion', remove],
  ],
  summary: ({ answers }) => `The function answered:

${answers.map(([event, answer]) => `  ${event.padEnd(7)} ${answer}`).join('\n')}`,
});

async function storeSecrets(found) {
  found.aws = await Aws.start();
  found.aws.secrets.set(secretArn('orders-key'), `${material.toString('base64')}\n`);
  found.aws.secrets.set(secretArn('otc-login'), JSON.stringify(found.accessKey));
  found.assembly = join(found.project.folder, 'cdk.out');
  found.stack = new CloudFormation('orders', found.assembly, found);
  found.answers = [];
}

async function synthesize({ project, endpoint, authUrl, assembly }, edit = (program) => program) {
  const connection = `region: 'ap-southeast-3',\n  kmsEndpoint: '${endpoint}',\n  authUrl: '${authUrl}',`;
  await project.runProgram((program) => edit(edited(program, "region: 'eu-de',", connection)), {
    CDK_OUTDIR: assembly,
  });
}

async function create(found) {
  const answer = await found.stack.deploy();
  found.keyId = answer.PhysicalResourceId;
  await expectExpiry(found, Date.now() + 90 * day);
  found.answers.push(['Create', told(answer)]);
}

function prove({ kms, keyId }) {
  return kms.proveMaterial(keyId, material);
}

async function update(found) {
  await synthesize(found, (program) => {
    const fixed = edited(
      program,
      "Expiration.rolling({ validFor: '90d', renewBefore: '14d' })",
      `Expiration.at('${instant}')`,
    );
    return edited(
      fixed,
      "region: 'ap-southeast-3',",
      "region: 'ap-southeast-3',\n  keyOnDestroy: 'schedule_deletion',",
    );
  });
  const answer = await found.stack.deploy();
  if (answer.PhysicalResourceId !== found.keyId) {
    throw new Error(
      `the key id was ${found.keyId} and now is ${answer.PhysicalResourceId}: CloudFormation would replace the key`,
    );
  }
  await expectExpiry(found, Date.parse(instant));
  await prove(found);
  found.answers.push(['Update', told(answer)]);
}

async function heal(found) {
  const { kms, keyId, stack } = found;
  await kms.deleteMaterialOutside(keyId);
  const log = await stack.runRule();
  await prove(found);
  const lines = log.trim().split('\n');
  const [{ message, reason }, { DaysUntilExpiry, NeedsAttention }] = lines.map((line) =>
    JSON.parse(line),
  );
  found.answers.push(
    ['rule', `${message}: ${reason}`],
    ['', `metrics: DaysUntilExpiry ${DaysUntilExpiry}, NeedsAttention ${NeedsAttention}`],
  );
}

async function remove(found) {
  const answer = await found.stack.delete();
  await found.kms.expectState(found.keyId, '4', 'scheduled for deletion');
  if (found.aws.parameters.size > 0) {
    throw new Error(
      `the stack left ${[...found.aws.parameters.keys()].join(', ')} in the Parameter Store`,
    );
  }
  found.answers.push(['Delete', told(answer)]);
}

function told({ Status, PhysicalResourceId, Data }) {
  const expiry = Data?.ExpirationTime === undefined ? '' : `, expires ${Data.ExpirationTime}`;
  return `${Status}, key ${PhysicalResourceId}${expiry}`;
}

/** Give or take the time of a slow run. */
async function expectExpiry({ kms, keyId }, expected) {
  const { expiration_time } = await kms.describe(keyId);
  if (Math.abs(Number(expiration_time) - expected) > 300_000) {
    throw new Error(`the material expires ${expiration_time}, not about ${expected}`);
  }
}
