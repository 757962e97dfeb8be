/** What authenticates a request: the headers that a login adds. */

/** What a signature covers. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  /** As the header Host names it. */
  readonly host: string;
  /** As on the wire, without the query. */
  readonly path: string;
  /** Before percent-encoding. */
  readonly query: readonly (readonly [string, string])[];
  /** The exact bytes. */
  readonly body: Buffer | undefined;
}

export type Headers = Readonly<Record<string, string>>;

export interface Authenticator {
  /** What to check if the login is refused. */
  readonly names: string;
  /**
   * Asks IAM once, if it must.
   *
   * @throws KmsError if IAM refuses, ByokError ERR_CONFIGURATION if it does not know the project
   */
  projectId(signal: AbortSignal): Promise<string>;
  /**
   * Headers for one attempt of this request. May log in first.
   *
   * @param projectId of the service that is called; undefined for IAM itself
   * @throws KmsError if IAM refuses the login
   */
  authorize(
    request: OutgoingRequest,
    projectId: string | undefined,
    signal: AbortSignal,
  ): Promise<Headers>;
  /**
   * Called after a request was refused for its login.
   *
   * @param refused the headers of that request
   * @returns true if there is another login to try
   */
  renew(refused: Headers): boolean;
}

/** Headers that must not appear in any message. */
export const secretHeaderNames: readonly string[] = [
  'Authorization',
  'X-Auth-Token',
  'X-Security-Token',
];

/**
 * The part of the headers that is secret as long as the login is; of a signature only the signature
 * itself, because an access key id is not secret.
 */
export function secretsIn(headers: Headers): string[] {
  const {
    Authorization: authorization = '',
    'X-Auth-Token': token,
    'X-Security-Token': securityToken,
  } = headers;
  return [token, securityToken, /Signature=(\S+)$/.exec(authorization)?.[1]].filter(
    (value) => value !== undefined,
  );
}
