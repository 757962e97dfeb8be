/** `provider::byok::fingerprint` under the real terraform: no provider block, no login, no KMS. */
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fingerprintOf } from '../support/emulated-key';
import { TerraformWorkspace } from '../support/terraform-workspace';

let workspace: TerraformWorkspace;

beforeEach(async () => {
  workspace = new TerraformWorkspace();
  workspace.write(
    'main.tf',
    'terraform {\n  required_providers {\n    byok = { source = "terraform.local/cdktf-byok/byok" }\n  }\n}\n',
  );
  await workspace.init();
});

afterEach(() => workspace.remove());

async function fingerprint(material: string, encoding: string): Promise<unknown> {
  workspace.write('material', material);
  workspace.write(
    'output.tf',
    `output "seen" {\n  value = provider::byok::fingerprint(file("material"), "${encoding}")\n}\n`,
  );
  await workspace.succeed(['apply', '-auto-approve', '-no-color']);
  return JSON.parse((await workspace.succeed(['output', '-json', 'seen'])).output);
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const der = privateKey.export({ type: 'pkcs8', format: 'der' });
/** By openssl, not by our code. */
const publicHalf = execFileSync('openssl', ['pkey', '-pubout', '-outform', 'DER'], { input: pem });
const ofPrivateKey = `sha256:${createHash('sha256').update(publicHalf).digest('hex')}`;

const bytes = randomBytes(32);
const words = 'exactly thirty-two bytes of text';

test.each([
  ['Base64', `${bytes.toString('base64')}\n`, 'base64', fingerprintOf(bytes)],
  ['hex', bytes.toString('hex'), 'hex', fingerprintOf(bytes)],
  ['raw text', words, 'raw', fingerprintOf(Buffer.from(words))],
  ['PEM', pem, 'pem', ofPrivateKey],
  ['DER in Base64', der.toString('base64'), 'base64', ofPrivateKey],
])('is the same for material in %s', async (_name, material, encoding, expected) => {
  expect(await fingerprint(material, encoding)).toBe(expected);
});

test.each([
  [
    'material that is not Base64',
    'hush-hush!',
    'base64',
    'Invalid value for "material" parameter: the key material in argument "material" is not base64',
  ],
  [
    'material that is not hex',
    'hush-hush!',
    'hex',
    'the key material in argument "material" is not hex',
  ],
  [
    'material that is no private key',
    'hush-hush!',
    'pem',
    'Invalid value for "material" parameter: the key material in argument "material" cannot be opened as pem',
  ],
  ['no material', '', 'base64', 'the key material in argument "material" is empty'],
  [
    'an unknown encoding',
    'hush-hush!',
    'base32',
    'Invalid value for "material_encoding" parameter: material_encoding is "base32"; allowed are "base64", "hex", "raw", "pem" (ERR_ARGUMENT).',
  ],
])(
  'fails for %s, naming the argument and never its content',
  async (_what, material, encoding, sentence) => {
    workspace.write('material', material);
    workspace.write(
      'output.tf',
      `output "seen" {\n  value = provider::byok::fingerprint(file("material"), "${encoding}")\n}\n`,
    );
    const { code, text } = await workspace.plan();
    expect(code).toBe(1);
    expect(text).toContain(sentence);
    expect(text).not.toContain('hush-hush!');
  },
);

test('the fingerprint of an ephemeral value stays ephemeral: it is in no file', async () => {
  const variable = 'variable "material" {\n  type      = string\n  ephemeral = true\n}\n';
  const secret = {
    TF_VAR_material: bytes.toString('base64'),
    TF_LOG: 'TRACE',
    TF_LOG_PATH: 'trace.log',
  };
  const call = 'provider::byok::fingerprint(var.material, "base64")';
  workspace.write('output.tf', `${variable}output "seen" {\n  value = ${call}\n}\n`);
  expect((await workspace.terraform(['plan', '-no-color'], secret)).text).toMatch(
    /Ephemeral value not allowed|does not allow ephemeral value/,
  );

  const check = `condition     = ${call} == "${fingerprintOf(bytes)}"\n      error_message = "not the material of this environment"`;
  workspace.write(
    'output.tf',
    `${variable}resource "terraform_data" "x" {\n  lifecycle {\n    precondition {\n      ${check}\n    }\n  }\n}\n`,
  );
  await workspace.succeed(['apply', '-auto-approve', '-no-color'], secret);
  for (const file of workspace.files()) {
    expect(readFileSync(file, 'latin1').includes(bytes.toString('base64'))).toBe(false);
  }
});
