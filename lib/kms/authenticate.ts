/**
 * How each login authenticates its requests. What a token alone does not need is loaded only for
 * the other logins.
 */
import type { Authenticator, Headers, OutgoingRequest } from './authenticator';
import type { Project } from './connection';
import type { Iam } from './iam';
import type { Login } from './login';
import { Remembered } from './remembered';

/** @param iam opens the connection to IAM; called at most once, on first use */
export function createAuthenticator(
  login: Login,
  project: Project,
  iam: () => Iam,
  now: () => Date,
): Authenticator {
  if (login.kind === 'password') {
    const { createPasswordLogin } =
      require('./password-login') as typeof import('./password-login');
    return createPasswordLogin(login, project, iam);
  }
  const authorize = login.kind === 'token' ? tokenHeaders(login) : signatureHeaders(login, now);
  const found = new Remembered('the search for the project', async () =>
    'id' in project
      ? project.id
      : iam().findProjectId(
          project.name,
          async (request) => authorize(request, undefined),
          login.names,
        ),
  );
  return {
    names: login.names,
    projectId: (signal) => found.get(signal),
    authorize: async (request, projectId) => authorize(request, projectId),
    // A token that was given cannot be fetched again, and a signature is new for every request
    // anyway.
    renew: () => false,
  };
}

type Authorize = (request: OutgoingRequest, projectId: string | undefined) => Headers;

function tokenHeaders({ authToken }: Extract<Login, { kind: 'token' }>): Authorize {
  return () => ({ 'X-Auth-Token': authToken.revealText() });
}

function signatureHeaders(
  login: Extract<Login, { kind: 'access_key' }>,
  now: () => Date,
): Authorize {
  const { sdkDate, signRequest } = require('./signer') as typeof import('./signer');
  return (request, projectId) => {
    const headers = {
      Host: request.host,
      'X-Sdk-Date': sdkDate(now()),
      ...(projectId === undefined ? {} : { 'X-Project-Id': projectId }),
      ...(login.securityToken === undefined
        ? {}
        : { 'X-Security-Token': login.securityToken.revealText() }),
    };
    return { ...headers, Authorization: signRequest({ ...request, headers }, login) };
  };
}
