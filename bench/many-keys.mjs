/**
 * Folders of many keys, each with its material, as CDKTF emits them: two resource blocks a key,
 * none of them counted. And the same graph of `terraform_data`.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, run } from './children.mjs';

const head = (kmsEndpoint, requestsPerSecond) => `terraform {
  required_providers {
    byok = { source = "terraform.local/cdktf-byok/byok" }
  }
}
provider "byok" {
  kms_endpoint            = "${kmsEndpoint}"
  max_requests_per_second = ${requestsPerSecond}
}
`;

const keyBlocks = (name, tagged) => `resource "byok_external_key" "${name}" {
  alias = "${name}"
  ${tagged ? 'tags = { team = "payments" }' : ''}
}
resource "byok_key_material" "${name}" {
  key_id        = byok_external_key.${name}.key_id
  material_file = "shared.key"
}
`;

const floorBlocks = (name) => `resource "terraform_data" "${name}_key" {
  input = "${name}"
}
resource "terraform_data" "${name}_material" {
  input = terraform_data.${name}_key.id
}
`;

const namesOf = (count) => Array.from({ length: count }, (_, index) => `key_${index}_`);

/**
 * @param {{ count: number, requestsPerSecond: number, tagged?: boolean }} settings
 * @returns {Promise<{ folder: string, env: object }>} a folder in which nothing was applied yet
 */
export async function initKeys(folder, emulator, writeProvider, settings) {
  mkdirSync(folder);
  writeProvider(join(folder, 'terraform.d', 'plugins'));
  writeConfiguration(folder, emulator, settings);
  writeFileSync(join(folder, 'shared.key'), randomBytes(32).toString('base64'));
  const env = cleanEnvironment({
    HW_PROJECT_ID: emulator.projectId,
    HW_AUTH_TOKEN: emulator.authToken,
  });
  await run('terraform', ['init', '-no-color'], { cwd: folder, env });
  return { folder, env };
}

/**
 * So many keys in an emulator and in a state, with nothing left to do. One is applied by Terraform,
 * and is then the pattern of all the others, in the data file of the emulator as in the state: a
 * thousand applies would take minutes and show nothing.
 * @returns {Promise<{ prepared: { folder: string, env: object }, emulator: object }>}
 */
export async function prepareKeys(folder, startEmulator, writeProvider, settings) {
  const { count } = settings;
  mkdirSync(folder);
  const options = {
    dataFile: join(folder, 'emulator.json'),
    demoMaterialOnDisk: true,
    keyQuota: 2 * count,
    token: randomBytes(24).toString('hex'),
  };
  const first = await startEmulator(options);
  const terraformFolder = join(folder, 'terraform');
  const prepared = await initKeys(terraformFolder, first, writeProvider, { ...settings, count: 1 });
  await run('terraform', ['apply', '-auto-approve', '-no-color'], {
    cwd: terraformFolder,
    env: prepared.env,
  });
  await first.close();
  const [pattern, ...names] = namesOf(count);
  const ids = names.map(() => randomUUID());
  rewrite(options.dataFile, (data) => {
    const [key] = data.keys;
    data.keys.push(...names.map((alias, index) => ({ ...key, keyId: ids[index], alias })));
  });
  rewrite(join(terraformFolder, 'terraform.tfstate'), (state) => {
    const oldId = state.resources.find(({ type }) => type === 'byok_external_key').instances[0]
      .attributes.key_id;
    multiply(
      state,
      (index) => [
        [oldId, ids[index]],
        [pattern, names[index]],
      ],
      names.length,
    );
  });
  const emulator = await startEmulator(options);
  writeConfiguration(terraformFolder, emulator, settings);
  return { prepared, emulator };
}

/** The graph of `prepareKeys` without a provider that asks anybody. */
export async function prepareTerraformData(folder, count) {
  mkdirSync(folder);
  const [pattern, ...names] = namesOf(count);
  const main = join(folder, 'main.tf');
  writeFileSync(main, floorBlocks(pattern));
  const env = cleanEnvironment();
  await run('terraform', ['init', '-no-color'], { cwd: folder, env });
  await run('terraform', ['apply', '-auto-approve', '-no-color'], { cwd: folder, env });
  writeFileSync(main, [pattern, ...names].map(floorBlocks).join(''));
  rewrite(join(folder, 'terraform.tfstate'), (state) => {
    const oldIds = state.resources.map(({ instances }) => instances[0].attributes.id);
    multiply(
      state,
      (index) => [...oldIds.map((id) => [id, randomUUID()]), [pattern, names[index]]],
      names.length,
    );
  });
  return { folder, env };
}

function rewrite(path, change) {
  const content = JSON.parse(readFileSync(path, 'utf8'));
  change(content);
  writeFileSync(path, JSON.stringify(content));
}

/**
 * @param {(index: number) => [string, string][]} replacements of text, for each further copy of all
 *   resources in the state
 */
function multiply(state, replacements, copies) {
  const text = JSON.stringify(state.resources);
  for (let index = 0; index < copies; index++) {
    state.resources.push(
      ...JSON.parse(
        replacements(index).reduce((all, [from, to]) => all.replaceAll(from, to), text),
      ),
    );
  }
}

function writeConfiguration(folder, emulator, { count, requestsPerSecond, tagged = false }) {
  const blocks = namesOf(count).map((name) => keyBlocks(name, tagged));
  writeFileSync(join(folder, 'main.tf'), head(emulator.url, requestsPerSecond) + blocks.join(''));
}
