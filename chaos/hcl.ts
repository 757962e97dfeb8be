/** A configuration as the real terraform reads it. */
import { addressOf, type Configuration, type DeclaredObject, resourceTypes } from './configuration';
import type { Attributes } from './terraform-values';

/** @param provider attributes of both of its blocks */
export function hclOf({ objects, moved = [] }: Configuration, provider: Attributes): string {
  const typeOf = (name: string) => objects.find((object) => object.name === name)?.type ?? 'key';
  return [
    'terraform {\n  required_providers {\n    byok = { source = "terraform.local/cdktf-byok/byok" }\n  }\n}',
    block('provider "byok"', lines(provider)),
    ...(objects.some((object) => object.provider === 'two')
      ? [block('provider "byok"', ['alias = "two"', ...lines(provider)])]
      : []),
    ...objects.map((object) => resource(object, objects)),
    ...moved.map(({ from, to }) => {
      const [before, after] = [from, to].map((name) => addressOf({ type: typeOf(to), name }));
      return block('moved', [`from = ${before}`, `to = ${after}`]);
    }),
    '',
  ].join('\n');
}

function resource(object: DeclaredObject, objects: readonly DeclaredObject[]): string {
  const { type, name, provider, attributes, keyName, ignoreChanges, createBeforeDestroy } = object;
  const key = objects.find((one) => one.name === keyName);
  const lifecycle = [
    ...(ignoreChanges.length > 0 ? [`ignore_changes = [${ignoreChanges.join(', ')}]`] : []),
    ...(createBeforeDestroy ? ['create_before_destroy = true'] : []),
  ];
  return block(`resource "${resourceTypes[type]}" "${name}"`, [
    ...(provider === 'one' ? [] : [`provider = byok.${provider}`]),
    ...(key === undefined ? [] : [`key_id = ${addressOf(key)}.key_id`]),
    ...lines(attributes),
    ...(lifecycle.length > 0 ? [`lifecycle {\n    ${lifecycle.join('\n    ')}\n  }`] : []),
  ]);
}

function lines(attributes: Attributes): string[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
}

function block(head: string, body: readonly string[]): string {
  return `${head} {\n${body.map((line) => `  ${line}\n`).join('')}}`;
}
