/** What makes a request ours: the headers that a login gives it. */

/** What a signature covers. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  /** As the header Host names it. */
  readonly host: string;
  /** As on the wire, without the query. */
  readonly path: string;
  /** Before percent-encoding. */
  readonly query: readonly (readonly [string, string])[];
  /** The very bytes. */
  readonly body: Buffer | undefined;
}

export type Headers = Readonly<Record<string, string>>;

export interface Authenticator {
  /** What to check when the login is refused. */
  readonly names: string;
  /**
   * Asks IAM if it must, once.
   *
   * @throws KmsError when IAM refuses, ByokError ERR_CONFIGURATION when it knows no such project
   */
  projectId(signal: AbortSignal): Promise<string>;
  /**
   * Headers for one attempt at this very request. May log in first.
   *
   * @param projectId of the service that is called; undefined for IAM itself
   * @throws KmsError when IAM refuses the login
   */
  authorize(
    request: OutgoingRequest,
    projectId: string | undefined,
    signal: AbortSignal,
  ): Promise<Headers>;
  /**
   * After a request was refused for its login.
   *
   * @param refused the headers of that request
   * @returns true when there is another login to try it with
   */
  renew(refused: Headers): boolean;
}

/** Headers that may not show up in any message. */
export const secretHeaderNames: readonly string[] = [
  'Authorization',
  'X-Auth-Token',
  'X-Security-Token',
];

/**
 * What of the headers is secret as long as the login is; of a signature that alone, since an access
 * key id is none.
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
