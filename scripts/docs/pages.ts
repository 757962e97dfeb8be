/**
 * Which page of docs/ comes from what. Pages are text made of data; reading and writing is the
 * caller's.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  keyDataSourceSchema,
  keysDataSourceSchema,
  observedKeyAttributes,
} from '../../lib/schema/data-sources';
import { externalKeySchema } from '../../lib/schema/external-key';
import { fingerprintFunctionSchema } from '../../lib/schema/fingerprint-function';
import { importParametersSchema } from '../../lib/schema/import-parameters';
import { keyMaterialSchema } from '../../lib/schema/key-material';
import type { BlockSchema } from '../../lib/schema/model';
import { materialSourceAttributes } from '../../lib/terms/material';
import { checkJsonPage } from './check-json-page';
import { cliPage } from './cli-page';
import { errorsPage } from './errors-page';
import { functionPage } from './function-page';
import { keyMaterialAdoption, keyMaterialGuide } from './key-material-guide';
import { fenced, hcl } from './markdown';
import { type PageKind, providerPage, type SchemaPageContent, schemaPage } from './schema-page';

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** @returns undefined when there is no such file */
export type ReadText = (path: string) => string | undefined;

/** A resource of any kind; what is left out is empty. */
interface Subject extends Partial<Pick<SchemaPageContent, 'notes' | 'objects' | 'ending'>> {
  readonly kind: PageKind;
  readonly schema: BlockSchema;
  readonly guide?: (example: (name: string) => string) => readonly string[];
}

