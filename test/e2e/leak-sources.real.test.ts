/**
 * Rule 12, for every source that is no plain file or variable: private keys, their passwords,
 * commands, HSMs, wrapped material.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getParameters, wrapWithOpenssl } from '../emulator/external-key';
import { fingerprintOf, holdsMaterial } from '../support/emulated-key';
import { filesBelow, findLeaks } from '../support/leak-scanner';
import {
  clearPem,
  derOf,
  ecKey,
  encryptedPem,
  pkcs12,
  randomPassword,
  rsaKey,
  type SecretFile,
} from '../support/private-keys';
import type { Run, TerraformWorkspace } from '../support/terraform-workspace';
import { LeakWatch, tracedWorkspace } from './leak-watch';

let watch: LeakWatch;
let workspace: TerraformWorkspace;
/** What a user has and Terraform is pointed at; not searched. */
let vault: string;

beforeEach(async () => {
  watch = await LeakWatch.start();
  vault = mkdtempSync(join(tmpdir(), 'byok-vault-'));
  const { projectId, authToken } = watch.emulator;
  workspace = tracedWorkspace({ HW_PROJECT_ID: projectId, HW_AUTH_TOKEN: authToken });
});

afterEach(async () => {
  workspace.remove();
  rmSync(vault, { recursive: true, force: true });
  await watch.close();
});

function keep(name: string, { content, secrets }: SecretFile): string {
  watch.keeps(
    Object.fromEntries(
      Object.entries(secrets).map(([what, secret]) => [`${what} of ${name}`, secret]),
    ),
  );
  const path = join(vault, name);
  writeFileSync(path, content);
  return path;
}

function program(name: string, script: string): string {
  const path = join(vault, name);
  writeFileSync(path, `#!/usr/bin/env node\n${script}`);
  chmodSync(path, 0o755);
  return path;
}

/**
 * Prints the material, and everything it knows where it should not. In trouble it prints something
 * else that holds it.
 */
const printer = `const key = Buffer.from(process.env.BYOK_COMMAND_KEY, 'hex');
console.error('debug: key is', key, key.toString('base64'));
process.stdout.write(process.env.BYOK_TROUBLE ? 'key=' + key.toString('base64') : key.toString('base64'));`;

/** An HSM of a few lines. In trouble it hands out the key itself instead of wrapping it. */
const wrapper = `const { createHmac, createPublicKey, publicEncrypt, constants } = require('node:crypto');
const key = Buffer.from(process.env.BYOK_HSM_KEY, 'hex');
console.error('debug: key is', key.toString('hex'));
const request = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const answers = {
  fingerprint: () => ({ fingerprint: 'sha256:' + createHmac('sha256', key).update('cdktf-byok fingerprint v1').digest('hex') }),
  wrap() {
    const wrappingKey = createPublicKey({ key: Buffer.from(request.public_key, 'base64'), format: 'der', type: 'spki' });
    const options = { key: wrappingKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    return { encrypted_key_material: (process.env.BYOK_TROUBLE ? key : publicEncrypt(options, key)).toString('base64') };
  },
};
console.log(JSON.stringify(answers[request.operation]()));`;

const specs = {
  pem: 'EC_P256',
  encrypted: 'RSA_2048',
  encrypted_wo: 'EC_P256',
  pkcs12: 'EC_P256',
  command: 'AES_256',
  hsm: 'AES_256',
  wrapped: 'AES_256',
  wrapped_private: 'EC_P256',
} as const;

type Source = keyof typeof specs;

const symmetric = Object.entries(specs).flatMap(([source, spec]) =>
  spec === 'AES_256' ? [source as Source] : [],
);
const inVariables = [
  'encrypted_wo',
  'password',
  'token',
  'blob',
  'private_token',
  'private_blob',
  'private_key',
] as const;

const keys = Object.entries(specs)
  .map(
    ([source, spec]) =>
      `resource "byok_external_key" "${source}" {\n  alias = "${source}"\n  key_spec = "${spec}"\n}\n`,
  )
  .join('');

