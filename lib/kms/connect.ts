/** From settings to a client: the one way for both the provider and the commands. */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { ByokError } from '../errors';
import { kindOf } from '../terms/file-kind';
import { isContent as isPerhapsSecret } from '../terms/given-content';
import { plainSpelling } from '../terms/setting';
import { type ConnectionConfig, type Environment, readConnection } from './connection';
import { KmsClient, type KmsClientOptions, type KmsLog } from './kms-client';

/**
 * @param env the whole environment: variables of the cloud, of the proxy, and NODE_EXTRA_CA_CERTS
 * @param runtime its `remark` receives what a person should know about the environment: sentences
 *   without a full stop
 * @throws ByokError ERR_CONFIGURATION if a setting is missing, wrong or unsafe
 */
export function connectKms(
  config: ConnectionConfig,
  env: Environment,
  {
    remark,
    ...runtime
  }: Pick<
    KmsClientOptions,
    'now' | 'uptimeMs' | 'random' | 'sleep' | 'newSequence' | 'log' | 'timeoutMs' | 'spelling'
  > & {
    readonly remark?: (sentence: string) => void;
  },
): KmsClient {
  const { spelling = plainSpelling } = runtime;
  const { caFile, remarks, ...connection } = readConnection(config, env, spelling);
  for (const sentence of remarks) {
    remark?.(sentence);
  }
  const secured = [connection.endpoint, connection.authUrl].some(
    (url) => url?.protocol === 'https:',
  );
  // A wrong file is told where no TLS is used, too.
  const ca =
    secured || caFile !== undefined
      ? readAuthorities(caFile, env, runtime.log, spelling.name('caFile'))
      : undefined;
  return new KmsClient({ ...connection, ...runtime, env, ca });
}

/** Undefined: the authorities that Node trusts by default. */
function readAuthorities(
  caFile: string | undefined,
  env: Environment,
  log: KmsLog | undefined,
  attribute: string,
): string | undefined {
  // The launcher of the provider sets NODE_EXTRA_CA_CERTS aside, so that Node does not parse it at
  // every start.
  const moved = env.BYOK_EXTRA_CA_CERTS || undefined;
  if (caFile === undefined) {
    return moved === undefined ? undefined : tryRead(moved, log);
  }
  // Authorities given to a connection replace those that Node added by itself.
  const extra = moved ?? (env.NODE_EXTRA_CA_CERTS || undefined);
  return [
    isContent(caFile) ? checkContent(caFile, attribute) : readCaFile(caFile, attribute),
    extra === undefined ? undefined : tryRead(extra, log),
  ]
    .filter((pem) => pem !== undefined)
    .join('\n');
}

/** As in Node, a file that cannot be read is only a warning. */
function tryRead(path: string, log: KmsLog | undefined): string | undefined {
  try {
    return readRegularFile(path);
  } catch (error) {
    log?.('warn', 'ignoring NODE_EXTRA_CA_CERTS', { path, reason: (error as Error).message });
    return undefined;
  }
}

/**
 * The vendors' providers accept either. A path has no line breaks, and is not as long as a
 * certificate.
 */
function isContent(caFile: string): boolean {
  return caFile.includes('-----BEGIN') || /[\r\n]/.test(caFile) || caFile.length > 4096;
}

/** Never waits for the writer of a pipe, and takes no device into use. */
function readRegularFile(path: string): string {
  const refuse = (kind: string) => new Error(`it is ${kind}; give the path of a regular file`);
  const found = statSync(path);
  if (!found.isFile()) {
    throw refuse(kindOf(found));
  }
  // A pipe may have taken its place by now.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const opened = fstatSync(file);
    if (!opened.isFile()) {
      throw refuse(kindOf(opened));
    }
    return readFileSync(file, 'latin1');
  } finally {
    closeSync(file);
  }
}

/** @throws ByokError ERR_CONFIGURATION, without any of the content */
function checkContent(content: string, attribute: string): string {
  const certificates = certificatesIn(content);
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} is not a path but a text of ${content.length} characters (not shown), and ` +
        'holds no readable PEM certificate; give the path of a PEM file',
      { attribute },
    );
  }
  return certificates.join('\n');
}

function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN ((?:TRUSTED )?CERTIFICATE)-----[^-]*-----END \1-----/g) ?? [];
}

function isCertificate(pem: string): boolean {
  const { X509Certificate } = require('node:crypto') as typeof import('node:crypto');
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function readCaFile(path: string, attribute: string): string {
  let pem: string;
  try {
    pem = readRegularFile(path);
  } catch (cause) {
    if (isPerhapsSecret(path)) {
      // Without the cause, whose message names the path as well.
      throw new ByokError(
        'ERR_CONFIGURATION',
        `${attribute} is no path but a text of ${path.length} characters, which may be a secret and is not shown; give the path of a PEM file`,
        { attribute },
      );
    }
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} "${path}" cannot be read: ${(cause as Error).message}`,
      { attribute, cause },
    );
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} "${path}" holds no PEM certificate ("-----BEGIN CERTIFICATE-----")`,
      {
        attribute,
      },
    );
  }
  // TLS silently stops at the first one that it cannot read, and then the certificate of the KMS
  // would be blamed.
  const certificates = certificatesIn(pem).filter(isCertificate);
  if (certificates.length === 0) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} "${path}" holds no readable PEM certificate; get an undamaged copy from the operator of the authority`,
      { attribute },
    );
  }
  return certificates.join('\n');
}
