/** docs/check-json.md: the names in the JSON of `byok check`, read off its schema. */
import schema from '../../lib/report/watch/check-result.schema.json';
import { joined } from './markdown';

/** What the page reads of a property. */
interface Property {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly anyOf?: readonly Property[];
}

export function checkJsonPage(): string {
  const { source, finding } = schema.definitions;
  return joined([
    '---\npage_title: "The JSON of byok check - byok"\ndescription: |-\n  Every name in what byok check --json prints.\n---',
    '<!-- Written by "npm run docs" from lib/report/watch/check-result.schema.json; edit there. -->',
    '# The JSON of `byok check`',
    `An example is in [JSON](json.md#byok-check). All names are always there; readers must let further ones pass. The schema is in the package: \`dist/bundle/check-result.schema.json\`. This is \`${schema.properties.schema.const}\`.`,
    '## The object',
    list(schema.properties),
    '## Each of `sources`',
    list(source.properties),
    '## Each of `findings`',
    list(finding.properties),
    '[All pages](index.md)',
  ]);
}

function list(properties: Readonly<Record<string, Property>>): string {
  return Object.entries(properties)
    .map(([name, property]) => `- \`${name}\` (${kindOf(property)}): ${property.description}.`)
    .join('\n');
}

function kindOf(property: Property): string {
  if (property.const !== undefined) {
    return `\`${String(property.const)}\``;
  }
  if (property.anyOf !== undefined) {
    return property.anyOf.map(kindOf).join(' or ');
  }
  if (property.enum !== undefined) {
    return property.enum.map((value) => `\`${String(value)}\``).join(', ');
  }
  const named = /[^/]+$/.exec(property.$ref ?? '')?.[0];
  if (named === 'instant') {
    return 'instant';
  }
  const referred = Object.entries<Property>(schema.definitions).find(([name]) => name === named);
  return referred === undefined ? [property.type ?? []].flat().join(' or ') : kindOf(referred[1]);
}
