/**
 * The resources of this package as they stand in `cdk.tf.json`:
 * each import of key material, with the key that it goes into.
 */
import type { externalKeySchema } from '../schema/external-key';
import type { keyMaterialSchema } from '../schema/key-material';
import type { AttributeSchema } from '../schema/model';

type Attributes = Readonly<Record<string, AttributeSchema>>;

/** References (`${…}`) are strings, whatever type the attribute has. */
type Written<Type> = Type extends 'string'
  ? string
  : Type extends 'number'
    ? number | string
    : Type extends 'bool'
      ? boolean | string
      : Type extends readonly ['map', 'string']
        ? Readonly<Record<string, string>> | string
        : readonly string[] | string;

/**
 * Attributes that a configuration may set, under their Terraform names.
 * Attributes that it does not set are absent.
 */
export type Configured<Schema extends { readonly attributes: Attributes }> = {
  readonly [Name in keyof Schema['attributes'] as Schema['attributes'][Name] extends
    | { readonly required: true }
    | { readonly optional: true }
    ? Name
    : never]?: Written<Schema['attributes'][Name]['type']>;
};

/** One `byok_external_key`. */
export interface SynthesizedKey {
  /** Address in Terraform, for example `byok_external_key.payments_Key_24D6DFD2`. */
  readonly address: string;
  readonly attributes: Configured<typeof externalKeySchema>;
}

/**
 * One import of key material: a `byok_key_material`,
 * or the null resource of hooks that does the same.
 */
export interface SynthesizedImport {
  /** Address in Terraform, for example `byok_key_material.payments_5AA7C358`. */
  readonly address: string;
  /** Attributes of `byok_key_material`, for hooks as well. */
  readonly attributes: Configured<typeof keyMaterialSchema>;
  /** The key that the material goes into; undefined if the same stack does not declare it. */
  readonly key: SynthesizedKey | undefined;
}
