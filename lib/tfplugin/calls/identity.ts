/** The identity of an object: the attributes of its state that name it, in a message of their own. */
import { ByokError } from '../../errors';
import type { BlockSchema, ResourceSchema } from '../../schema/model';
import type { ResourceIdentityData } from '../grpc/messages';
import type { Input, Message } from '../grpc/protobuf';
import type { Values } from '../values/value';
import { decodeConfig } from '../values/value-decoder';
import { encodeState } from '../values/value-encoder';

/** @returns undefined if the object is gone, or a part of its identity is not known */
export function identityOf(
  schema: ResourceSchema,
  state: Values | null,
): Input<typeof ResourceIdentityData> | undefined {
  const named = schema.identity.map((name) => [name, state?.[name]] as const);
  return named.length > 0 && named.every(([, value]) => typeof value === 'string')
    ? { identityData: encodeState(identityBlock(schema), Object.fromEntries(named) as Values) }
    : undefined;
}

/**
 * The id for an import by identity.
 *
 * @throws ByokError ERR_ARGUMENT if it is null
 */
export function idOf(schema: ResourceSchema, given: Message<typeof ResourceIdentityData>): string {
  const values = decodeConfig(identityBlock(schema), given.identityData) ?? {};
  const [name = ''] = schema.identity;
  const id = values[name];
  if (typeof id !== 'string') {
    throw new ByokError('ERR_ARGUMENT', `the identity has no ${name}; give it`);
  }
  return id;
}

/** The identity as a block, which the codec of values understands. */
function identityBlock({ identity, attributes, description }: ResourceSchema): BlockSchema {
  return {
    description,
    attributes: Object.fromEntries(
      Object.entries(attributes).filter(([name]) => identity.includes(name)),
    ),
  };
}
