/**
 * A synthesized stack, `cdk.tf.json`: which construct declares what, and of keys and their material
 * what the code says of them. Values that are expressions are known to Terraform only. Pure.
 */
import { ByokError } from '../../errors';
import { isRecord, type JsonRecord, tryParseRecord } from '../../json';
import type { Attributes } from '../recorded-material';
import { isOurs, type KeyType, readableAttributes } from './planned-change';

export interface DeclaredResource {
  /** Without an instance. */
  readonly address: string;
  readonly type: KeyType;
  /** What a review may read, if it is written out. */
  readonly attributes: Attributes;
  /** Attributes that only Terraform will know. */
  readonly later: readonly string[];
  /** Attributes that are given, also those that no review may read. */
  readonly given: readonly string[];
  /** The address of the key that `key_id` refers to. */
  readonly keyAddress: string | undefined;
}

export interface Synthesized {
  readonly resources: readonly DeclaredResource[];
  /** The construct that declares an address; undefined if it is not declared here. */
  readonly pathOf: (address: string) => string | undefined;
  /** Keys that hooks keep. */
  readonly hooks: number;
  /** Calls of Terraform modules, which no synthesized stack holds. */
  readonly modules: number;
}

const howTo = 'give the folder of a stack that "cdktf synth" wrote, such as cdktf.out/stacks/prod';

/** @throws ByokError ERR_ARGUMENT if it is no synthesized stack */
export function synthesizedIn(content: string, place: string): Synthesized {
  const json = tryParseRecord(content);
  const { metadata } = isRecord(json?.['//']) ? json['//'] : {};
  const { resource: types = {}, module: modules = {} } = json ?? {};
  if (
    !isRecord(metadata) ||
    !isRecord(modules) ||
    !isRecord(types) ||
    !Object.values(types).every(isRecord)
  ) {
    throw new ByokError('ERR_ARGUMENT', `${place} is no synthesized stack in JSON; ${howTo}`);
  }
  const bodies = Object.entries(types as Readonly<Record<string, JsonRecord>>).flatMap(
    ([type, named]) =>
      Object.entries(named).map(([name, body]) => {
        // What is not understood must not look like a declaration of nothing.
        if (!isRecord(body)) {
          throw new ByokError(
            'ERR_ARGUMENT',
            `${place} is not as cdktf writes it: the resource ${JSON.stringify(`${type}.${name}`)} is no object; ${howTo}`,
          );
        }
        return { type, name, body };
      }),
  );
  const paths = new Map(
    bodies.map(({ type, name, body }): [string, string | undefined] => [
      `${type}.${name}`,
      pathIn(body),
    ]),
  );
  return {
    resources: bodies.flatMap(({ type, name, body }) =>
      isOurs(type) ? [resourceOf(type, `${type}.${name}`, body)] : [],
    ),
    pathOf: (address) => paths.get(address),
    hooks: bodies.filter(
      ({ type, body }) =>
        type === 'null_resource' && isRecord(body.triggers) && 'drift_token' in body.triggers,
    ).length,
    modules: Object.keys(modules).length,
  };
}

function pathIn(body: JsonRecord): string | undefined {
  const { metadata } = isRecord(body['//']) ? body['//'] : {};
  const path = isRecord(metadata) ? metadata.path : undefined;
  return typeof path === 'string' ? path.slice(0, 2000) : undefined;
}

function resourceOf(type: KeyType, address: string, body: JsonRecord): DeclaredResource {
  const given = Object.keys(body).filter((name) => (body[name] ?? undefined) !== undefined);
  const later = given.filter((name) => isExpression(body[name]));
  const [, keyName] =
    /^\$\{byok_external_key\.([\w-]+)(?:\[each\.key\])?\.key_id\}$/.exec(String(body.key_id)) ?? [];
  return {
    address,
    type,
    attributes: Object.fromEntries(
      readableAttributes
        .filter((name) => given.includes(name) && !later.includes(name))
        .map((name) => [name, body[name]]),
    ),
    later,
    given,
    keyAddress: keyName === undefined ? undefined : `byok_external_key.${keyName}`,
  };
}

/** A doubled `$` or `%` stands for itself. */
function isExpression(value: unknown): boolean {
  return typeof value === 'string' && /(?<!\$)\$\{|(?<!%)%\{/.test(value);
}
