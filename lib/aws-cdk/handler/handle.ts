/**
 * Every invocation ends here: CloudFormation always gets an answer before the function's time runs
 * out, and no failure reveals a secret.
 */
import { ByokError, isByokError } from '../../errors';
import type { CheckEvent } from '../key-properties';
import { checkKey } from './check-key';
import { type Deployed, findAction, physicalIdOf } from './custom-resource';
import type { CustomResourceEvent } from './custom-resource-event';
import { placeOf, reasonFor } from './reason';
import { type Answer, encodeAnswer, isAnswerPlace } from './response';
import type { Session } from './session';
import { jsonLog, type Log, type Surroundings } from './surroundings';
import { timeBudgetOf } from './time-budget';

/** What Lambda passes beside the event, as far as we use it. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/**
 * @throws Error if CloudFormation could not be reached, or for a defect: Lambda then tries again
 */
export async function handle(
  event: unknown,
  lambda: LambdaContext,
  surroundings: Surroundings,
): Promise<void> {
  if (isCustomResourceEvent(event)) {
    if (!isAnswerPlace(event.ResponseURL)) {
      throw new Error(
        'the ResponseURL of the event is not an HTTPS URL of CloudFormation; nothing was read or done',
      );
    }
    const log = jsonLog(surroundings.print, {
      resource: event.LogicalResourceId,
      request: event.RequestId,
    });
    const answer = await answerTo(event, lambda, surroundings, log);
    await surroundings.sendAnswer(event.ResponseURL, encodeAnswer(answer), surroundings.sleep);
    return;
  }
  if (!isCheckEvent(event)) {
    throw new Error(
      'the event comes neither from CloudFormation nor from the rule that checks a key',
    );
  }
  const log = jsonLog(surroundings.print, { key: event.checkKey });
  try {
    await inTime(lambda, { ...surroundings, log }, (session) => checkKey(event, session));
  } catch (error) {
    logFailure(log, error);
    if (!isByokError(error)) {
      throw new Error(reasonFor(error));
    }
  }
}

async function answerTo(
  event: CustomResourceEvent,
  lambda: LambdaContext,
  surroundings: Surroundings,
  log: Log,
): Promise<Answer> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const ids = { StackId, RequestId, LogicalResourceId };
  try {
    const run = async (session: Session): Promise<Deployed> =>
      findAction(event.RequestType)(event, session);
    const { physicalResourceId, data = {} } = await inTime(lambda, { ...surroundings, log }, run);
    return {
      Status: 'SUCCESS',
      Reason: '',
      PhysicalResourceId: physicalResourceId,
      ...ids,
      Data: data,
    };
  } catch (error) {
    logFailure(log, error);
    return {
      Status: 'FAILED',
      Reason: reasonFor(error),
      PhysicalResourceId: physicalIdOf(event),
      ...ids,
    };
  }
}

/** @throws ByokError ERR_TIMEOUT if the work did not stop although it was asked to */
async function inTime<T>(
  lambda: LambdaContext,
  surroundings: Surroundings & { readonly log: Log },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { stopIn, answerIn } = timeBudgetOf(lambda.getRemainingTimeInMillis());
  const [stop, done] = [new AbortController(), new AbortController()];
  const after = async (ms: number): Promise<void> => {
    await surroundings.sleep(ms, done.signal);
  };
  const stopping = after(stopIn).then(() => stop.abort());
  const timeOut = after(answerIn).then(() => {
    throw new ByokError(
      'ERR_TIMEOUT',
      'the time of the function ran out; check the key in the KMS, then deploy again',
    );
  });
  // Both reject if the work is done first.
  stopping.catch(() => undefined);
  timeOut.catch(() => undefined);
  try {
    const deadline = new Date(surroundings.now().getTime() + stopIn);
    return await Promise.race([work({ ...surroundings, signal: stop.signal, deadline }), timeOut]);
  } finally {
    done.abort();
  }
}

function logFailure(log: Log, error: unknown): void {
  log('error', reasonFor(error), isByokError(error) ? {} : { at: placeOf(error) });
}

function isCustomResourceEvent(event: unknown): event is CustomResourceEvent {
  return (
    typeof event === 'object' && event !== null && 'ResponseURL' in event && 'RequestType' in event
  );
}

function isCheckEvent(event: unknown): event is CheckEvent {
  return (
    typeof event === 'object' && event !== null && 'checkKey' in event && 'properties' in event
  );
}
