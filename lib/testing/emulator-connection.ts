/** How a stack under test gets to an emulator: the properties of its provider, and the environment of the Terraform that runs it. */
import type { ByokProviderProps } from '../cdktf/byok-provider';
import type { Emulator } from '../emulator/emulator';
import { environmentVariables, kmsEndpointVariable } from '../terms/connection';

/** What `emulatorConnection` gives. */
export interface EmulatorConnection {
  /** For `ByokProvider`; nothing secret. */
  readonly provider: Required<Pick<ByokProviderProps, 'region' | 'projectId' | 'kmsEndpoint' | 'authUrl'>>;
  /** For the process that runs Terraform, `cdktf` or `byok`: the login, and the endpoint, so that none of this shell counts. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * What a stack and its Terraform need to reach an emulator. That one runs in the process of the test: start Terraform without blocking it,
 * with `execFile` rather than `execFileSync`.
 *
 * @example
 * const { provider, environment } = emulatorConnection(emulator());
 * new ByokProvider(stack, 'byok', provider);
 * await promisify(execFile)('terraform', ['apply', '-auto-approve'], { cwd, env: { ...process.env, ...environment } });
 */
export function emulatorConnection({ projectName, projectId, url, authUrl, authToken }: Emulator): EmulatorConnection {
  const [variable] = environmentVariables.auth_token.HW;
  return {
    provider: { region: projectName, projectId, kmsEndpoint: url, authUrl },
    environment: { [variable]: authToken, [kmsEndpointVariable]: url },
  };
}
