/**
 * Finds the keys and imports among the resources of `cdk.tf.json`,
 * and the key that each import goes into.
 */
import { tryReadHook } from './hook-import';
import type { SynthesizedImport, SynthesizedKey } from './synthesized-import';

type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

export function keysIn(resources: Resources): SynthesizedKey[] {
  return Object.entries(resources.byok_external_key ?? {}).map(([name, attributes]) => ({
    address: `byok_external_key.${name}`,
    attributes,
  }));
}

export function importsIn(
  resources: Resources,
  keys: readonly SynthesizedKey[],
): SynthesizedImport[] {
  const declared = Object.entries(resources.byok_key_material ?? {});
  const hooks = Object.entries(resources.null_resource ?? {}).flatMap(
    ([name, resource]): [string, SynthesizedImport['attributes']][] => {
      const attributes = tryReadHook(resource);
      return attributes === undefined ? [] : [[name, attributes]];
    },
  );
  const importOf = (
    address: string,
    attributes: SynthesizedImport['attributes'],
  ): SynthesizedImport => ({
    address,
    attributes,
    key: keys.find((key) => refersTo(attributes.key_id, key.address)),
  });
  return [
    ...declared.map(([name, attributes]) => importOf(`byok_key_material.${name}`, attributes)),
    ...hooks.map(([name, attributes]) => importOf(`null_resource.${name}`, attributes)),
  ];
}

/** Matches `${byok_external_key.payments.key_id}`, also with an index after the name. */
function refersTo(reference: string | undefined, address: string): boolean {
  const [, referred] =
    /^\$\{(byok_external_key\.[\w-]+)\b.*\.(?:key_)?id\}$/.exec(reference ?? '') ?? [];
  return referred === address;
}
