/**
 * The launch contract of go-plugin: what the host passes in the environment,
 * and the one line that it expects back. Pure.
 * Terraform shows any other first line to the user unchanged,
 * so startup problems are one sentence, too.
 */
import { ByokError } from '../../errors';

const magicCookie = {
  name: 'TF_PLUGIN_MAGIC_COOKIE',
  value: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
} as const;

const corePluginProtocol = 1;
export const terraformProtocol = 6;

export interface Launch {
  /**
   * PEM of the only client that we answer;
   * undefined if the user turned TLS off with TF_DISABLE_PLUGIN_TLS.
   */
  readonly clientCertificate: string | undefined;
  /** Whether the host asks if calls may share one connection. */
  readonly multiplex: boolean;
}

/** True if Terraform, and not a person, started this process. */
export function startedByTerraform(env: NodeJS.ProcessEnv): boolean {
  return env[magicCookie.name] === magicCookie.value;
}

/**
 * @throws ByokError ERR_CONFIGURATION when the host speaks none of our protocols,
 * or neither sends a certificate nor turns TLS off
 */
export function readLaunch(env: NodeJS.ProcessEnv): Launch {
  const offered = env.PLUGIN_PROTOCOL_VERSIONS;
  if (offered !== undefined && !offered.split(',').includes(String(terraformProtocol))) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `this provider speaks plugin protocol ${terraformProtocol}, the host only ${offered}: use Terraform 1.0 or newer, or OpenTofu`,
    );
  }
  const clientCertificate = env.PLUGIN_CLIENT_CERT || undefined;
  if (clientCertificate === undefined && !env.TF_DISABLE_PLUGIN_TLS) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      'the host gave no client certificate in PLUGIN_CLIENT_CERT: set TF_DISABLE_PLUGIN_TLS=1 to allow an unencrypted connection',
    );
  }
  return { clientCertificate, multiplex: env.PLUGIN_MULTIPLEX_GRPC !== undefined };
}

/** A launcher that starts before this process sets it to the parent that it saw. */
const parentPid = 'TFPLUGIN_PARENT_PID';

/**
 * The process that needs this one. If the host is killed while this process starts,
 * this process gets another parent before it can look.
 *
 * @param present the current parent of this process
 */
export function hostPid(env: NodeJS.ProcessEnv, present: number): number {
  return /^\d+$/.test(env[parentPid] ?? '') ? Number(env[parentPid]) : present;
}

export interface Endpoint {
  readonly network: 'unix' | 'tcp';
  /** A socket path or `127.0.0.1:port`. */
  readonly address: string;
}

/**
 * @param certificate DER of the server's certificate; go-plugin expects its base64 without padding
 */
export function handshakeLine(
  endpoint: Endpoint,
  certificate: Buffer | undefined,
  launch: Launch,
): string {
  const fields = [
    corePluginProtocol,
    terraformProtocol,
    endpoint.network,
    endpoint.address,
    'grpc',
    certificate?.toString('base64').replace(/=+$/, '') ?? '',
    ...(launch.multiplex ? ['true'] : []),
  ];
  return `${fields.join('|')}\n`;
}
