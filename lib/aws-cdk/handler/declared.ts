/**
 * The function does only what its own stack declares. Anyone who may invoke it chooses the event,
 * and must not thereby choose where the material or the login goes. CloudFormation writes what is
 * declared into a parameter before it calls. A removal or a rollback may bring earlier properties,
 * so those of the latest deployments are remembered.
 */
import { ByokError } from '../../errors';
import { declarationOf, type KeyProperties, parametersVariable } from '../key-properties';
import { digestOf, type Memory, recall } from './memory';
import type { Session } from './session';
import { reasonOf } from './stored-material';

/**
 * Runs before anything else is read.
 *
 * @throws ByokError ERR_REFUSED if the stack does not declare these properties
 */
export async function recallDeclared(session: Session, properties: KeyProperties): Promise<Memory> {
  const memory = await recallOwn(session, properties);
  if (
    !isDeployed(memory, properties) &&
    digestOf(await readDeclaration(session, properties)) !== digestOf(properties)
  ) {
    throw new ByokError(
      'ERR_REFUSED',
      'the event asks for something that the stack of this function neither declares nor ' +
        `deployed recently (parameter "${declarationOf(properties.memory)}"); nothing was read ` +
        'or done',
    );
  }
  return memory;
}

/** @throws ByokError ERR_REFUSED if the event names a parameter that is not of this stack */
export async function recallOwn(
  { store, env, signal }: Session,
  { memory }: Pick<KeyProperties, 'memory'>,
): Promise<Memory> {
  const path = env[parametersVariable];
  if (
    path === undefined ||
    !String(memory).startsWith(path) ||
    !/^[\w-]+$/.test(memory.slice(path.length))
  ) {
    throw new ByokError(
      'ERR_REFUSED',
      'the event names a memory outside of the stack of this function; nothing was read or done',
    );
  }
  return recall(store, memory, signal);
}

/** Among the latest deployments. */
export function isDeployed({ deployed }: Memory, properties: KeyProperties): boolean {
  return deployed.some(({ digest }) => digest === digestOf(properties));
}

/**
 * @returns undefined if the stack declares nothing under this name
 * @throws ByokError ERR_CONFIGURATION if it cannot be read
 */
export async function readDeclaration(
  { store, signal }: Session,
  { memory }: Pick<KeyProperties, 'memory'>,
): Promise<KeyProperties | undefined> {
  const name = declarationOf(memory);
  try {
    const text = await store.readParameter(name, signal);
    return text === undefined ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `parameter "${name}" cannot be read: ${reasonOf(cause)}`,
      { cause },
    );
  }
}