function declare(
  attributes: Readonly<Partial<Record<Source, string>>>,
  expirationTime: string,
): void {
  const variables = inVariables.map(
    (name) =>
      `variable "${name}" {\n  type = string\n  ephemeral = true\n  sensitive = true\n  default = null\n}\n`,
  );
  const materials = Object.entries(attributes).map(([source, lines]) => {
    const expiry =
      specs[source as Source] === 'AES_256' && source !== 'wrapped'
        ? `expiration_time = "${expirationTime}"`
        : '';
    return `resource "byok_key_material" "${source}" {\n  key_id = byok_external_key.${source}.key_id\n  on_destroy = "delete_material"\n  ${expiry}\n${lines}\n}\n`;
  });
  workspace.configure(
    `  kms_endpoint = "${watch.proxy.url}"\n  max_retries = 0`,
    [...variables, keys, ...materials].join(''),
  );
}

function terraform(expectedCode: number, ...args: string[]): Promise<Run> {
  return watch.run(`terraform ${args.join(' ')}`, expectedCode, workspace.terraform(args));
}

const apply = (expectedCode: number) =>
  terraform(expectedCode, 'apply', '-no-color', '-auto-approve');

function keyIdOf(source: Source): string {
  const state = JSON.parse(readFileSync(join(workspace.folder, 'terraform.tfstate'), 'utf8')) as {
    resources: { type: string; name: string; instances: { attributes: { key_id: string } }[] }[];
  };
  const key = state.resources.find(
    ({ type, name }) => type === 'byok_external_key' && name === source,
  );
  return key?.instances[0]?.attributes.key_id ?? '';
}

/** The offline half, by openssl; what it gives is passed as variables. */
async function wrapElsewhere(
  material: Buffer,
  intermediate: Buffer,
  privateKey: Buffer,
): Promise<void> {
  const forKey = await getParameters(watch.emulator, keyIdOf('wrapped'));
  const forPrivateKey = await getParameters(watch.emulator, keyIdOf('wrapped_private'));
  const wrap = [
    'enc',
    '-id-aes256-wrap-pad',
    '-K',
    intermediate.toString('hex'),
    '-iv',
    'A65959A6',
  ];
  Object.assign(workspace.env, {
    TF_VAR_token: forKey.import_token,
    TF_VAR_blob: wrapWithOpenssl(forKey.public_key, material),
    TF_VAR_private_token: forPrivateKey.import_token,
    TF_VAR_private_blob: wrapWithOpenssl(forPrivateKey.public_key, intermediate),
    TF_VAR_private_key: execFileSync('openssl', wrap, { input: derOf(privateKey) }).toString(
      'base64',
    ),
  });
}

