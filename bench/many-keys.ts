/**
 * Folders of many keys, each with its material, as CDKTF emits them: two resource blocks a key,
 * none of them counted. And the same graph of `terraform_data`.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator, EmulatorOptions } from '../lib/emulator';
import { cleanEnvironment, run } from './children';
import type { Prepared, WriteProvider } from './plan';

export interface KeysSettings {
  readonly count: number;
  /** What the provider may ask of the KMS. */
  readonly requestsPerSecond: number;
  /** @default false */
  readonly tagged?: boolean;
}

/** The parts of a state file that are multiplied. */
interface State {
  readonly resources: {
    readonly type: string;
    readonly instances: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
  }[];
}

const head = (kmsEndpoint: string, requestsPerSecond: number) => `terraform {
  required_providers {
    byok = { source = "terraform.local/cdktf-byok/byok" }
  }
}
provider "byok" {
  kms_endpoint            = "${kmsEndpoint}"
  max_requests_per_second = ${requestsPerSecond}
}
`;

const keyBlocks = (name: string, tagged: boolean) => `resource "byok_external_key" "${name}" {
  alias = "${name}"
  ${tagged ? 'tags = { team = "payments" }' : ''}
}
resource "byok_key_material" "${name}" {
  key_id        = byok_external_key.${name}.key_id
  material_file = "shared.key"
}
`;

const floorBlocks = (name: string) => `resource "terraform_data" "${name}_key" {
  input = "${name}"
}
resource "terraform_data" "${name}_material" {
  input = terraform_data.${name}_key.id
}
`;

const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `key_${index}_`);

/** @returns a folder in which nothing was applied yet */
export async function initKeys(
  folder: string,
  emulator: Emulator,
  writeProvider: WriteProvider,
  settings: KeysSettings,
): Promise<Prepared> {
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
 */
export async function prepareKeys(
  folder: string,
  startEmulator: (options: EmulatorOptions) => Promise<Emulator>,
  writeProvider: WriteProvider,
  settings: KeysSettings,
): Promise<{ readonly prepared: Prepared; readonly emulator: Emulator }> {
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
  const [pattern = '', ...names] = namesOf(count);
  const copies = names.map((name) => ({ name, id: randomUUID() }));
  rewrite<{ keys: object[] }>(options.dataFile, (data) => {
    const [key] = data.keys;
    data.keys.push(...copies.map(({ name, id }) => ({ ...key, keyId: id, alias: name })));
  });
  rewrite<State>(join(terraformFolder, 'terraform.tfstate'), (state) => {
    const key = state.resources.find(({ type }) => type === 'byok_external_key');
    const oldId = String(key?.instances[0]?.attributes.key_id);
    multiply(
      state,
      copies.map(({ name, id }) => [
        [oldId, id],
        [pattern, name],
      ]),
    );
  });
  const emulator = await startEmulator(options);
  writeConfiguration(terraformFolder, emulator, settings);
  return { prepared, emulator };
}

/** The graph of `prepareKeys` without a provider that asks anybody. */
export async function prepareTerraformData(folder: string, count: number): Promise<Prepared> {
  mkdirSync(folder);
  const [pattern = '', ...names] = namesOf(count);
  const main = join(folder, 'main.tf');
  writeFileSync(main, floorBlocks(pattern));
  const env = cleanEnvironment();
  await run('terraform', ['init', '-no-color'], { cwd: folder, env });
  await run('terraform', ['apply', '-auto-approve', '-no-color'], { cwd: folder, env });
  writeFileSync(main, [pattern, ...names].map(floorBlocks).join(''));
  rewrite<State>(join(folder, 'terraform.tfstate'), (state) => {
    const oldIds = state.resources.map(({ instances }) => String(instances[0]?.attributes.id));
    multiply(
      state,
      names.map((name) => [...oldIds.map((id) => [id, randomUUID()] as const), [pattern, name]]),
    );
  });
  return { folder, env };
}

function rewrite<T>(path: string, change: (content: T) => void): void {
  const content = JSON.parse(readFileSync(path, 'utf8')) as T;
  change(content);
  writeFileSync(path, JSON.stringify(content));
}

/** What is replaced, and by what. */
type Replacements = readonly (readonly [string, string])[];

/** @param copies the replacements in the text of all resources, for each further copy of them */
function multiply(state: State, copies: readonly Replacements[]): void {
  const text = JSON.stringify(state.resources);
  for (const replacements of copies) {
    const copy = replacements.reduce((all, [from, to]) => all.replaceAll(from, to), text);
    state.resources.push(...(JSON.parse(copy) as State['resources']));
  }
}

function writeConfiguration(
  folder: string,
  emulator: Emulator,
  { count, requestsPerSecond, tagged = false }: KeysSettings,
): void {
  const blocks = namesOf(count).map((name) => keyBlocks(name, tagged));
  writeFileSync(join(folder, 'main.tf'), head(emulator.url, requestsPerSecond) + blocks.join(''));
}
