/**
 * API.md: the public TypeScript API on one page, a section for each construct, class, function,
 * interface and type.
 */
import type { ApiModule, ApiSymbol, Base, Callable, Field, TypePart } from './api-model';
import { fenced, joined, table } from './markdown';
import type { Doc } from './tsdoc';

/** What each subpath is for. */
const purposes: Readonly<Record<string, string>> = {
  'cdktf-byok':
    'Constructs for CDKTF and CDK Terrain. Synthesis talks to no cloud and reads no secret.',
  'cdktf-byok/aws-cdk':
    'Constructs for apps of the AWS CDK. `aws-cdk-lib` is loaded by this subpath only.',
  'cdktf-byok/emulator':
    'A KMS and IAM on this machine, for tests and demonstrations; `byok emulator` is the same as a command.',
  'cdktf-byok/testing':
    'Helpers for the tests of your own stacks. What they need around them, and a whole file: [test your stacks](docs/testing.md).',
};

/** Order and headings of what a subpath exports. */
const kinds: readonly { readonly kind: ApiSymbol['kind']; readonly heading: string }[] = [
  { kind: 'construct', heading: 'Constructs' },
  { kind: 'class', heading: 'Classes' },
  { kind: 'function', heading: 'Functions' },
  { kind: 'constant', heading: 'Constants' },
  { kind: 'interface', heading: 'Interfaces' },
  { kind: 'type', heading: 'Types' },
];

export function apiPage(modules: readonly ApiModule[]): string {
  return joined([
    '<!-- Written by "npm run docs" from the TSDoc in lib; edit there. -->',
    '# API',
    'Everything that the package exports to TypeScript. What the Terraform attributes behind it do is told at more length in [docs/](docs/index.md).',
    ...modules.map(contentsOf),
    ...modules.flatMap((module, index) => moduleSections(module, modules.slice(0, index))),
  ]);
}

function contentsOf({ name, symbols }: ApiModule): string {
  const lines = kinds.flatMap(({ kind, heading }) => {
    const links = symbols.filter((symbol) => symbol.kind === kind).map((symbol) => linkTo(symbol));
    return links.length === 0 ? [] : [`- ${heading}: ${links.join(', ')}`];
  });
  return [`**[\`${name}\`](#${anchorOf(name)})**`, '', ...lines].join('\n');
}

/** @param before modules on the page already: what they export is not described again */
function moduleSections({ name, symbols }: ApiModule, before: readonly ApiModule[]): string[] {
  const described = new Set(before.flatMap((module) => module.symbols));
  const again = symbols.filter((symbol) => described.has(symbol));
  const ownProps = new Set(symbols.flatMap(({ props }) => (props === undefined ? [] : [props])));
  const own = symbols.filter((symbol) => !described.has(symbol) && !ownProps.has(symbol));
  return [
    `<a id="${anchorOf(name)}"></a>`,
    `## ${name}`,
    ...[purposes[name] ?? []].flat(),
    ...(again.length === 0
      ? []
      : [`As above: ${again.map((symbol) => linkTo(symbol)).join(', ')}.`]),
    ...kinds.flatMap(({ kind, heading }) => {
      const sections = own
        .filter((symbol) => symbol.kind === kind)
        .flatMap((symbol) => symbolSection(symbol, name));
      return sections.length === 0 ? [] : [`### ${heading}`, ...sections];
    }),
  ];
}

function symbolSection(symbol: ApiSymbol, module: string): string[] {
  const { name, anchor, doc, bases, initializer, props, kind, methods, fields, definition } =
    symbol;
  const [staticFields, ownFields] = split(fields);
  const [staticMethods, ownMethods] = split(methods);
  return [
    `<a id="${anchor}"></a>`,
    `#### ${name}`,
    ...introduction(doc),
    ...(kind === 'function' ? methods.flatMap(signatureAndParameters) : []),
    ...remarks(doc),
    ...extended(bases),
    ...(definition === undefined ? [] : [fenced('ts', definition)]),
    ...(initializer === undefined
      ? []
      : [
          ...titled(
            'Initializer',
            fenced(
              'ts',
              `import { ${name} } from '${module}';\n\nnew ${name}${initializer.parameterList}`,
            ),
          ),
          ...introduction(initializer.doc),
          ...remarks(initializer.doc),
          ...(props === undefined ? lines(initializer.parameters.flatMap(parameterLine)) : []),
        ]),
    ...(props === undefined ? [] : propsSection(props)),
    ...(staticMethods.length === 0
      ? []
      : titled('Static functions', ...lines(staticMethods.map(callableLine)))),
    ...(ownFields.length === 0
      ? []
      : titled('Properties', fieldTable(ownFields, kind === 'interface'))),
    ...(kind === 'function' || ownMethods.length === 0
      ? []
      : titled('Methods', ...lines(ownMethods.map(callableLine)))),
    ...(staticFields.length === 0
      ? []
      : titled('Static properties', fieldTable(staticFields, false))),
  ];
}

function propsSection({ name, anchor, doc, bases, fields }: ApiSymbol): string[] {
  return [
    `<a id="${anchor}"></a>`,
    `##### ${name}`,
    ...introduction(doc),
    ...remarks(doc),
    ...extended(bases),
    fieldTable(fields, true),
  ];
}

