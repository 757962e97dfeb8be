/**
 * What CloudFormation does not keep for us: which keys this resource made, and the proof of what
 * they hold. It is stored in an SSM parameter of the resource, and holds no secret. If it is lost,
 * nothing is proven and nothing is removed.
 */
import { createHash } from 'node:crypto';
import { ByokError } from '../../errors';
import { isRecord, type JsonRecord, tryParseRecord } from '../../json';
import { type Proof, toProof } from '../../lifecycle/proof';
import type { AwsStore } from './aws-store';
import { reasonOf } from './stored-material';

export interface RememberedKey {
  readonly alias?: string | undefined;
  readonly keySpec?: string | undefined;
  /**
   * Made by this resource; otherwise the key existed before, and is kept when it leaves the stack.
   */
  readonly made: boolean;
  readonly proof?: Proof | undefined;
  /**
   * Our first import: if no expiry is declared, that then means never, while adopted material keeps
   * its own.
   */
  readonly ours: boolean;
  /** Tells expired material from deleted material once the KMS shows none. */
  readonly expirationTime?: string | undefined;
}

/** A Create or Update that succeeded. */
export interface Deployment {
  /** Id of the request, which may arrive more than once. */
  readonly request: string;
  /** Digest of the properties. */
  readonly digest: string;
  readonly keyId: string;
  /** Attributes of the resource. */
  readonly answer: Readonly<Record<string, string>>;
}

export interface Memory {
  /** The latest comes last. */
  readonly deployed: readonly Deployment[];
  /** By key id: more than one while a replacement is in progress. */
  readonly keys: Readonly<Record<string, RememberedKey>>;
}

/** Enough for a rollback, and for requests that arrive again hours later. */
const deploymentsKept = 4;

const version = 1;
const description =
  'Which keys an ImportedKey of cdktf-byok made, and the proof of what they hold; not secret';

/** @throws ByokError ERR_CONFIGURATION if the parameter cannot be read */
export async function recall(store: AwsStore, name: string, signal?: AbortSignal): Promise<Memory> {
  try {
    return parse(await store.readParameter(name, signal));
  } catch (cause) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `parameter "${name}" cannot be read: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

/**
 * Changes what is there now, because a deployment and a scheduled check may collide. If no key is
 * left, the parameter is deleted. Cannot be interrupted: what it records has happened.
 *
 * @throws ByokError ERR_CONFIGURATION if it cannot be read or written
 */
export async function amend(
  store: AwsStore,
  name: string,
  change: (memory: Memory) => Memory,
): Promise<void> {
  const memory = change(await recall(store, name));
  try {
    if (Object.keys(memory.keys).length === 0) {
      await store.deleteParameter(name);
    } else {
      await store.writeParameter(name, JSON.stringify({ version, ...memory }), description);
    }
  } catch (cause) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `parameter "${name}" cannot be written: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

export function withKey(memory: Memory, keyId: string, key: RememberedKey): Memory {
  return { ...memory, keys: { ...memory.keys, [keyId]: key } };
}

export function withDeployment(memory: Memory, deployment: Deployment): Memory {
  const others = memory.deployed.filter(({ request }) => request !== deployment.request);
  return { ...memory, deployed: [...others, deployment].slice(-deploymentsKept) };
}

export function withoutKey(memory: Memory, keyId: string): Memory {
  const { keys } = memory;
  return {
    ...memory,
    keys: Object.fromEntries(Object.entries(keys).filter(([id]) => id !== keyId)),
  };
}

/**
 * The same for equal properties, however they arrived: CloudFormation turns everything into text,
 * and neither side keeps an order.
 */
export function digestOf(properties: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(normalized(properties)))
    .digest('hex')
    .slice(0, 32);
}

function normalized(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => [name, normalized(one)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Anything that is not exactly what we write proves nothing. */
function parse(text: string | undefined): Memory {
  const found = tryParseRecord(text ?? '');
  if (found?.version !== version || !isRecord(found.keys)) {
    return { deployed: [], keys: {} };
  }
  const keys = Object.entries(found.keys).flatMap(([keyId, key]) =>
    isRecord(key) ? [[keyId, toKey(key)] as const] : [],
  );
  const deployed = Array.isArray(found.deployed) ? found.deployed.filter(isDeployment) : [];
  return { deployed, keys: Object.fromEntries(keys) };
}

function isDeployment(value: unknown): value is Deployment {
  return (
    isRecord(value) &&
    typeof value.request === 'string' &&
    typeof value.digest === 'string' &&
    typeof value.keyId === 'string' &&
    isRecord(value.answer)
  );
}

function toKey({ alias, keySpec, made, proof, ours, expirationTime }: JsonRecord): RememberedKey {
  return {
    alias: textOrNone(alias),
    keySpec: textOrNone(keySpec),
    made: made === true,
    proof: toProof(proof),
    ours: ours === true,
    expirationTime: textOrNone(expirationTime),
  };
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
