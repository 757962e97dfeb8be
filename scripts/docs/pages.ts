/** Which page of docs/ comes from what. Pages are text made of data; reading and writing is the caller's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalKeySchema } from '../../lib/schema/external-key';
import { keyMaterialSchema, materialSourceAttributes } from '../../lib/schema/key-material';
import { errorsPage } from './errors-page';
import { providerPage, resourcePage } from './schema-page';

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** @returns undefined when there is no such file */
export type ReadText = (path: string) => string | undefined;

const resources = {
  byok_external_key: {
    schema: externalKeySchema,
    example: 'payments',
    notes: ['The key is created empty. It can encrypt nothing until `byok_key_material` imported material into it.'],
  },
  byok_key_material: {
    schema: keyMaterialSchema,
    example: 'payments',
    notes: [
      `At most one of ${materialSourceAttributes.map((name) => `\`${name}\``).join(', ')} says where the material comes from. Without any, or when a file or variable is not there, a plan still works; it is an error only when an import is due.`,
      'The KMS binds a key to the first material it was given: other material for the same key is refused for ever. A new material needs a new key.',
    ],
  },
} as const;

/** @param read finds the examples. @throws Error when one is missing */
export function pages(read: ReadText): readonly Page[] {
  const example = (path: string): string => {
    const text = read(path);
    if (text === undefined) {
      throw new Error(`the example ${path} is missing`);
    }
    return text.trimEnd();
  };
  const resourcePages = Object.entries(resources).map(([type, { schema, example: name, notes }]) => ({
    path: `docs/resources/${type.replace(/^byok_/, '')}.md`,
    content: resourcePage({ type, schema, notes, name, example: example(`examples/resources/${type}/resource.tf`) }),
  }));
  return [
    { path: 'docs/index.md', content: providerPage(Object.keys(resources), example('examples/provider/provider.tf')) },
    ...resourcePages,
    { path: 'docs/errors.md', content: errorsPage() },
  ];
}

/** Pages that are not in the repository as they should be. */
export function outdatedPages(wanted: readonly Page[], read: ReadText): readonly Page[] {
  return wanted.filter(({ path, content }) => read(path) !== content);
}

export function readText(root: string): ReadText {
  return (path) => {
    try {
      return readFileSync(join(root, path), 'utf8');
    } catch {
      return undefined;
    }
  };
}
