/**
 * What the recipes of examples/ci run in: a project with one stack, a KMS, a forge, and the programs
 * that a runner has. Terraform and `byok` are the real ones; `npm ci` and `cdktf synth` have nothing
 * to do, since the stack is there.
 */
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configure, workspaceWith } from '../provider/workbench';
import { root } from '../support/checkout';
import { type Emulator, startEmulator } from '../support/emulator';
import { FakeForge } from '../support/fake-forge';
import { scratchFolder } from '../support/scratch-folder';
import {
  cleanEnvironment,
  type Run,
  runCommand,
  type TerraformWorkspace,
} from '../support/terraform-workspace';

export const recipes = join(root, 'examples', 'ci');

const npx = `#!/bin/sh
if [ "$1" = --no ]; then shift; fi
case "$1" in
  cdktf-byok) shift; exec "${process.execPath}" "${join(root, 'dist', 'bundle', 'byok.js')}" "$@" ;;
  cdktf) [ "$2" = synth ] && exit 0 ;;
esac
echo "npx $*: the project has no such program" >&2
exit 1
`;

/** What Terraform and git keep; all else that is in the folder of a stack was made by a job. */
const kept = /^(\.terraform.*|terraform\.(d|tfstate.*)|main\.tf)$/;

export class RecipeBench {
  readonly #bin = scratchFolder();
  #emulator: Emulator | undefined;
  #forge: FakeForge | undefined;
  readonly #workspaces = new Map<string, TerraformWorkspace>();
  readonly #synthesized = new Map<string, string>();
  readonly #files = new Map<string, string>();

  constructor() {
    beforeAll(() => {
      this.#program('npx', npx);
      this.#program('byok', '#!/bin/sh\nexec npx cdktf-byok "$@"\n');
      this.#program('npm', '#!/bin/sh\n[ "$*" = ci ]\n');
    });
    beforeEach(async () => {
      this.#emulator = await startEmulator();
      this.#forge = new FakeForge();
      await this.#forge.open();
    });
    afterEach(async () => {
      for (const workspace of this.#workspaces.values()) {
        workspace.remove();
      }
      for (const made of [this.#workspaces, this.#synthesized, this.#files]) {
        made.clear();
      }
      await this.#emulator?.close();
      await this.#forge?.close();
    });
  }

  get emulator(): Emulator {
    return present(this.#emulator);
  }

  get forge(): FakeForge {
    return present(this.#forge);
  }

  /** The login of a project, by the names that the cloud has for it. */
  get login(): Readonly<Record<string, string>> {
    const { accessKey, secretKey, projectId } = this.emulator;
    return {
      HW_REGION_NAME: 'ap-southeast-3',
      HW_PROJECT_ID: projectId,
      HW_ACCESS_KEY: accessKey,
      HW_SECRET_KEY: secretKey,
    };
  }

  /** Where the programs of a runner are. */
  get programs(): Readonly<Record<string, string>> {
    return { PATH: `${this.#bin}:${process.env.PATH}` };
  }

  /** Declares what is in a stack. Its state stays. */
  async declare(body: string, stack = 'prod'): Promise<void> {
    const workspace = this.#workspaces.get(stack) ?? (await workspaceWith({}));
    this.#workspaces.set(stack, workspace);
    configure(this.emulator, workspace, body);
  }

  stack(name = 'prod'): TerraformWorkspace {
    return present(this.#workspaces.get(name));
  }

  /** A file of the project that no program makes. */
  add(path: string, content: string): void {
    this.#files.set(path, content);
  }

  /** What `cdktf synth` makes of a program, in place of a stack that is declared. */
  synthesize(folder: string, stack = 'prod'): void {
    this.#synthesized.set(stack, folder);
  }

  /** A checkout as a job begins with: nothing of another job is in it but the state. */
  checkout(): string {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'cdktf.out', 'stacks'), { recursive: true });
    for (const [name, workspace] of this.#workspaces) {
      for (const file of readdirSync(workspace.folder).filter((one) => !kept.test(one))) {
        rmSync(join(workspace.folder, file), { recursive: true });
      }
      symlinkSync(workspace.folder, join(folder, 'cdktf.out', 'stacks', name));
    }
    for (const [name, target] of this.#synthesized) {
      symlinkSync(target, join(folder, 'cdktf.out', 'stacks', name));
    }
    for (const [path, content] of this.#files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  }

  /** Runs a script as the runner does, by its own flags of the shell. */
  run(
    [shell = 'bash', ...flags]: readonly string[],
    script: string,
    cwd: string,
    env: Readonly<Record<string, string>>,
  ): Promise<Run> {
    const file = join(scratchFolder(), 'step.sh');
    writeFileSync(file, script);
    const [workspace] = this.#workspaces.values();
    return runCommand(shell, [...flags, file], {
      cwd,
      env: cleanEnvironment({
        ...workspace?.env,
        ...this.programs,
        TF_CLI_CONFIG_FILE: '/dev/null',
        ...env,
      }),
    });
  }

  #program(name: string, content: string): void {
    writeFileSync(join(this.#bin, name), content, { mode: 0o755 });
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('there is none before the test begins, or before it is declared');
  }
  return value;
}
