/**
 * The look between deployments, for which nobody reviewed anything anew: what was deployed is kept as it is, and only that. Material that
 * somebody deleted is imported again; what is there is deleted only to renew a rolling expiry.
 */
import type { Step } from '../../lifecycle/decision';
import { isRolling } from '../../lifecycle/expiration-wish';
import { reconcileMaterial } from '../../lifecycle/reconcile-material';
import { formatExpirationTime } from '../../schema/expiration-time';
import type { CheckEvent } from '../key-properties';
import { recallOwn } from './declared';
import { materialRequestOf } from './key-request';
import { amend, digestOf, withKey } from './memory';
import { metricsLine } from './metrics';
import { report, type Session, withKms } from './session';
import { openStoredMaterial } from './stored-material';

/** @throws whatever stood in the way; the metric then says so already */
export async function checkKey({ checkKey: keyId, properties }: CheckEvent, session: Session): Promise<void> {
  try {
    await lookAfter(keyId, properties, session);
  } catch (error) {
    session.print(metricsLine(properties.metricKey, undefined, true, session.now()));
    throw error;
  }
}

async function lookAfter(keyId: string, properties: CheckEvent['properties'], session: Session): Promise<void> {
  const { store, signal } = session;
  const { deployed, keys } = await recallOwn(session, properties);
  const remembered = keys[keyId];
  if (remembered === undefined || deployed.at(-1)?.digest !== digestOf(properties)) {
    // A deployment is under way, or the removal came before a late look: what was taken out must not come back.
    session.log('warn', 'what the rule declares is not what was deployed last, or nothing is remembered of this key: nothing is done');
    session.print(metricsLine(properties.metricKey, undefined, true, session.now()));
    return;
  }
  const request = materialRequestOf(properties, keyId, remembered, () => openStoredMaterial(store, properties, signal));
  const permitted: readonly Step[] = isRolling(request.wish.expiration) ? ['delete', 'import'] : ['import'];
  const outcome = await withKms(session, properties, (context) =>
    reconcileMaterial(context, { ...request, permitted, reviewed: undefined }),
  );
  report(session, properties, outcome);
  if (outcome.importedAt !== undefined) {
    const expirationTime = formatExpirationTime(outcome.observation.expiration);
    const imported = { ...remembered, proof: outcome.proof, expirationTime };
    await amend(store, properties.memory, (latest) => (latest.keys[keyId] === undefined ? latest : withKey(latest, keyId, imported)));
  }
}
