/**
 * Assembles the emulator and starts it:
 * a local KMS and IAM of Huawei Cloud and Open Telekom Cloud, on 127.0.0.1 only.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { ByokError } from '../errors';
import { formats } from '../terms/kms';
import { AccessKeys, type TemporaryAccessKey } from './access-keys';
import type { World } from './api-call';
import { Clock } from './clock';
import { addControlRoutes, createControl, type EmulatorControl } from './control';
import { readDataFile, writeDataFile } from './data-file';
import { Faults } from './faults';
import { AuthTokens, type IamAccount } from './iam';
import { ImportTokens } from './import-token';
import { Journal } from './journal';
import { KeyStore } from './key-store';
import { createServer } from './server';
import { StaleReads } from './stale-reads';
import { WrappingKeyPool } from './wrapping-key-pool';

/** All options may be omitted: then every secret is random, and nothing touches the disk. */
export interface EmulatorOptions {
  /**
   * Port to listen on.
   * @default 0: any free port
   */
  readonly port?: number;
  /** The clock that the emulator's own clock adds its offset to. @default real time */
  readonly now?: () => Date;
  /** Id of the project, 32 letters and digits. @default a fixed one */
  readonly projectId?: string;
  /**
   * Name of the project, which in these clouds is the name of the region; also the `realm` of keys.
   * @default "ap-southeast-3"
   */
  readonly projectName?: string;
  /** @default "byok-emulator" */
  readonly userName?: string;
  /** @default random */
  readonly password?: string;
  /** @default "byok-emulator" */
  readonly domainName?: string;
  /** An X-Auth-Token that is scoped to the project and never expires. @default random */
  readonly token?: string;
  /** A permanent access key (AK) of the project. @default random */
  readonly accessKey?: string;
  /** Secret key (SK) of `accessKey`. @default random */
  readonly secretKey?: string;
  /**
   * A temporary access key; it expires 24 hours after the start, on the emulator's clock.
   * @default random
   */
  readonly temporaryCredentials?: TemporaryAccessKey;
  /** The token that the control endpoint expects in X-Control-Token. @default random */
  readonly controlToken?: string;
  /**
   * Makes an import token valid for one import only.
   * Whether the real service does so is not documented.
   * @default false
   */
  readonly singleUseImportTokens?: boolean;
  /**
   * Gives every import the same wrapping key, which a process makes once.
   * Without it, the 2048-bit pairs limit the speed of many imports in a row.
   * @default false
   */
  readonly oneWrappingKey?: boolean;
  /**
   * Keeps showing `expiration_time` after the material is gone; not documented either.
   * @default false
   */
  readonly keepExpirationTime?: boolean;
  /**
   * Makes get-publickey answer a bare PKCS#1 key under the label PUBLIC KEY,
   * as the documented example does; RSA only.
   * @default false
   */
  readonly pkcs1PublicKeys?: boolean;
  /** How many keys the project may have. KMS.1105 refuses the next one. @default 1000 */
  readonly keyQuota?: number;
  /**
   * How many describe-key calls show a new key as to be activated (state 1),
   * which accepts no import.
   * @default 0
   */
  readonly activationDelay?: number;
  /**
   * How many describe-key calls lag behind a change and repeat the answer before it.
   * @default 0
   */
  readonly staleReads?: number;
  /**
   * Keeps keys in this file, with their material in the clear; requires `demoMaterialOnDisk`.
   * @default memory only
   */
  readonly dataFile?: string;
  /** Confirms that `dataFile` holds only demonstration material. @default false */
  readonly demoMaterialOnDisk?: boolean;
  /** Receives one line for each call, never a secret. @default none */
  readonly log?: (line: string) => void;
}

/** A running emulator: where it listens, which logins it accepts, and how a test controls it. */
export interface Emulator extends EmulatorControl {
  /** KMS endpoint, for example `http://127.0.0.1:41234`. */
  readonly url: string;
  /** IAM endpoint; ends in `/v3`. */
  readonly authUrl: string;
  readonly port: number;
  readonly projectId: string;
  readonly projectName: string;
  readonly userName: string;
  readonly password: string;
  readonly domainName: string;
  /** Never expires. */
  readonly authToken: string;
  /** A permanent access key (AK) and its secret key (SK). */
  readonly accessKey: string;
  readonly secretKey: string;
  /** Expires 24 hours after the start, on the emulator's clock. */
  readonly temporaryCredentials: TemporaryAccessKey;
  /** The token that the control endpoint expects in X-Control-Token. */
  readonly controlToken: string;
  /** Closes every connection and wipes the material. */
  close(): Promise<void>;
}

