/**
 * Login by user name and password: a token of IAM, fetched at the first request, kept in memory
 * only, and fetched again if the KMS refuses it. Loaded only for such a login.
 */
import type { Authenticator } from './authenticator';
import type { Project } from './connection';
import type { Iam, PasswordCredentials } from './iam';
import { Remembered } from './remembered';

/** @param iam opens the connection to IAM; called at most once, on first use */
export function createPasswordLogin(
  login: PasswordCredentials,
  project: Project,
  iam: () => Iam,
): Authenticator {
  let current: string | undefined;
  const session = new Remembered('the login', async () => {
    const { token, projectId } = await iam().logIn(login, project);
    current = token.revealText();
    return { token, projectId };
  });
  return {
    names: login.names,
    async projectId(signal) {
      return 'id' in project ? project.id : (await session.get(signal)).projectId;
    },
    async authorize(_request, _projectId, signal) {
      return { 'X-Auth-Token': (await session.get(signal)).token.revealText() };
    },
    renew({ 'X-Auth-Token': refused }) {
      // Simultaneous calls are refused together: the first of them drops the token, the others find
      // a new one.
      if (refused === current) {
        current = undefined;
        session.forget();
      }
      // No token: the login itself was refused.
      return refused !== undefined;
    },
  };
}
