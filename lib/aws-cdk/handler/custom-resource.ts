/**
 * Create, Update and Delete of CloudFormation, which may each arrive more than once. The physical
 * id is the key id: another one means a replacement, after which CloudFormation sends Delete for
 * the old one.
 */
import { ByokError, isByokError } from '../../errors';
import type { LifecycleContext } from '../../lifecycle/context';
import { createMaterial } from '../../lifecycle/create-material';
import { ensureMaterial } from '../../lifecycle/ensure-material';
import type { MaterialOutcome, UnreviewedRequest } from '../../lifecycle/material-request';
import { reconcileMaterial } from '../../lifecycle/reconcile-material';
import { removeKey } from '../../lifecycle/remove-key';
import { removeMaterial } from '../../lifecycle/remove-material';
import { formatExpirationTime } from '../../terms/expiration-time';
import { defaultKeySpec } from '../../terms/kms';
import { attributeNames, type KeyProperties } from '../key-properties';
import { type CustomResourceEvent, isKeyId } from './custom-resource-event';
import { isDeployed, recallDeclared } from './declared';
import { type EnsuredKey, ensureKey } from './ensure-key';
import { materialRequestOf, removalOf, requireProperties } from './key-request';
import {
  amend,
  type Deployment,
  digestOf,
  type RememberedKey,
  withDeployment,
  withKey,
  withoutKey,
} from './memory';
import { logNotices, report, type Session, withKms } from './session';
import { openStoredMaterial } from './stored-material';

