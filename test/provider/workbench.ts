/**
 * What every test of the provider with the real terraform starts from: one emulator, and a folder
 * with a key file in it.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Emulator } from '../../lib/emulator';
import { preloading } from '../support/preloading-node';
import { servedBundle, servedEnvironment } from '../support/served-provider';
import { TerraformWorkspace } from '../support/terraform-workspace';

export interface Workbench {
  readonly workspace: TerraformWorkspace;
  readonly material: Buffer;
}

/** Which provider Terraform starts: the one in `dist`, or the one of `served-provider.ts`. */
export type ProviderKind = 'built' | 'served';

let kind: ProviderKind = process.env.TEST_PROVIDER === 'built' ? 'built' : 'served';

/** Said once at the top of a test file that takes the built provider, with its reason. */
export function takeBuiltProvider(_why: string): void {
  kind = 'built';
}

/** One for each kind, in which `terraform init` has run: it would do the same in every folder. */
const initialized = new Map<ProviderKind, Promise<TerraformWorkspace>>();

async function initialize(provider: ProviderKind): Promise<TerraformWorkspace> {
  const workspace =
    provider === 'built'
      ? new TerraformWorkspace()
      : new TerraformWorkspace(await servedEnvironment(), servedBundle());
  workspace.configure('', '');
  await workspace.init();
  return workspace;
}

afterAll(async () => {
  for (const workspace of await Promise.all(initialized.values())) {
    workspace.remove();
  }
});

/**
 * A folder in which Terraform is initialized.
 *
 * @param provider built where Terraform runs in two folders at once. @default served, unless the
 *   file takes the built one or TEST_PROVIDER=built
 */
export async function workspaceWith(
  env: Readonly<Record<string, string>>,
  provider = kind,
): Promise<TerraformWorkspace> {
  const like = initialized.get(provider) ?? initialize(provider);
  initialized.set(provider, like);
  return new TerraformWorkspace({ ...(await like).env, ...env }, await like);
}

/** @param body resources; a key file `orders.key` with 32 random bytes in Base64 lies beside it */
export async function workbench(
  emulator: Emulator,
  body: string,
  provider = kind,
): Promise<Workbench> {
  const login = { HW_PROJECT_ID: emulator.projectId, HW_AUTH_TOKEN: emulator.authToken };
  const workspace = await workspaceWith(login, provider);
  const material = randomBytes(32);
  workspace.write('orders.key', `${material.toString('base64')}\n`);
  configure(emulator, workspace, body);
  return { workspace, material };
}

export function configure(emulator: Emulator, workspace: TerraformWorkspace, body: string): void {
  workspace.configure(`  kms_endpoint = "${emulator.url}"`, body);
}

/** A key and its material from `orders.key`. @param extra further attributes of the material */
export function keyWithMaterial(alias: string, extra = ''): string {
  return `${externalKey(alias)}
resource "byok_key_material" "orders" {
  key_id        = byok_external_key.orders.key_id
  material_file = "orders.key"
  ${extra}
}`;
}

export function externalKey(alias: string, extra = ''): string {
  return `resource "byok_external_key" "orders" {
  alias = "${alias}"
  ${extra}
}`;
}

/**
 * Environment of a command in which the clock of the provider, and of nobody else, stands ahead.
 */
export const clockAhead = (ms: number): Record<string, string> => ({
  ...preloading(join(__dirname, '..', 'support', 'clock.cjs')),
  TEST_CLOCK_AHEAD_MS: String(ms),
  // The certificate of the provider would not be valid yet.
  TF_DISABLE_PLUGIN_TLS: '1',
});
