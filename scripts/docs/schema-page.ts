/** Pages in the layout of the Terraform registry: front matter, example, attributes by kind, nested blocks, import. */
import type { AttributeSchema, AttributeType, BlockSchema, ResourceSchema } from '../../lib/schema/model';
import { providerName, providerSchema } from '../../lib/schema/provider';

const scalarNames = { string: 'String', number: 'Number', bool: 'Boolean' } as const;
const collectionNames = { list: 'List', set: 'Set', map: 'Map' } as const;

const writeOnlyLink = '[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)';

/** Sections in the registry's order; an attribute is in the first one that it fits. */
const sections = [
  { title: 'Required', holds: (attribute: AttributeSchema) => attribute.required === true },
  { title: 'Optional', holds: (attribute: AttributeSchema) => attribute.optional === true },
  { title: 'Read-Only', holds: () => true },
] as const;

export function providerPage(resourceTypes: readonly string[], example: string): string {
  const links = resourceTypes.map((type) => `- [\`${type}\`](resources/${type.replace(`${providerName}_`, '')}.md)`);
  return joined([
    frontMatter(`${providerName} Provider`, providerSchema.description),
    `# ${providerName} Provider`,
    providerSchema.description,
    links.join('\n'),
    'What its errors mean: [errors](errors.md).',
    '## Example Usage',
    hcl(example),
    ...schemaSections(providerSchema),
  ]);
}

export interface ResourcePageContent {
  readonly type: string;
  readonly schema: ResourceSchema;
  /** Paragraphs about several attributes at once. */
  readonly notes: readonly string[];
  /** Name of the resource in the import example. */
  readonly name: string;
  /** Terraform text. */
  readonly example: string;
}

export function resourcePage({ type, schema, notes, name, example }: ResourcePageContent): string {
  return joined([
    frontMatter(`${type} Resource - ${providerName}`, schema.description),
    `# ${type} (Resource)`,
    schema.description,
    ...notes,
    '## Example Usage',
    hcl(example),
    ...schemaSections(schema),
    '## Import',
    'By the id of the key, in a configuration:',
    hcl(`import {\n  to = ${type}.${name}\n  id = "${exampleKeyId}"\n}`),
    'or on the command line:',
    fenced('shell', `terraform import ${type}.${name} ${exampleKeyId}`),
  ]);
}

const exampleKeyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function schemaSections(schema: BlockSchema): string[] {
  const blocks = Object.entries(schema.blocks ?? {});
  const nested = blocks.flatMap(([name, block]) => [
    `<a id="nestedblock--${name}"></a>`,
    `### Nested Schema for \`${name}\``,
    block.description,
    ...attributeSections(block, (title) => `${title}:`),
  ]);
  const blockList = blocks.map(([name, { description }]) => `- \`${name}\` (Block) ${description} (see [below](#nestedblock--${name}))`);
  return ['## Schema', ...attributeSections(schema, (title) => `### ${title}`, blockList), ...nested];
}

/** @param blocks lines at the end of the optional attributes */
function attributeSections(schema: BlockSchema, heading: (title: string) => string, blocks: readonly string[] = []): string[] {
  const rest = new Map<string, AttributeSchema>(Object.entries(schema.attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sections.flatMap(({ title, holds }) => {
    const here = [...rest].filter(([, attribute]) => holds(attribute));
    for (const [name] of here) {
      rest.delete(name);
    }
    const lines = [...here.map(([name, attribute]) => attributeLine(name, attribute)), ...(title === 'Optional' ? blocks : [])];
    return lines.length === 0 ? [] : [heading(title), lines.join('\n')];
  });
}

function attributeLine(name: string, attribute: AttributeSchema): string {
  const { type, description, optional, computed, sensitive, writeOnly, deprecated, allowed, requiresReplace } = attribute;
  const marks = [typeName(type), sensitive && 'Sensitive', writeOnly && writeOnlyLink, deprecated && 'Deprecated'].filter(Boolean);
  const facts = [
    attribute.default !== undefined && `Default: \`${attribute.default}\`.`,
    allowed && `Allowed: ${allowed.map((value) => `\`${value}\``).join(', ')}.`,
    optional && computed && attribute.default === undefined && 'Computed when omitted.',
    requiresReplace && 'Forces replacement.',
  ].filter(Boolean);
  return `- \`${name}\` (${marks.join(', ')}) ${[description, ...facts].join(' ')}`;
}

/** As the registry writes it: "List of String", "Object: `a` (String), `b` (Number)". */
function typeName(type: AttributeType): string {
  if (typeof type === 'string') {
    return scalarNames[type];
  }
  if (type[0] === 'object') {
    const fields = Object.entries(type[1]).map(([name, field]) => `\`${name}\` (${typeName(field)})`);
    return `Object: ${fields.join(', ')}`;
  }
  return `${collectionNames[type[0]]} of ${typeName(type[1])}`;
}

function frontMatter(title: string, description: string): string {
  return `---\npage_title: "${title}"\ndescription: |-\n  ${description}\n---\n\n<!-- Written by "npm run docs" from lib/schema; edit there. -->`;
}

function hcl(text: string): string {
  return fenced('terraform', text);
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function joined(paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`;
}
