/**
 * How a stack under test reaches an emulator:
 * properties for its provider, and environment variables for Terraform.
 */
import type { ByokProviderProps } from '../cdktf/byok-provider';
import type { Emulator } from '../emulator/emulator';
import { environmentVariables, kmsEndpointVariable } from '../terms/connection';

/** Return value of `emulatorConnection`. */
export interface EmulatorConnection {
  /** For `ByokProvider`; contains no secret. */
  readonly provider: Required<
    Pick<ByokProviderProps, 'region' | 'projectId' | 'kmsEndpoint' | 'authUrl'>
  >;
  /**
   * For the process that runs Terraform, `cdktf` or `byok`.
   * It sets the login and the endpoint, so values from your shell do not count.
   */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * What a stack and its Terraform need to reach an emulator. The emulator runs in the process of the
 * test, so start Terraform without blocking that process: use `execFile`, not `execFileSync`.
 *
 * @example
 * const { provider, environment } = emulatorConnection(emulator());
 * new ByokProvider(stack, 'byok', provider);
 * const env = { ...process.env, ...environment };
 * await promisify(execFile)('terraform', ['apply', '-auto-approve'], { cwd, env });
 */
export function emulatorConnection({
  projectName,
  projectId,
  url,
  authUrl,
  authToken,
}: Emulator): EmulatorConnection {
  const [variable] = environmentVariables.authToken.HW;
  return {
    provider: { region: projectName, projectId, kmsEndpoint: url, authUrl },
    environment: { [variable]: authToken, [kmsEndpointVariable]: url },
  };
}
