/**
 * docs/functions/: a provider function in the layout of the Terraform registry: example, signature,
 * arguments.
 */
import type { AttributeType, FunctionSchema, ParameterSchema } from '../../lib/schema/model';
import { providerName } from '../../lib/schema/provider';
import { fenced, frontMatter, hcl, joined } from './markdown';
import { typeName } from './schema-page';

export interface FunctionPageContent {
  readonly name: string;
  readonly schema: FunctionSchema;
  /** Terraform text. */
  readonly example: string;
}

export function functionPage({ name, schema, example }: FunctionPageContent): string {
  const { summary, description, parameters, variadic, returnType } = schema;
  const all = variadic === undefined ? parameters : [...parameters, variadic];
  const signature = [
    ...parameters.map(signed),
    ...(variadic === undefined ? [] : [`${signed(variadic)}...`]),
  ].join(', ');
  return joined([
    frontMatter(`${name} function - ${providerName}`, summary),
    `# function: ${name}`,
    description,
    '## Example Usage',
    hcl(example),
    '## Signature',
    fenced('text', `${name}(${signature}) ${expression(returnType)}`),
    '## Arguments',
    all
      .map((parameter, index) => `${index + 1}. ${argumentLine(parameter, parameter === variadic)}`)
      .join('\n'),
  ]);
}

function signed({ name, type }: ParameterSchema): string {
  return `${name} ${expression(type)}`;
}

function argumentLine(
  { name, type, description, allowed, allowNull }: ParameterSchema,
  isVariadic: boolean,
): string {
  const marks = [isVariadic && 'Variadic', typeName(type), allowNull && 'Nullable']
    .filter(Boolean)
    .join(', ');
  const facts =
    allowed === undefined ? '' : ` Allowed: ${allowed.map((value) => `\`${value}\``).join(', ')}.`;
  return `\`${name}\` (${marks}) ${description}${facts}`;
}

/** A type as Terraform's own language writes it. */
function expression(type: AttributeType): string {
  if (typeof type === 'string') {
    return type;
  }
  if (type[0] === 'object') {
    const fields = Object.entries(type[1]).map(([name, field]) => `${name} = ${expression(field)}`);
    return `object({ ${fields.join(', ')} })`;
  }
  return `${type[0]}(${expression(type[1])})`;
}
