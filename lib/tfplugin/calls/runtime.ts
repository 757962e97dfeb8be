/** What one provider process knows, and the two lookups that most calls start with. */
import { ByokError } from '../../errors';
import type { Logger } from '../process/log';
import type { Work } from '../process/work';
import type {
  Definitions,
  LateDefinition,
  ProviderDefinition,
  ResourceDefinition,
} from '../provider';

/** A handler may replace `configured`. */
export interface Runtime {
  readonly definition: ProviderDefinition<unknown>;
  configured: { readonly client: unknown } | undefined;
  readonly stop: AbortController;
  readonly work: Work;
  readonly log: Logger;
}

/** @throws ByokError ERR_CONFIGURATION before ConfigureProvider */
export function configuredClient({ configured }: Runtime): unknown {
  if (configured === undefined) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      'the provider was asked to work before it was configured',
    );
  }
  return configured.client;
}

/**
 * @param kind for the error, for example `resource type`
 * @throws ByokError ERR_ARGUMENT when this provider does not define the name
 */
export function findDefinition<Definition extends { readonly schema: unknown }>(
  definitions: Definitions<Definition> | undefined,
  kind: string,
  name: string,
): Definition {
  const found =
    definitions !== undefined && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (found === undefined) {
    throw new ByokError('ERR_ARGUMENT', `this version of the provider has no ${kind} "${name}"`);
  }
  return 'load' in found ? loaded(found) : found;
}

export function resourceDefinition(
  { definition }: Runtime,
  typeName: string,
): ResourceDefinition<unknown> {
  return findDefinition(definition.resources, 'resource type', typeName);
}

/**
 * A bundled module copies its exports at every require; a plan of a thousand resources has ten
 * thousand calls.
 */
const definitionsLoaded = new WeakMap<object, unknown>();

function loaded<Definition extends { readonly schema: unknown }>(
  late: LateDefinition<Definition>,
): Definition {
  const known = (definitionsLoaded.get(late) as Definition | undefined) ?? late.load();
  definitionsLoaded.set(late, known);
  return known;
}
