/**
 * One invocation: its input, until when it may begin anything, and the KMS that the properties
 * name.
 */
import { connectKms } from '../../kms/connect';
import type { LifecycleContext, Notice } from '../../lifecycle/context';
import type { MaterialOutcome } from '../../lifecycle/material-request';
import { verdictOf } from '../../lifecycle/verdict';
import type { KeyProperties } from '../key-properties';
import { judgedWishOf } from './key-request';
import { metricsLine } from './metrics';
import { readLogin } from './stored-material';
import type { Log, Surroundings } from './surroundings';
import { wording } from './wording';

export interface Session extends Surroundings {
  /** Aborted when we may begin nothing new. */
  readonly signal: AbortSignal;
  /** The same moment, as a time. */
  readonly deadline: Date;
  readonly log: Log;
}

/** @throws ByokError ERR_CONFIGURATION if the login or the connection is not usable */
export async function withKms<T>(
  session: Session,
  properties: KeyProperties,
  use: (context: LifecycleContext) => Promise<T>,
): Promise<T> {
  const { store, now, signal, deadline, log } = session;
  const {
    cloud,
    region,
    projectId,
    projectName,
    enterpriseProjectId,
    kmsEndpoint,
    authUrl,
    credentials,
  } = properties;
  const login = await readLogin(store, credentials, signal);
  const place = {
    cloud,
    region,
    projectId,
    projectName,
    enterpriseProjectId,
    kmsEndpoint,
    authUrl,
  };
  const sleep = (ms: number, until: AbortSignal) => session.sleep(ms, until);
  const kms = connectKms({ ...place, ...login }, withoutSettings(session.env), {
    now,
    sleep,
    log,
    spelling: wording,
  });
  try {
    return await use({ kms, now, sleep, signal, deadline, words: wording, log });
  } finally {
    kms.close();
  }
}

/** The template says which KMS and which login: a variable of the function must not add to it. */
function withoutSettings(env: Session['env']): Session['env'] {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:HW|OS)_|^KMS_ENDPOINT$/.test(name)),
  );
}

/** Writes what was found into the log and the metrics. */
export function report(
  session: Pick<Session, 'print' | 'now' | 'log'>,
  properties: KeyProperties,
  { observation, proof, importedAt, reason, notices }: MaterialOutcome,
): void {
  const { print, now, log } = session;
  if (reason !== undefined) {
    log('info', 'the material was imported', { reason });
  }
  logNotices(session, notices);
  const material = { observation, wish: judgedWishOf(properties), proof };
  const judgement = verdictOf(
    { ...material, managed: true, wanted: true, due: undefined },
    now(),
    wording,
  );
  // Apart from an import, every notice is something that a person should act on. Of an expiry that
  // comes near, the other alarm tells.
  const needsAttention =
    judgement.verdict === 'missing' || (importedAt === undefined && notices.length > 0);
  const { expiration } = observation;
  print(metricsLine(properties.metricKey, { expiration, ...judgement }, needsAttention, now()));
}

export function logNotices({ log }: Pick<Session, 'log'>, notices: readonly Notice[]): void {
  for (const { summary, detail } of notices) {
    log('warn', summary, { detail });
  }
}
