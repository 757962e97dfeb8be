/**
 * Create, Update and Delete of CloudFormation, which may each come more than once. The physical id is the key id: another one is a
 * replacement, after which CloudFormation sends Delete for the old one.
 */
import { ByokError, isByokError } from '../../errors';
import type { LifecycleContext } from '../../lifecycle/context';
import { createMaterial } from '../../lifecycle/create-material';
import { ensureMaterial } from '../../lifecycle/ensure-material';
import type { MaterialOutcome } from '../../lifecycle/material-request';
import { removeKey } from '../../lifecycle/reconcile-key';
import { reconcileMaterial } from '../../lifecycle/reconcile-material';
import { removeMaterial } from '../../lifecycle/remove-material';
import { formatExpirationTime, sameExpiration } from '../../schema/expiration-time';
import { defaultKeySpec } from '../../schema/kms';
import { attributeNames, type KeyProperties } from '../key-properties';
import { type CustomResourceEvent, isKeyId } from './custom-resource-event';
import { type EnsuredKey, ensureKey } from './ensure-key';
import { materialRequestOf, removalOf, type UnreviewedRequest } from './key-request';
import { amend, digestOf, type RememberedKey, recall, withKey, withoutKey } from './memory';
import { logNotices, report, type Session, withKms } from './session';
import { openStoredMaterial } from './stored-material';

export interface Deployed {
  readonly physicalResourceId: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** The physical id of a Create that failed: a Delete of it finds nothing to do. */
const notCreated = 'not-created';

export const operations: Readonly<
  Record<CustomResourceEvent['RequestType'], (event: CustomResourceEvent, session: Session) => Promise<Deployed>>
> = { Create: deploy, Update: deploy, Delete: remove };

/** What a failure leaves in place: a failed Update is rolled back on the key that there was. */
export function physicalIdOf({ PhysicalResourceId }: CustomResourceEvent): string {
  return PhysicalResourceId ?? notCreated;
}

/** Create and Update are one: make it so. */
async function deploy(event: CustomResourceEvent, session: Session): Promise<Deployed> {
  const properties = ownProperties(event.ResourceProperties);
  const memory = await recall(session.store, properties.memory, session.signal);
  return withKms(session, properties, async (context) => {
    // A rollback of something that never came to be, or the same event once more.
    const asDeployed = memory.deployed === digestOf(properties);
    const key = await ensureKey(context, event, memory, asDeployed);
    logNotices(session, key.notices);
    const remembered = memory.keys[key.keyId];
    const open = () => openStoredMaterial(session.store, properties, session.signal);
    const request = materialRequestOf(properties, key.keyId, remembered, open);
    const begun: RememberedKey = { ours: false, ...remembered, alias: properties.alias, keySpec: properties.keySpec ?? defaultKeySpec };
    if (remembered === undefined && key.made) {
      // Before the import: whoever comes after a crash knows whose key it is.
      await amend(session.store, properties.memory, (latest) => withKey(latest, key.keyId, begun));
    }
    const outcome = await ensureImported(context, request, key, asDeployed);
    const ours = begun.ours || (remembered?.proof === undefined && outcome.importedAt !== undefined);
    await tryRemember(session, properties, key.keyId, { ...begun, ours }, outcome);
    report(session, properties, outcome);
    return { physicalResourceId: key.keyId, data: attributesOf(key.keyId, outcome) };
  });
}

async function ensureImported(
  context: LifecycleContext,
  request: UnreviewedRequest,
  { keyId, isNew, made }: EnsuredKey,
  asDeployed: boolean,
): Promise<MaterialOutcome> {
  const reviewed = { ...request, permitted: ['delete', 'import'], reviewed: undefined } as const;
  if (asDeployed) {
    return reconcileMaterial(context, reviewed);
  }
  try {
    const outcome = isNew ? await createMaterial(context, reviewed) : await ensureMaterial(context, request);
    refusePostponed(request, outcome);
    return outcome;
  } catch (error) {
    throw made && isByokError(error)
      ? new ByokError(
          error.code,
          `${error.message}; key ${keyId} was made and stays without material, and the next deployment takes it up`,
          {
            cause: error,
          },
        )
      : error;
  }
}

/** In Terraform the next plan would show it again; here nothing would. */
function refusePostponed({ keyId, wish }: UnreviewedRequest, { observation, importedAt }: MaterialOutcome): void {
  const { expiration: wished } = wish;
  const fixed = wished === undefined || wished instanceof Date;
  if (fixed && importedAt === undefined && !sameExpiration(wished, observation.expiration)) {
    throw new ByokError(
      'ERR_REFUSED',
      `key ${keyId} is disabled, and a change of expirationTime from ${formatExpirationTime(observation.expiration)} to ${formatExpirationTime(wished)} would enable it; enable it, then deploy again`,
    );
  }
}

/** Once the material is in, a failure would only hide that. */
async function tryRemember(
  { store, log }: Session,
  properties: KeyProperties,
  keyId: string,
  key: RememberedKey,
  { proof, observation }: MaterialOutcome,
): Promise<void> {
  try {
    await amend(store, properties.memory, (memory) => ({
      ...withKey(memory, keyId, {
        ...key,
        // A second run of the same event finds the material there, and the first one may have proven it.
        proof: proof ?? memory.keys[keyId]?.proof,
        expirationTime: formatExpirationTime(observation.expiration),
      }),
      deployed: digestOf(properties),
    }));
  } catch (error) {
    if (!isByokError(error)) {
      throw error;
    }
    log('warn', 'the proof of what the key holds could not be kept', { reason: error.message });
  }
}

function attributesOf(keyId: string, { proof, observation }: MaterialOutcome): Deployed['data'] {
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
  const { ofMaterial, ofKey, pendingDays } = removalOf(properties);
  if (ofMaterial !== 'retain' || ofKey !== 'retain') {
    await withKms(session, properties, async (context) => {
      logNotices(session, await removeMaterial(context, keyId, ofMaterial));
      await removeKey(context, keyId, ofKey, pendingDays);
    });
  }
  await amend(session.store, properties.memory, (memory) => withoutKey(memory, keyId));
  return { physicalResourceId: keyId };
}

function ownProperties({ ServiceToken: _, ServiceTimeout: __, ...properties }: CustomResourceEvent['ResourceProperties']): KeyProperties {
  return properties;
}
