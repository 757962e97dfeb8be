/**
 * The function does what its own stack declares, and nothing else: whoever may invoke it chooses
 * the event, and must not choose where the material or the login goes. What is declared lies in a
 * parameter that CloudFormation writes before it asks. A removal or a rollback may come with
 * earlier properties: those of the latest deployments are remembered.
 */
import { ByokError } from '../../errors';
import { declarationOf, type KeyProperties, parametersVariable } from '../key-properties';
import { digestOf, type Memory, recall } from './memory';
import type { Session } from './session';
import { reasonOf } from './stored-material';

/**
 * Comes before anything else is read.
 *
 * @throws ByokError ERR_REFUSED when the stack does not declare these properties
 */
export async function recallDeclared(session: Session, properties: KeyProperties): Promise<Memory> {
  const memory = await recallOwn(session, properties);
  if (
    !isDeployed(memory, properties) &&
    digestOf(await readDeclaration(session, properties)) !== digestOf(properties)
  ) {
    throw new ByokError(
      'ERR_REFUSED',
      `the event asks for what the stack of this function neither declares nor deployed lately (parameter "${declarationOf(properties.memory)}"); nothing was read or done`,
    );
  }
  return memory;
}

/** @throws ByokError ERR_REFUSED when the event names a parameter that is not of this stack */
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
 * @returns undefined when the stack declares nothing by this name
 * @throws ByokError ERR_CONFIGURATION when it cannot be read
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
