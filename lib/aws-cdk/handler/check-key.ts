/**
 * The check between deployments, which no one reviews. So it keeps what was deployed, and does
 * nothing else: it imports material again that was deleted, and deletes material only to renew a
 * rolling expiry.
 */
import type { Step } from '../../lifecycle/decision';
import { isRolling } from '../../lifecycle/expiration-wish';
import { reconcileMaterial } from '../../lifecycle/reconcile-material';
import { formatExpirationTime } from '../../terms/expiration-time';
import type { CheckEvent } from '../key-properties';
import { isDeployed, readDeclaration, recallOwn } from './declared';
import { materialRequestOf } from './key-request';
import { amend, digestOf, type Memory, withKey } from './memory';
import { metricsLine } from './metrics';
import { report, type Session, withKms } from './session';
import { openStoredMaterial } from './stored-material';

/**
 * @throws the error that prevented the check; the metric already says so. For anything that is not
 *   of this stack there is no metric, which the alarm treats as a breach
 */
export async function checkKey(
  { checkKey: keyId, properties }: CheckEvent,
  session: Session,
): Promise<void> {
  const memory = await recallOwn(session, properties);
  const declared = isDeployed(memory, properties)
    ? properties
    : await readDeclaration(session, properties);
  if (digestOf(declared) !== digestOf(properties)) {
    session.log(
      'warn',
      'the event asks for something that the stack of this function neither declares nor deployed recently: nothing is done',
    );
    if (declared !== undefined) {
      // By the declared name: the event may have made up its own.
      session.print(metricsLine(declared.metricKey, undefined, true, session.now()));
    }
    return;
  }
  try {
    await lookAfter(keyId, properties, memory, session);
  } catch (error) {
    session.print(metricsLine(properties.metricKey, undefined, true, session.now()));
    throw error;
  }
}

async function lookAfter(
  keyId: string,
  properties: CheckEvent['properties'],
  { deployed, keys }: Memory,
  session: Session,
): Promise<void> {
  const { store, signal } = session;
  const remembered = Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
  if (remembered === undefined || deployed.at(-1)?.digest !== digestOf(properties)) {
    // A deployment is in progress, or the material was removed just before this check: what was
    // removed must not come back.
    session.log(
      'warn',
      'the rule does not match what was deployed last, or there is no record of this key: nothing is done',
    );
    session.print(metricsLine(properties.metricKey, undefined, true, session.now()));
    return;
  }
  const request = materialRequestOf(properties, keyId, remembered, () =>
    openStoredMaterial(store, properties, signal),
  );
  const permitted: readonly Step[] = isRolling(request.wish.expiration)
    ? ['delete', 'import']
    : ['import'];
  const outcome = await withKms(session, properties, (context) =>
    reconcileMaterial(context, { ...request, permitted, reviewed: undefined }),
  );
  report(session, properties, outcome);
  if (outcome.importedAt !== undefined) {
    const expirationTime = formatExpirationTime(outcome.observation.expiration);
    const imported = { ...remembered, proof: outcome.proof, expirationTime };
    await amend(store, properties.memory, (latest) =>
      latest.keys[keyId] === undefined ? latest : withKey(latest, keyId, imported),
    );
  }
}