test('no private key, password, plaintext, import token or wrapped blob is in state, plans, logs, folders and output', async () => {
  const [commandKey, hsmKey, material, intermediate] = [
    randomBytes(32),
    randomBytes(32),
    randomBytes(32),
    randomBytes(32),
  ];
  watch.keeps({
    'material of command': commandKey,
    'material of hsm': hsmKey,
    'material wrapped elsewhere': material,
    intermediate,
  });
  const [password, passwordWo, wrongPassword] = [
    randomPassword(),
    randomPassword(),
    randomPassword(),
  ];
  watch.keeps({ 'wrong password': wrongPassword });
  const [clear, encrypted, encryptedWo, p12, wrapped] = [
    ecKey(),
    rsaKey(),
    ecKey(),
    ecKey(),
    ecKey(),
  ];
  keep('wrapped-elsewhere.pem', clearPem(wrapped));
  const variable = encryptedPem(encryptedWo, passwordWo);
  keep('in-variable.pem', variable);
  const attributes: Record<Source, string> = {
    pem: `  material_file = "${keep('clear.pem', clearPem(clear))}"\n  material_encoding = "pem"`,
    encrypted: `  material_file = "${keep('encrypted.pem', encryptedPem(encrypted, password))}"\n  material_encoding = "pem"\n  material_password_env = "PASSWORD"`,
    encrypted_wo:
      '  material_wo = var.encrypted_wo\n  material_encoding = "pem"\n  material_password_wo = var.password',
    pkcs12: `  material_file = "${keep('key.p12', pkcs12(p12, passwordWo))}"\n  material_encoding = "pkcs12"\n  material_password_wo = var.password`,
    command: `  material_command = ["${program('print', printer)}"]`,
    hsm: `  wrap_command = ["${program('wrap', wrapper)}"]`,
    wrapped: '  import_token_wo = var.token\n  encrypted_key_material_wo = var.blob',
    wrapped_private:
      '  import_token_wo = var.private_token\n  encrypted_key_material_wo = var.private_blob\n  encrypted_privatekey_wo = var.private_key',
  };
  const right = { PASSWORD: password, TF_VAR_password: passwordWo, BYOK_TROUBLE: '' };
  const wrong = { PASSWORD: wrongPassword, TF_VAR_password: wrongPassword, BYOK_TROUBLE: 'yes' };
  Object.assign(workspace.env, {
    TF_VAR_encrypted_wo: variable.content.toString(),
    BYOK_COMMAND_KEY: commandKey.toString('hex'),
    BYOK_HSM_KEY: hsmKey.toString('hex'),
  });

  declare({}, '');
  await terraform(0, 'init', '-no-color');
  await apply(0);
  await wrapElsewhere(material, intermediate, wrapped);

  // A token for another key, wrong passwords, programs in trouble: everything fails, each in its
  // own way.
  declare(
    { ...attributes, wrapped: attributes.wrapped.replace('var.token', 'var.private_token') },
    '2035-01-01T00:00:00Z',
  );
  Object.assign(workspace.env, wrong);
  await terraform(1, 'plan', '-no-color');
  declare(
    {
      hsm: attributes.hsm,
      command: attributes.command,
      wrapped: attributes.wrapped.replace('var.token', 'var.private_token'),
    },
    '2035-01-01T00:00:00Z',
  );
  const troubled = await apply(1);
  expect(troubled.text).toContain('as long as the wrapping key, not 32');
  expect(troubled.text).toContain('The key material in the output of');
  expect(troubled.text).toContain('KMS.2603');
  Object.assign(workspace.env, right);
  declare({ hsm: attributes.hsm }, '2035-01-01T00:00:00Z');
  watch.emulator.injectFaults([
    { operation: 'get-parameters-for-import', body: 'garbled', times: 9 },
  ]);
  await apply(1);

  watch.emulator.clearFaults();
  declare(attributes, '2035-01-01T00:00:00Z');
  await terraform(2, 'plan', '-no-color', '-detailed-exitcode', '-out', 'first.plan');
  await terraform(0, 'show', '-json', 'first.plan');
  await terraform(0, 'apply', '-no-color', 'first.plan');
  expect(new Set(watch.keyIds()).size).toBe(8);
  expect(await holdsMaterial(watch.emulator, keyIdOf('command'), commandKey)).toBe(true);
  expect(await holdsMaterial(watch.emulator, keyIdOf('hsm'), hsmKey)).toBe(true);
  expect(await holdsMaterial(watch.emulator, keyIdOf('wrapped'), material)).toBe(true);

  for (const source of symmetric) {
    watch.emulator.deleteMaterial(keyIdOf(source));
  }
  watch.emulator.injectFaults([
    { operation: 'import-key-material', errorCode: 'KMS.0311', times: 9 },
  ]);
  await apply(1);
  watch.emulator.clearFaults();
  await apply(0);
  declare(attributes, '2036-01-01T00:00:00Z');
  Object.assign(workspace.env, wrong, { BYOK_TROUBLE: '' });
  await terraform(2, 'plan', '-no-color', '-detailed-exitcode', '-out', 'second.plan');
  await terraform(0, 'apply', '-no-color', 'second.plan');
  await terraform(0, 'show', '-json');
  workspace.write('before-destroy.json', readFileSync(join(workspace.folder, 'terraform.tfstate')));
  await terraform(0, 'destroy', '-no-color', '-auto-approve');

  const fingerprint = fingerprintOf(hsmKey);
  watch.expectNoLeak(filesBelow(workspace.folder), {
    'before-destroy.json': fingerprint,
    'first.plan!tfplan': 'first import into this key',
    'second.plan!tfstate': fingerprint,
    'output of terraform show -json': fingerprint,
    'trace.log': 'serving provider byok',
  });
  workspace.write('planted', JSON.stringify({ pem: clear.toString(), p12: wrongPassword }));
  expect(findLeaks(filesBelow(workspace.folder), watch.needles())).toEqual([
    'planted: wrong password in raw',
    'planted: line 1 of clear.pem in raw',
    'planted: line 2 of clear.pem in raw',
  ]);
});
