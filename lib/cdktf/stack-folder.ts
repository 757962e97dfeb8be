/**
 * The folder in which Terraform will run a stack. It is known during synthesis only, and differs between `cdktf synth`, an own
 * `outdir` and `Testing.fullSynth`; paths written into the configuration must start from it.
 */
import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type ISynthesisSession, Lazy, TerraformStack, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { ByokError } from '../errors';
import { annotate } from './annotate';

/** The hook of TerraformAsset. cdktf does not export it, but the symbol is global, and the same in cdktn. */
const customSynthesis = Symbol.for('cdktf/customSynthesis');

interface CustomSynthesis {
  onSynthesize(session: ISynthesisSession): void;
}

const synthesizedFolders = new WeakMap<IConstruct, string>();

const watchedStacks = new WeakSet<IConstruct>();

/**
 * Runs `write` once per synthesis, before `cdk.tf.json` is written, with the existing folder of the construct's stack. Not
 * called by `Testing.synth`, which writes no files.
 */
export function onSynthesis(construct: Construct, write: (stackFolder: string) => void): void {
  const { onSynthesize: others }: Partial<CustomSynthesis> = (construct as { [customSynthesis]?: CustomSynthesis })[customSynthesis] ?? {};
  const onSynthesize = (session: ISynthesisSession): void => {
    others?.(session);
    const stack = TerraformStack.of(construct);
    const folder = resolve(session.outdir, session.manifest.forStack(stack).workingDirectory);
    mkdirSync(folder, { recursive: true });
    write(folder);
  };
  Object.defineProperty(construct, customSynthesis, { value: { onSynthesize }, configurable: true });
}

/**
 * Turns a path relative to the app, that is to the folder of `cdktf.json`, into one relative to the stack's folder, so that
 * the synthesized configuration is the same on every machine. What the path begins with decides: an absolute one stays, and of a relative one the
 * rest may be an expression, such as the key of an iterator. One that begins with an expression stays, too, with a warning: only Terraform
 * will know whether it is absolute. Under `Testing.synth` the stack counts as written to the default `cdktf.out`.
 *
 * @param property what messages call the path
 * @throws ByokError ERR_ARGUMENT when it is no text, as in an app whose types nobody checks
 */
export function pathFromStackFolder(scope: Construct, path: string, property: string): string {
  if (typeof path !== 'string') {
    if (Token.isUnresolved(path)) {
      // The value of an iterator is of any type, to the compiler as well.
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
        `${property} begins with a value that only Terraform knows, so that a relative path counts from the folder of the stack, not from that of cdktf.json; begin it with a folder, such as "./", or with "/" when it is absolute`,
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
      const folder = synthesizedFolders.get(stack) ?? join(app, 'cdktf.out', 'stacks', stack.node.id);
      const from = (target: string) => relative(physical(folder), join(physical(app), target));
      return rest === '' ? from(beginning) : `${from(beginning) || '.'}/${rest}`;
    },
  });
}

/** Of certificates: their path, or they themselves, as in a variable of a pipeline. */
export function caFileFromStackFolder(scope: Construct, caFile: string): string {
  return typeof caFile === 'string' && caFile.includes('-----BEGIN ') ? caFile : pathFromStackFolder(scope, caFile, 'caFile');
}

/** Once for each stack: whether it has a provider of ours or not, the paths in it must be right. */
function rememberFolder(stack: TerraformStack): void {
  if (!watchedStacks.has(stack)) {
    watchedStacks.add(stack);
    onSynthesis(stack, (folder) => synthesizedFolders.set(stack, folder));
  }
}

/** The folder that is written out, and what stands below it: an expression with the rest of its name; empty when the path has none. */
function splitAtExpression(path: string): [string, string] {
  const start = path.search(/(?<!\$)\$\{|(?<!%)%\{/);
  if (start < 0) {
    return [path, ''];
  }
  const folder = path.lastIndexOf('/', start - 1) + 1;
  return start === 0 ? ['', path] : [path.slice(0, folder) || '.', path.slice(folder)];
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
