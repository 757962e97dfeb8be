/**
 * Secrets Manager and the Parameter Store, as far as the handler uses them. The SDK comes with the
 * Lambda runtime.
 */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';

/** Text or bytes, as the secret was stored. */
export type StoredSecret = { readonly text: string } | { readonly bytes: Buffer };

export interface AwsStore {
  /** @throws Error of the SDK; its message names the secret and the caller, never a value */
  readSecret(arn: string, signal: AbortSignal): Promise<StoredSecret>;
  /** Undefined: the parameter does not exist. SecureStrings are decrypted. */
  readParameter(name: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Creates the parameter if it does not exist. */
  writeParameter(name: string, value: string, description: string): Promise<void>;
  /** A parameter that is already gone counts as done. */
  deleteParameter(name: string): Promise<void>;
}

/** The clients keep their connections from one invocation to the next. */
let clients: { readonly secrets: SecretsManagerClient; readonly ssm: SSMClient } | undefined;

type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export function awsStore(sleep: Sleep): AwsStore {
  clients ??= { secrets: new SecretsManagerClient({}), ssm: new SSMClient({}) };
  const { secrets, ssm } = clients;
  return {
    readSecret: (SecretId, abortSignal) =>
      onceGranted(sleep, abortSignal, async () => {
        const { SecretString: text, SecretBinary: bytes } = await secrets.send(
          new GetSecretValueCommand({ SecretId }),
          { abortSignal },
        );
        return text === undefined ? { bytes: Buffer.from(bytes ?? []) } : { text };
      }),
    readParameter: (Name, abortSignal) =>
      onceGranted(sleep, abortSignal, async () => {
        const get = new GetParameterCommand({ Name, WithDecryption: true });
        return (await unlessMissing(() => ssm.send(get, abortSignal && { abortSignal })))?.Parameter
          ?.Value;
      }),
    writeParameter: (Name, Value, Description) =>
      onceGranted(sleep, undefined, async () => {
        // The advanced tier, which holds more than 4096 characters, only if there are more.
        const Tier = 'Intelligent-Tiering';
        await ssm.send(
          new PutParameterCommand({
            Name,
            Value,
            Type: 'String',
            Tier,
            Overwrite: true,
            Description,
          }),
        );
      }),
    deleteParameter: (Name) =>
      onceGranted(sleep, undefined, async () => {
        await unlessMissing(() => ssm.send(new DeleteParameterCommand({ Name })));
      }),
  };
}

/** A policy that CloudFormation has just attached takes effect some seconds later. */
const pausesMs = [1_000, 2_000, 4_000, 8_000];

async function onceGranted<T>(
  sleep: Sleep,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  for (const pause of pausesMs) {
    try {
      return await call();
    } catch (error) {
      if (!isNamed(error, 'AccessDeniedException')) {
        throw error;
      }
      await sleep(pause, signal);
    }
  }
  return call();
}

async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isNamed(error, 'ParameterNotFound')) {
      return undefined;
    }
    throw error;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
