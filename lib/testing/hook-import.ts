/**
 * Reads imports by hooks back from the null resource that runs `byok apply`.
 * The inverse of `cdktf/material-hooks.ts`.
 */
import { keyMaterialSchema } from '../schema/key-material';
import type { SynthesizedImport } from './synthesized-import';

/** A null resource in `cdk.tf.json`. */
interface NullResource {
  readonly triggers?: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[];
  readonly provisioner?: Provisioner | readonly Provisioner[];
}

interface Provisioner {
  readonly 'local-exec'?: LocalExec;
}

interface LocalExec {
  readonly command: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Undefined if the resource is not a hook that imports. */
export function tryReadHook(resource: object): SynthesizedImport['attributes'] | undefined {
  const { triggers = {}, provisioner = [], depends_on = [] }: NullResource = resource;
  const exec = [provisioner]
    .flat()
    .map((entry) => entry['local-exec'])
    .find((entry) => entry?.command.includes(' apply --key-id '));
  if (exec === undefined || triggers.key_id === undefined) {
    return undefined;
  }
  // The hook depends only on the one that deletes the material on destroy.
  const onDestroy = depends_on.length > 0 ? { on_destroy: 'delete_material' } : {};
  return { ...declaredBy(exec), key_id: triggers.key_id, ...onDestroy };
}

/**
 * Flags of the command that are attributes of `byok_key_material`,
 * under the names of the attributes.
 */
function declaredBy({ command, environment = {} }: LocalExec): SynthesizedImport['attributes'] {
  const flags = [
    ...command.matchAll(
      /--([a-z-]+)(?: (?:"\$(\w+)"|'((?:[^']|'\\'')*)'|(?!--)([\w./:@%+=,-]+)))?/g,
    ),
  ];
  const values = flags.map(([, name = '', variable, quoted, plain]): [string, unknown] => {
    const text =
      variable === undefined ? (quoted?.replaceAll("'\\''", "'") ?? plain) : environment[variable];
    return [
      name.replace(/^no-/, '').replaceAll('-', '_'),
      text === undefined ? !name.startsWith('no-') : decoded(text),
    ];
  });
  return Object.fromEntries(
    values.filter(([name]) => Object.hasOwn(keyMaterialSchema.attributes, name)),
  );
}

/** Flags that hold a command line hold it as JSON. */
function decoded(text: string): unknown {
  return text.startsWith('[') ? JSON.parse(text) : text;
}
