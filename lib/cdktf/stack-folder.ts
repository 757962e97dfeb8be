/**
 * The folder in which Terraform will run a stack. Paths in the configuration must start from it.
 * It is known only during synthesis, and differs between `cdktf synth`,
 * an `outdir` of the app and `Testing.fullSynth`.
 */
import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type ISynthesisSession, Lazy, TerraformStack, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { ByokError } from '../errors';
import { annotate } from './annotate';

/**
 * The hook of TerraformAsset. cdktf does not export it, but the symbol is global,
 * and cdktn has the same.
 */
const customSynthesis = Symbol.for('cdktf/customSynthesis');

interface CustomSynthesis {
  onSynthesize(session: ISynthesisSession): void;
}

const synthesizedFolders = new WeakMap<IConstruct, string>();

const watchedStacks = new WeakSet<IConstruct>();

/**
 * Runs `write` once per synthesis, before `cdk.tf.json` is written,
 * with the existing folder of the construct's stack.
 * `Testing.synth` does not call it, because it writes no files.
 */
export function onSynthesis(construct: Construct, write: (stackFolder: string) => void): void {
  const { onSynthesize: others }: Partial<CustomSynthesis> =
    (construct as { [customSynthesis]?: CustomSynthesis })[customSynthesis] ?? {};
  const onSynthesize = (session: ISynthesisSession): void => {
    others?.(session);
    const stack = TerraformStack.of(construct);
    const folder = resolve(session.outdir, session.manifest.forStack(stack).workingDirectory);
    mkdirSync(folder, { recursive: true });
    write(folder);
  };
  Object.defineProperty(construct, customSynthesis, {
    value: { onSynthesize },
    configurable: true,
  });
}

/**
 * Turns a path relative to the app, that is to the folder of `cdktf.json`, into one relative
 * to the stack's folder, so the synthesized configuration is the same on every machine.
 * The beginning of the path decides. An absolute path stays unchanged.
 * In a relative path, the rest may be an expression, such as the key of an iterator.
 * A path that begins with an expression also stays unchanged, with a warning,
 * because only Terraform will know whether it is absolute.
 * `Testing.synth` writes no stack; for it, we assume the default `cdktf.out`.
 *
 * @param property what messages call the path
 * @throws ByokError ERR_ARGUMENT when the path is not text, as in an app without type checks
 */
export function pathFromStackFolder(scope: Construct, path: string, property: string): string {
  if (typeof path !== 'string') {
    if (Token.isUnresolved(path)) {
      // The value of an iterator has any type, even for the compiler.
      return pathFromStackFolder(scope, Token.asString(path), property);
    }
    throw new ByokError(
      'ERR_ARGUMENT',
      `${property} is ${JSON.stringify(path)}; give a path, absolute or relative to the folder of cdktf.json`,
    );
  }
  const [beginning, rest] = splitAtExpression(path);
  if (beginning === '' && rest !== '') {
    if (!/^\$\{path\.(?:module|root|cwd)\}/.test(rest)) {
      annotate(
        scope,
        'warning',
        `${property} begins with a value that only Terraform knows, so a relative path would ` +
          'start in the folder of the stack, not in that of cdktf.json; begin it with a folder ' +
          'such as "./", or with "/" if it is absolute',
      );
    }
    return path;
  }
  if (isAbsolute(beginning)) {
    return path;
  }
  const stack = TerraformStack.of(scope);
  rememberFolder(stack);
  return Lazy.stringValue({
    produce: () => {
      const app = appFolder(scope);
      const folder =
        synthesizedFolders.get(stack) ?? join(app, 'cdktf.out', 'stacks', stack.node.id);
      const from = (target: string) => relative(physical(folder), join(physical(app), target));
      return rest === '' ? from(beginning) : `${from(beginning) || '.'}/${rest}`;
    },
  });
}

/** Certificates are given as a path, or as text, for example from a variable of a pipeline. */
export function caFileFromStackFolder(scope: Construct, caFile: string): string {
  return typeof caFile === 'string' && caFile.includes('-----BEGIN ')
    ? caFile
    : pathFromStackFolder(scope, caFile, 'caFile');
}

/** Once for each stack. Paths in a stack must be right even if it has no provider of ours. */
function rememberFolder(stack: TerraformStack): void {
  if (!watchedStacks.has(stack)) {
    watchedStacks.add(stack);
    onSynthesis(stack, (folder) => synthesizedFolders.set(stack, folder));
  }
}

/**
 * The literal folder, and the rest below it: an expression with the rest of its name.
 * The rest is empty if the path has no expression.
 */
function splitAtExpression(path: string): [string, string] {
  const start = path.search(/(?<!\$)\$\{|(?<!%)%\{/);
  if (start < 0) {
    return [path, ''];
  }
  const folder = path.lastIndexOf('/', start - 1) + 1;
  return start === 0 ? ['', path] : [path.slice(0, folder) || '.', path.slice(folder)];
}

/** Same as for TerraformAsset; the CLI sets `cdktfJsonPath`. */
function appFolder(scope: Construct): string {
  const cdktfJson: string | undefined = scope.node.tryGetContext('cdktfJsonPath');
  return cdktfJson === undefined ? process.cwd() : resolve(dirname(cdktfJson));
}

/**
 * The operating system resolves `..` after symbolic links, so we resolve the links first.
 * A path that does not exist yet has none.
 */
function physical(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(physical(dirname(path)), basename(path));
  }
}
