/**
 * Pages in the layout of the Terraform registry: front matter, example, sections of prose,
 * attributes by kind, nested objects, import.
 */
import type { AttributeSchema, AttributeType, BlockSchema } from '../../lib/schema/model';
import { providerName, providerSchema } from '../../lib/schema/provider';
import { frontMatter, hcl, joined } from './markdown';

const scalarNames = { string: 'String', number: 'Number', bool: 'Boolean' } as const;
const collectionNames = { list: 'List', set: 'Set', map: 'Map' } as const;

const writeOnlyLink =
  '[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)';

/** Sections in the registry's order; an attribute is in the first one that it fits. */
const sections = [
  { title: 'Required', holds: (attribute: AttributeSchema) => attribute.required === true },
  { title: 'Optional', holds: (attribute: AttributeSchema) => attribute.optional === true },
  { title: 'Read-Only', holds: () => true },
] as const;

export interface IndexPageContent {
  /** Links to all other pages, by heading. */
  readonly links: Readonly<Record<string, readonly string[]>>;
  /** Terraform text. */
  readonly example: string;
}

export function providerPage({ links, example }: IndexPageContent): string {
  return joined([
    frontMatter(`${providerName} Provider`, providerSchema.description),
    `# ${providerName} Provider`,
    providerSchema.description,
    '## Example Usage',
    hcl(example),
    '## Pages',
    ...Object.entries(links).flatMap(([title, list]) => [
      `${title}:`,
      list.map((link) => `- ${link}`).join('\n'),
    ]),
    ...schemaSections(providerSchema),
  ]);
}

export type PageKind = 'Resource' | 'Data Source' | 'Ephemeral Resource';

export interface SchemaPageContent {
  readonly type: string;
  readonly kind: PageKind;
  readonly schema: BlockSchema;
  /** Paragraphs about several attributes at once. */
  readonly notes: readonly string[];
  /** Terraform text. */
  readonly example: string;
  /** Finished Markdown between the example and the schema. */
  readonly guide: readonly string[];
  /** Descriptions for what the objects of an attribute hold. */
  readonly objects: Readonly<Record<string, Readonly<Record<string, AttributeSchema>>>>;
  /** Finished Markdown at the end. */
  readonly ending: readonly string[];
}

export function schemaPage({
  type,
  kind,
  schema,
  notes,
  example,
  guide,
  objects,
  ending,
}: SchemaPageContent): string {
  return joined([
    frontMatter(`${type} ${kind} - ${providerName}`, schema.description),
    `# ${type} (${kind})`,
    schema.description,
    ...notes,
    '## Example Usage',
    hcl(example),
    ...guide,
    ...schemaSections(schema, objects),
    ...ending,
  ]);
}

function schemaSections(schema: BlockSchema, objects: SchemaPageContent['objects'] = {}): string[] {
  const blocks = Object.entries(schema.blocks ?? {});
  const nestedBlocks = blocks.flatMap(([name, block]) => [
    ...nestedHeading(blockAnchor(name), name),
    block.description,
    ...attributeSections(block, (title) => `${title}:`),
  ]);
  const nestedObjects = Object.entries(objects).flatMap(([name, attributes]) => [
    ...nestedHeading(objectAnchor(name), name),
    'Read-Only:',
    attributeLines(Object.entries(attributes), {}).join('\n'),
  ]);
  const blockList = blocks.map(
    ([name, { description }]) =>
      `- \`${name}\` (Block) ${description} (see [below](#${blockAnchor(name)}))`,
  );
  return [
    '## Schema',
    ...attributeSections(schema, (title) => `### ${title}`, blockList, objects),
    ...nestedBlocks,
    ...nestedObjects,
  ];
}

const blockAnchor = (name: string) => `nestedblock--${name}`;
const objectAnchor = (name: string) => `nestedatt--${name}`;

function nestedHeading(anchor: string, name: string): string[] {
  return [`<a id="${anchor}"></a>`, `### Nested Schema for \`${name}\``];
}

/** @param blocks lines at the end of the optional attributes */
function attributeSections(
  schema: BlockSchema,
  heading: (title: string) => string,
  blocks: readonly string[] = [],
  objects: SchemaPageContent['objects'] = {},
): string[] {
  const rest = new Map<string, AttributeSchema>(Object.entries(schema.attributes));
  return sections.flatMap(({ title, holds }) => {
    const here = [...rest].filter(([, attribute]) => holds(attribute));
    for (const [name] of here) {
      rest.delete(name);
    }
    const lines = [...attributeLines(here, objects), ...(title === 'Optional' ? blocks : [])];
    return lines.length === 0 ? [] : [heading(title), lines.join('\n')];
  });
}

function attributeLines(
  attributes: readonly (readonly [string, AttributeSchema])[],
  objects: SchemaPageContent['objects'],
): string[] {
  return [...attributes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, attribute]) =>
        `${attributeLine(name, attribute)}${name in objects ? ` (see [below](#${objectAnchor(name)}))` : ''}`,
    );
}

function attributeLine(name: string, attribute: AttributeSchema): string {
  const {
    type,
    description,
    optional,
    computed,
    sensitive,
    writeOnly,
    deprecated,
    allowed,
    requiresReplace,
  } = attribute;
  const marks = [
    typeName(type),
    sensitive && 'Sensitive',
    writeOnly && writeOnlyLink,
    deprecated && 'Deprecated',
  ].filter(Boolean);
  const facts = [
    attribute.default !== undefined && `Default: \`${attribute.default}\`.`,
    allowed && `Allowed: ${allowed.map((value) => `\`${value}\``).join(', ')}.`,
    optional && computed && attribute.default === undefined && 'Computed when omitted.',
    requiresReplace && 'Forces replacement.',
  ].filter(Boolean);
  return `- \`${name}\` (${marks.join(', ')}) ${[description, ...facts].join(' ')}`;
}

/**
 * As the registry writes it: "List of String". What an object holds stands in a section of its own.
 */
export function typeName(type: AttributeType): string {
  if (typeof type === 'string') {
    return scalarNames[type];
  }
  return type[0] === 'object' ? 'Object' : `${collectionNames[type[0]]} of ${typeName(type[1])}`;
}
