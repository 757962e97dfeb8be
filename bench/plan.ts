/**
 * `terraform plan` with nothing to do: of one key and its material against the emulator, and of the
 * same graph made of `terraform_data`.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator } from '../lib/emulator';
import { cleanEnvironment, run } from './children';

/** A folder in which Terraform is initialized, and the environment of its commands. */
export interface Prepared {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Writes the provider into a folder, as a mirror. */
export type WriteProvider = (folder: string) => void;

const ours = (kmsEndpoint: string) => `terraform {
  required_providers {
    byok = { source = "terraform.local/cdktf-byok/byok" }
  }
}
provider "byok" {
  kms_endpoint = "${kmsEndpoint}"
}
resource "byok_external_key" "orders" {
  alias = "orders"
}
resource "byok_key_material" "orders" {
  key_id        = byok_external_key.orders.key_id
  material_file = "orders.key"
}
`;

const floor = `resource "terraform_data" "key" {
  input = "orders"
}
resource "terraform_data" "material" {
  input = terraform_data.key.id
}
`;

/**
 * Applied once, so that every plan has nothing to do.
 * @param folder does not exist yet
 */
export async function prepareOurs(
  folder: string,
  emulator: Emulator,
  writeProvider: WriteProvider,
): Promise<Prepared> {
  mkdirSync(folder);
  writeProvider(join(folder, 'terraform.d', 'plugins'));
  writeFileSync(join(folder, 'main.tf'), ours(emulator.url));
  writeFileSync(join(folder, 'orders.key'), randomBytes(32).toString('base64'));
  return prepare(
    folder,
    cleanEnvironment({ HW_PROJECT_ID: emulator.projectId, HW_AUTH_TOKEN: emulator.authToken }),
  );
}

export async function prepareFloor(folder: string): Promise<Prepared> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.tf'), floor);
  return prepare(folder, cleanEnvironment());
}

async function prepare(folder: string, env: NodeJS.ProcessEnv): Promise<Prepared> {
  await run('terraform', ['init', '-no-color'], { cwd: folder, env });
  await run('terraform', ['apply', '-auto-approve', '-no-color'], { cwd: folder, env });
  return { folder, env };
}

/** @returns milliseconds @throws Error when there was something to do */
export async function timePlan(
  { folder, env }: Prepared,
  extra: Readonly<Record<string, string>> = {},
): Promise<number> {
  // With -detailed-exitcode a change ends with 2, which `run` throws.
  const args = ['plan', '-no-color', '-input=false', '-detailed-exitcode'];
  const { milliseconds } = await run('terraform', args, { cwd: folder, env: { ...env, ...extra } });
  return milliseconds;
}
