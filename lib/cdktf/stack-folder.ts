/**
 * The folder in which Terraform will run a stack. It is known during synthesis only, and differs between `cdktf synth`, an own
 * `outdir` and `Testing.fullSynth`; paths written into the configuration must start from it.
 */
import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type ISynthesisSession, Lazy, TerraformStack, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';

/** The hook of TerraformAsset. cdktf does not export it, but the symbol is global, and the same in cdktn. */
const customSynthesis = Symbol.for('cdktf/customSynthesis');

const synthesizedFolders = new WeakMap<IConstruct, string>();

/**
 * Runs `write` once per synthesis, before `cdk.tf.json` is written, with the existing folder of the construct's stack. Not
 * called by `Testing.synth`, which writes no files. One hook per construct.
 */
export function onSynthesis(construct: Construct, write: (stackFolder: string) => void): void {
  const onSynthesize = ({ outdir, manifest }: ISynthesisSession): void => {
    const stack = TerraformStack.of(construct);
    const folder = resolve(outdir, manifest.forStack(stack).workingDirectory);
    mkdirSync(folder, { recursive: true });
    synthesizedFolders.set(stack, folder);
    write(folder);
  };
  Object.defineProperty(construct, customSynthesis, { value: { onSynthesize } });
}

/**
 * Turns a path relative to the app, that is to the folder of `cdktf.json`, into one relative to the stack's folder, so that
 * the synthesized configuration is the same on every machine. Absolute paths, tokens and what begins with `${` stay as they are. Under
 * `Testing.synth` the stack counts as written to the default `cdktf.out`.
 */
export function pathFromStackFolder(scope: Construct, path: string): string {
  if (Token.isUnresolved(path) || isAbsolute(path) || path.startsWith('${')) {
    return path;
  }
  return Lazy.stringValue({
    produce: () => {
      const app = appFolder(scope);
      const stack = TerraformStack.of(scope);
      const folder = synthesizedFolders.get(stack) ?? join(app, 'cdktf.out', 'stacks', stack.node.id);
      return relative(physical(folder), join(physical(app), path));
    },
  });
}

/** As for TerraformAsset; the CLI sets `cdktfJsonPath`. */
function appFolder(scope: Construct): string {
  const cdktfJson: string | undefined = scope.node.tryGetContext('cdktfJsonPath');
  return cdktfJson === undefined ? process.cwd() : resolve(dirname(cdktfJson));
}

/** The operating system resolves `..` behind symbolic links, so they go first; what does not exist yet has none. */
function physical(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(physical(dirname(path)), basename(path));
  }
}