/** The longest lifetime that the real service grants. */
const temporaryLifetimeMs = 24 * 60 * 60 * 1000;

/**
 * Starts a KMS and IAM on 127.0.0.1. Resolves when they listen.
 *
 * @throws ByokError ERR_ARGUMENT when an option is not allowed
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  checkOptions(options);
  const account = makeAccount(options);
  const { dataFile, now = () => new Date(), log = () => undefined } = options;
  const authToken = options.token ?? randomSecret();
  const controlToken = options.controlToken ?? randomSecret();

  const saved = dataFile === undefined ? { keys: [], offsetMs: 0 } : readDataFile(dataFile);
  const clock = new Clock(now);
  clock.offsetMs = saved.offsetMs;
  const keys = new KeyStore(
    {
      keepExpirationTime: options.keepExpirationTime ?? false,
      onChange: (all) =>
        dataFile !== undefined && writeDataFile(dataFile, { keys: all, offsetMs: clock.offsetMs }),
    },
    saved.keys,
  );
  const wrappingKeys = new WrappingKeyPool({ one: options.oneWrappingKey ?? false });
  const world: World = {
    now: () => clock.now(),
    keys,
    wrappingKeys,
    importTokens: new ImportTokens({ singleUse: options.singleUseImportTokens ?? false }),
    place: { domainId: account.domainId, realm: account.projectName },
    staleReads: new StaleReads(options.staleReads ?? 0),
    options: {
      pkcs1PublicKeys: options.pkcs1PublicKeys ?? false,
      keyQuota: options.keyQuota ?? 1000,
      activationDelay: options.activationDelay ?? 0,
    },
  };
  const {
    accessKey = randomAccessKey(),
    secretKey = randomSecret(),
    temporaryCredentials = randomTemporaryKey(),
  } = options;
  const accessKeys = new AccessKeys();
  accessKeys.admit({ accessKey, secretKey });
  accessKeys.admitTemporary(temporaryCredentials, clock.now() + temporaryLifetimeMs);
  const authTokens = new AuthTokens();
  authTokens.admit(authToken, account.projectId);
  const faults = new Faults();
  const journal = new Journal(log);
  const control = createControl({ clock, keys, faults, journal });
  const server = createServer({
    world,
    account,
    authTokens,
    accessKeys,
    faults,
    journal,
    addControlRoutes: (scope) => addControlRoutes(scope, control, controlToken),
  });
  try {
    await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  } catch (cause) {
    await Promise.all([server.close(), wrappingKeys.close()]);
    throw new ByokError(
      'ERR_ARGUMENT',
      `the emulator cannot listen on port ${options.port ?? 0} of 127.0.0.1; choose another`,
      { cause },
    );
  }
  const { port } = server.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const { projectId, projectName, userName, password, domainName } = account;
  return {
    ...control,
    url,
    authUrl: `${url}/v3`,
    port,
    projectId,
    projectName,
    userName,
    password,
    domainName,
    authToken,
    accessKey,
    secretKey,
    temporaryCredentials,
    controlToken,
    async close() {
      await server.close();
      await wrappingKeys.close();
      keys.wipe();
    },
  };
}

function checkOptions({ dataFile, demoMaterialOnDisk, projectId }: EmulatorOptions): void {
  if (dataFile !== undefined && demoMaterialOnDisk !== true) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'dataFile keeps key material on disk in clear; set demoMaterialOnDisk as well if it is for demonstration only, or leave dataFile out',
      { attribute: 'dataFile' },
    );
  }
  if (projectId !== undefined && !new RegExp(formats.projectId).test(projectId)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `projectId is "${projectId}"; allowed are 32 letters and digits`,
      { attribute: 'projectId' },
    );
  }
}

/** Ids derive from names, so they are the same in every run. */
function makeAccount(options: EmulatorOptions): IamAccount {
  const {
    userName = 'byok-emulator',
    domainName = 'byok-emulator',
    projectName = 'ap-southeast-3',
  } = options;
  return {
    userName,
    domainName,
    projectName,
    password: options.password ?? randomSecret(),
    projectId: options.projectId ?? idOf(`project ${projectName}`),
    domainId: idOf(`domain ${domainName}`),
  };
}

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

/** Has the form of a real one: 20 capital letters and digits. */
function randomAccessKey(): string {
  return randomBytes(10).toString('hex').toUpperCase();
}

function randomTemporaryKey(): TemporaryAccessKey {
  return {
    accessKey: randomAccessKey(),
    secretKey: randomSecret(),
    securityToken: randomBytes(96).toString('base64'),
  };
}

function randomSecret(): string {
  return randomBytes(24).toString('base64url');
}
