/**
 * The command among secrets: what the user keeps in a vault, and a folder, all that the command may
 * write to, which must hold none of them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByokAndEmulator, type RunOptions, startByokAndEmulator } from './byok-and-emulator';

export class ByokAmongSecrets {
  static async start(): Promise<ByokAmongSecrets> {
    return new ByokAmongSecrets(await startByokAndEmulator());
  }

  readonly byok: ByokAndEmulator;
  /** All that are to stand nowhere. */
  readonly secrets: (Buffer | string)[] = [];
  /** Working, home and temporary folder of the command. */
  readonly folder = mkdtempSync(join(tmpdir(), 'byok-leaks-'));
  readonly environment: Readonly<Record<string, string>> = {
    HOME: this.folder,
    TMPDIR: join(this.folder, 't'),
  };
  /** What the user has; not searched. */
  readonly #vault = mkdtempSync(join(tmpdir(), 'byok-vault-'));
  #files = 0;

  private constructor(byok: ByokAndEmulator) {
    this.byok = byok;
    mkdirSync(join(this.folder, 't'));
  }

  secret<Secret extends Buffer | string>(value: Secret): Secret {
    this.secrets.push(value);
    return value;
  }

  /** @returns the path of a new file */
  inVault(content: Buffer | string): string {
    const path = join(this.#vault, `file-${this.#files++}`);
    writeFileSync(path, content);
    return path;
  }

  /** @param expected exit code @returns everything it printed */
  async run(
    expected: number,
    args: readonly string[],
    { env, ...options }: RunOptions,
  ): Promise<string> {
    const surroundings = { cwd: this.folder, ...options, env: { ...this.environment, ...env } };
    const { status, stdout, stderr } = await this.byok.run(args, surroundings);
    expect([args, status, status === expected ? '' : stderr]).toEqual([args, expected, '']);
    return stdout + stderr;
  }

  async close(): Promise<void> {
    rmSync(this.#vault, { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
    await this.byok.close();
  }
}