function signatureAndParameters({
  name,
  parameterList,
  parameters,
  returns,
  doc,
}: Callable): string[] {
  const [returned = ''] = doc.tags.returns;
  return [
    fenced('ts', `${name}${parameterList}: ${returns}`),
    ...lines(parameters.flatMap(parameterLine)),
    ...(returned === '' ? [] : [`Returns ${inline(returned)}`]),
  ];
}

/** A method or static function with its parameters under it. */
function callableLine(callable: Callable): string {
  const { name, parameterList, parameters, returns, doc } = callable;
  const [returned = ''] = doc.tags.returns;
  const text = [
    `- \`${name}${parameterList}: ${returns}\``,
    ...doc.tags.deprecated.map((why) => `**Deprecated**: ${inline(why)}`),
    inline(doc.summary),
    returned === '' ? '' : `Returns ${inline(returned)}`,
    ...doc.tags.throws.map((when) => `Throws ${inline(when)}.`),
  ];
  const under = parameters.flatMap(parameterLine).map((line) => `  ${line}`);
  return [
    text[0],
    ...(text.slice(1).some((part) => part !== '')
      ? [`  ${text.slice(1).filter(Boolean).join(' ')}`]
      : []),
    ...under,
  ].join('\n');
}

/** Nothing for a parameter that neither says more than its name nor leads anywhere. */
function parameterLine({ name, type, doc }: Field): string[] {
  const leads = type.some(({ refersTo }) => refersTo !== undefined);
  const text = [leads ? typeText(type) : '', inline(doc.summary)].filter(Boolean).join(': ');
  return text === '' ? [] : [`- \`${name}\`: ${text}`];
}

/** @param asOptions with the column of defaults, and what is required */
function fieldTable(fields: readonly Field[], asOptions: boolean): string {
  const hasDefaults =
    asOptions && fields.some(({ optional, doc }) => optional || doc.tags.default.length > 0);
  return table(
    hasDefaults ? ['Name', 'Type', 'Default', 'Description'] : ['Name', 'Type', 'Description'],
    fields.map((field) => [
      `\`${field.name}\``,
      typeText(field.type),
      ...(hasDefaults ? [field.optional ? defaultText(field.doc) : '*required*'] : []),
      descriptionOf(field),
    ]),
  );
}

/** What has no words of its own is told by the first sentence about its type. */
function descriptionOf({ doc, type }: Field): string {
  const [only] = type.length === 1 ? type : [];
  const deprecated = doc.tags.deprecated.map((why) => `**Deprecated**: ${why} `).join('');
  const [ofType = ''] = /^[^.]*\./.exec(only?.refersTo?.doc.summary ?? '') ?? [];
  return inline(`${deprecated}${doc.summary === '' ? ofType : doc.summary}`);
}

/** "- " in front of a default means prose, as in all CDK libraries; a single word is a value. */
function defaultText({ tags }: Doc): string {
  const [text = ''] = tags.default;
  if (text.startsWith('- ')) {
    return inline(text.slice(2));
  }
  return /^("[^"]*"|[\d.]+|true|false)$/.test(text) ? `\`${text}\`` : inline(text);
}

function typeText(parts: readonly TypePart[]): string {
  return parts
    .map(({ text, refersTo }) => (refersTo === undefined ? `\`${text}\`` : linkTo(refersTo)))
    .join('')
    .replaceAll('``', '');
}

function introduction({ summary, tags }: Doc): string[] {
  return [
    ...tags.deprecated.map((why) => `**Deprecated**: ${inline(why)}`),
    ...(summary === '' ? [] : [links(summary)]),
  ];
}

function remarks({ tags }: Doc): string[] {
  return [
    ...tags.throws.map((when) => `Throws ${inline(when)}.`),
    ...tags.see.map((what) => `See ${inline(what)}`),
    ...tags.example.map((text) => (text.includes('```') ? text : fenced('ts', text))),
  ];
}

function extended(bases: readonly Base[]): string[] {
  return bases
    .filter(({ name }) => name !== 'Construct' && name !== 'Error')
    .map(({ relation, name }) => `${relation} \`${name}\`.`);
}

function titled(title: string, ...paragraphs: readonly string[]): string[] {
  return [`##### ${title}`, ...paragraphs];
}

/** One paragraph, or none. */
function lines(items: readonly string[]): string[] {
  return items.length === 0 ? [] : [items.join('\n')];
}

function split<Member extends { readonly static: boolean }>(
  members: readonly Member[],
): [Member[], Member[]] {
  return [members.filter((member) => member.static), members.filter((member) => !member.static)];
}

function linkTo({ name, anchor }: ApiSymbol): string {
  return `[\`${name}\`](#${anchor})`;
}

function anchorOf(module: string): string {
  return module.replaceAll('/', '.');
}

/** Text for a table or a list. */
function inline(text: string): string {
  return links(text).replace(/\s+/g, ' ');
}

/** `{@link https://… words}` and `{@link Name}` as Markdown. */
function links(text: string): string {
  return text
    .replace(
      /\{@link\s+(https?:[^\s}|]+)[\s|]*([^}]*)\}/g,
      (_, url: string, words: string) => `[${words === '' ? url : words}](${url})`,
    )
    .replace(/\{@link\s+([^}\s|]+)[^}]*\}/g, (_, name: string) => `\`${name}\``);
}