const subjects: Readonly<Record<string, Subject>> = {
  byok_external_key: {
    kind: 'Resource',
    schema: externalKeySchema,
    notes: [
      'The key is created empty. It can encrypt nothing until `byok_key_material` imported material into it.',
    ],
    ending: importSection('byok_external_key'),
  },
  byok_key_material: {
    kind: 'Resource',
    schema: keyMaterialSchema,
    notes: [
      `At most one of ${materialSourceAttributes.map((name) => `\`${name}\``).join(', ')} says where the material comes from. Without any, or when a file or variable is not there, a plan still works; it is an error only when an import is due. A file must be a regular one, or a link to one, of at most 1 MiB: a pipe or a device is refused, since plan and apply both read it.`,
      'The KMS binds a key to the first material it was given: other material for the same key is refused for ever. A new material needs a new key.',
    ],
    guide: keyMaterialGuide,
    ending: [...importSection('byok_key_material'), ...keyMaterialAdoption],
  },
  byok_key: {
    kind: 'Data Source',
    schema: keyDataSourceSchema,
    notes: [
      'Of any origin. To adopt a key into this configuration, import it as a `byok_external_key` instead.',
    ],
  },
  byok_keys: {
    kind: 'Data Source',
    schema: keysDataSourceSchema,
    objects: { keys: observedKeyAttributes },
  },
  byok_import_parameters: {
    kind: 'Ephemeral Resource',
    schema: importParametersSchema,
    notes: [
      'Needs Terraform 1.10 or OpenTofu 1.11. Its values can go into provisioners, provider blocks and write-only attributes, and nowhere else.',
    ],
  },
};

/** Where a kind has its pages and examples, in the layout of the registry. */
const kinds: Readonly<Record<PageKind, { folder: string; exampleFile: string; heading: string }>> =
  {
    Resource: { folder: 'resources', exampleFile: 'resource.tf', heading: 'Resources' },
    'Data Source': {
      folder: 'data-sources',
      exampleFile: 'data-source.tf',
      heading: 'Data sources',
    },
    'Ephemeral Resource': {
      folder: 'ephemeral-resources',
      exampleFile: 'ephemeral-resource.tf',
      heading: 'Ephemeral resources',
    },
  };

const functions = { fingerprint: fingerprintFunctionSchema } as const;

/** Written by hand; a test compares the list with what is there. */
const guides = [
  'From an empty folder to a key of your own: [the first key](first-key.md)',
  'How Terraform finds the provider, and Terraform by hand: [the provider](provider.md)',
  'A key and its material that exist already: [adopt](adopt.md)',
  "From the resources of the vendors' providers: [moving](moving.md)",
  'Which version of Terraform or OpenTofu can do what: [hosts](hosts.md)',
  'What a plan does to keys, told to those who review it: [review](review.md)',
  'Review and deploy with least privilege: [keys by pull request](pull-requests.md)',
  'Material that expires and is renewed: [rolling expiry](rolling-expiry.md)',
  'New material, and the old for what it encrypted: [rotation](rotation.md)',
  'Material that never leaves an HSM: [the protocol of `wrap_command`](hsm.md)',
  'Material from an offline machine: [the key ceremony](ceremony.md)',
  'Without a provider of third parties: [hooks](hooks.md)',
  'From a stack of CloudFormation: [AWS CDK](aws-cdk.md)',
  'Apps of CDK Terrain, which command runs on which Node.js, Python and Go: [CDK Terrain](cdktn.md)',
  'To a newer version of this package: [upgrading](upgrading.md)',
  'Declarations and deployments in jest, without a cloud: [test your stacks](testing.md)',
  'Expiring and missing material, for cron and CI: [`byok check`](check.md)',
  'All keys of all projects, between deployments: [watch](watch.md)',
  'Alarms for every key that there is or will be: [metrics](metrics.md)',
  'When material ends, and when to act, to subscribe to: [calendar](calendar.md)',
  'Every command and flag of `byok`: [commands](cli.md)',
  'What `byok` prints for programs: [`--json`](json.md), and [`byok check --json`](check-json.md) name by name',
  'What you see, and what to do: [troubleshooting](troubleshooting.md)',
  'All error codes, of the KMS too: [errors](errors.md)',
  'All constructs and functions of TypeScript: [API](../API.md)',
];

/** @param read finds the examples. @throws Error when one is missing */
export function pages(read: ReadText): readonly Page[] {
  const example = (path: string): string => {
    const text = read(`examples/${path}`);
    if (text === undefined) {
      throw new Error(`the example examples/${path} is missing`);
    }
    return text.trimEnd();
  };
  const subjectPages = Object.entries(subjects).map(
    ([type, { kind, schema, notes = [], objects = {}, ending = [], guide = () => [] }]) => {
      const { folder, exampleFile } = kinds[kind];
      const content = schemaPage({
        ...{ type, kind, schema, notes, objects, ending },
        example: example(`${folder}/${type}/${exampleFile}`),
        guide: guide((name) => example(`${folder}/${type}/${name}.tf`)),
      });
      return { path: `docs/${pageOf(type, folder)}`, content };
    },
  );
  const functionPages = Object.entries(functions).map(([name, schema]) => ({
    path: `docs/functions/${name}.md`,
    content: functionPage({ name, schema, example: example(`functions/${name}/function.tf`) }),
  }));
  return [
    {
      path: 'docs/index.md',
      content: providerPage({ links: indexLinks(), example: example('provider/provider.tf') }),
    },
    ...subjectPages,
    ...functionPages,
    { path: 'docs/errors.md', content: errorsPage() },
    { path: 'docs/cli.md', content: cliPage() },
    { path: 'docs/check-json.md', content: checkJsonPage() },
  ];
}

function pageOf(type: string, folder: string): string {
  return `${folder}/${type.replace(/^byok_/, '')}.md`;
}

function indexLinks(): Readonly<Record<string, readonly string[]>> {
  const ofKinds = Object.entries(kinds).map(([kind, { folder, heading }]) => [
    heading,
    Object.entries(subjects)
      .filter(([, subject]) => subject.kind === kind)
      .map(([type]) => `[\`${type}\`](${pageOf(type, folder)})`),
  ]);
  return {
    ...Object.fromEntries(ofKinds),
    Functions: Object.keys(functions).map(
      (name) => `[\`provider::byok::${name}\`](functions/${name}.md)`,
    ),
    Guides: guides,
  };
}

function importSection(type: string): readonly string[] {
  const id = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
  return [
    '## Import',
    'By the id of the key, in a configuration:',
    hcl(`import {\n  to = ${type}.payments\n  id = "${id}"\n}`),
    'or on the command line:',
    fenced('shell', `terraform import ${type}.payments ${id}`),
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
