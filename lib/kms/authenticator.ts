/** How a login shows itself at each request. What a token alone does not need is loaded only for those who do. */
import type { Project } from './connection';
import type { Iam } from './iam';
import type { Login } from './login';
import { Remembered } from './remembered';

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
  authorize(request: OutgoingRequest, projectId: string | undefined, signal: AbortSignal): Promise<Headers>;
  /**
   * After a request was refused for its login.
   *
   * @param refused the headers of that request
   * @returns true when there is another login to try it with
   */
  renew(refused: Headers): boolean;
}

/** Headers that may not show up in any message. */
export const secretHeaderNames: readonly string[] = ['Authorization', 'X-Auth-Token', 'X-Security-Token'];

/** @param iam opens the connection to IAM; called when it is needed, once */
export function createAuthenticator(login: Login, project: Project, iam: () => Iam, now: () => Date): Authenticator {
  if (login.kind === 'password') {
    const { createPasswordLogin } = require('./password-login') as typeof import('./password-login');
    return createPasswordLogin(login, project, iam);
  }
  const authorize = login.kind === 'token' ? tokenHeaders(login) : signatureHeaders(login, now);
  const found = new Remembered('the search for the project', async () =>
    'id' in project ? project.id : iam().findProjectId(project.name, async (request) => authorize(request, undefined), login.names),
  );
  return {
    names: login.names,
    projectId: (signal) => found.get(signal),
    authorize: async (request, projectId) => authorize(request, projectId),
    // A token that was given cannot be fetched again, and a signature is new with every request anyway.
    renew: () => false,
  };
}

type Authorize = (request: OutgoingRequest, projectId: string | undefined) => Headers;

function tokenHeaders({ authToken }: Extract<Login, { kind: 'token' }>): Authorize {
  return () => ({ 'X-Auth-Token': authToken.revealText() });
}

function signatureHeaders(login: Extract<Login, { kind: 'access_key' }>, now: () => Date): Authorize {
  const { sdkDate, signRequest } = require('./signer') as typeof import('./signer');
  return (request, projectId) => {
    const headers = {
      Host: request.host,
      'X-Sdk-Date': sdkDate(now()),
      ...(projectId === undefined ? {} : { 'X-Project-Id': projectId }),
      ...(login.securityToken === undefined ? {} : { 'X-Security-Token': login.securityToken.revealText() }),
    };
    return { ...headers, Authorization: signRequest({ ...request, headers }, login) };
  };
}
