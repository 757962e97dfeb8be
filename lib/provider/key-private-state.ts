/** What Terraform keeps beside the state of `byok_external_key`. Nothing in it is secret. */
import type { PrivateState } from '../tfplugin/provider';

export interface KeyMemory {
  /** It was there already when it was created here; whose it is, nobody knows. */
  readonly adopted: boolean;
  /** Of the plan of a new key, its alias: the destroy leg of a replacement is given the same. */
  readonly successorAlias?: string | undefined;
}

const version = 1;

export function encodeKeyMemory({ adopted, successorAlias }: KeyMemory): PrivateState {
  return Buffer.from(JSON.stringify({ version, adopted, successorAlias }), 'utf8');
}

/** Anything that is not exactly what we write says nothing. */
export function decodeKeyMemory(bytes: PrivateState): KeyMemory {
  const { version: found, adopted, successorAlias } = parse(bytes);
  return found === version
    ? { adopted: adopted === true, successorAlias: typeof successorAlias === 'string' ? successorAlias : undefined }
    : { adopted: false };
}

function parse(bytes: PrivateState): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}