export interface Deployed {
  readonly physicalResourceId: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** The physical id of a Create that failed: a Delete for it finds nothing to do. */
const notCreated = 'not-created';

type Action = (event: CustomResourceEvent, session: Session) => Promise<Deployed>;

const actions: Readonly<Record<CustomResourceEvent['RequestType'], Action>> = {
  Create: deploy,
  Update: deploy,
  Delete: remove,
};

/** @throws ByokError ERR_ARGUMENT for a request that CloudFormation does not make */
export function findAction(requestType: unknown): Action {
  const isKnown = typeof requestType === 'string' && Object.hasOwn(actions, requestType);
  const action = isKnown ? actions[requestType as keyof typeof actions] : undefined;
  if (action === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the RequestType of the event is none of ${Object.keys(actions).join(', ')}; nothing was read or done`,
    );
  }
  return action;
}

/**
 * What stays in place after a failure: a failed Update is rolled back on the key that existed
 * before.
 */
export function physicalIdOf({ PhysicalResourceId }: CustomResourceEvent): string {
  return PhysicalResourceId ?? notCreated;
}

/** Create and Update are the same: make it so. */
async function deploy(event: CustomResourceEvent, session: Session): Promise<Deployed> {
  const properties = ownProperties(event.ResourceProperties);
  const memory = await recallDeclared(session, properties);
  const before = memory.deployed.find(({ request }) => request === event.RequestId);
  if (before !== undefined) {
    // A repeated request must not undo what came after it.
    return deployedAs(before);
  }
  if (!isDeployed(memory, properties)) {
    // Before a key is made, or anything of one is changed.
    requireProperties(properties);
  }
  const digest = digestOf(properties);
  return withKms(session, properties, async (context) => {
    // A rollback of something that never existed.
    const asDeployed = memory.deployed.at(-1)?.digest === digest;
    const key = await ensureKey(context, event, memory, asDeployed);
    logNotices(session, key.notices);
    const remembered = memory.keys[key.keyId];
    const open = () => openStoredMaterial(session.store, properties, session.signal);
    const request = materialRequestOf(properties, key.keyId, remembered, open);
    const { alias, keySpec = defaultKeySpec } = properties;
    const begun: RememberedKey = { ours: false, ...remembered, made: key.made, alias, keySpec };
    if (key.isNew && alias !== undefined) {
      // Recorded before the import: after a crash, the next run then knows whose key it is.
      await amend(session.store, properties.memory, (latest) => withKey(latest, key.keyId, begun));
    }
    const outcome = await ensureImported(context, request, key, asDeployed);
    const ours =
      begun.ours || (remembered?.proof === undefined && outcome.importedAt !== undefined);
    const deployment = {
      request: event.RequestId,
      digest,
      keyId: key.keyId,
      answer: attributesOf(key.keyId, outcome),
    };
    await tryRemember(session, properties.memory, deployment, { ...begun, ours }, outcome);
    report(session, properties, outcome);
    return deployedAs(deployment);
  });
}

function deployedAs({ keyId, answer }: Deployment): Deployed {
  return { physicalResourceId: keyId, data: answer };
}

async function ensureImported(
  context: LifecycleContext,
  request: UnreviewedRequest,
  { keyId, isNew, made, asMade }: EnsuredKey,
  asDeployed: boolean,
): Promise<MaterialOutcome> {
  const reviewed = { ...request, permitted: ['delete', 'import'], reviewed: undefined } as const;
  if (asDeployed) {
    return reconcileMaterial(context, reviewed);
  }
  try {
    return isNew
      ? await createMaterial(context, { ...reviewed, made: asMade })
      : await ensureMaterial(context, request);
  } catch (error) {
    throw isNew && made && isByokError(error)
      ? new ByokError(
          error.code,
          `${error.message}; key ${keyId} was made and has no material yet; the next deployment will use it`,
          {
            cause: error,
          },
        )
      : error;
  }
}

/** Once the material is imported, a failure would only hide that. */
async function tryRemember(
  { store, log }: Session,
  memoryName: string,
  deployment: Deployment,
  key: RememberedKey,
  { proof, observation }: MaterialOutcome,
): Promise<void> {
  const { keyId } = deployment;
  try {
    await amend(store, memoryName, (memory) => {
      const known = {
        ...key,
        // A second run of the same event finds the material there, and the first run may have
        // proven it.
        proof: proof ?? memory.keys[keyId]?.proof,
        expirationTime: formatExpirationTime(observation.expiration),
      };
      return withDeployment(withKey(memory, keyId, known), deployment);
    });
  } catch (error) {
    if (!isByokError(error)) {
      throw error;
    }
    log('warn', 'the proof of what the key holds could not be saved', { reason: error.message });
  }
}

function attributesOf(
  keyId: string,
  { proof, observation }: MaterialOutcome,
): Readonly<Record<string, string>> {
  return {
    [attributeNames.keyId]: keyId,
    [attributeNames.fingerprint]: proof?.fingerprint ?? 'unproven',
    [attributeNames.expirationTime]: formatExpirationTime(observation.expiration),
    [attributeNames.materialStatus]: observation.status,
  };
}

async function remove(event: CustomResourceEvent, session: Session): Promise<Deployed> {
  const keyId = physicalIdOf(event);
  const properties = ownProperties(event.ResourceProperties);
  if (!isKeyId(keyId)) {
    return { physicalResourceId: keyId };
  }
  const memory = await recallDeclared(session, properties);
  const remembered = memory.keys[keyId];
  const { ofMaterial, ofKey, pendingDays } = removalOf(properties, remembered);
  if (ofMaterial !== 'retain' || ofKey !== 'retain') {
    await withKms(session, properties, async (context) => {
      logNotices(session, await removeMaterial(context, keyId, ofMaterial));
      await removeKey(context, keyId, ofKey, pendingDays);
    });
  }
  if (properties.keyId === undefined && remembered?.made !== true) {
    session.log(
      'warn',
      'the key is kept: it existed before it was declared here, or there is no record of it',
      { key: keyId },
    );
  }
  await amend(session.store, properties.memory, (latest) => withoutKey(latest, keyId));
  return { physicalResourceId: keyId };
}

function ownProperties({
  ServiceToken: _,
  ServiceTimeout: __,
  ...properties
}: CustomResourceEvent['ResourceProperties']): KeyProperties {
  return properties;
}
