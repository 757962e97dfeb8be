/**
 * What every test of the provider with the real terraform starts from: one emulator, and a folder
 * with a key file in it.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../support/emulator';
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

/** A bench for each test of a file; see `useWorkbench`. */
export class Bench implements Workbench {
  #emulator: Emulator | undefined;
  #begun: Workbench | undefined;

  get emulator(): Emulator {
    return present(this.#emulator, 'a test');
  }

  get workspace(): TerraformWorkspace {
    return present(this.#begun, 'begin').workspace;
  }

  get material(): Buffer {
    return present(this.#begun, 'begin').material;
  }

  /** Makes the folder of this test, in place of one that it may have had. */
  async begin(body: string, provider = kind): Promise<void> {
    this.#begun?.workspace.remove();
    this.#begun = await workbench(this.emulator, body, provider);
  }

  configure(body: string): void {
    configure(this.emulator, this.workspace, body);
  }

  /** @internal by `useWorkbench` */
  async open(): Promise<void> {
    this.#emulator = await startEmulator();
  }

  /** @internal by `useWorkbench` */
  async close(): Promise<void> {
    this.#begun?.workspace.remove();
    await this.#emulator?.close();
    [this.#begun, this.#emulator] = [undefined, undefined];
  }
}

function present<T>(value: T | undefined, maker: string): T {
  if (value === undefined) {
    throw new Error(`there is none before ${maker}`);
  }
  return value;
}

/** For each test an emulator and, once it calls `begin`, a folder; both are gone after it. */
export function useWorkbench(): Bench {
  const bench = new Bench();
  beforeEach(() => bench.open());
  afterEach(() => bench.close());
  return bench;
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
