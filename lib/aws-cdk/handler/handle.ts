/**
 * Every invocation ends here: CloudFormation is always answered, before the time of the function is
 * over and whatever happens, and no failure tells a secret.
 */
import { ByokError, isByokError } from '../../errors';
import type { CheckEvent } from '../key-properties';
import { checkKey } from './check-key';
import { type Deployed, findOperation, physicalIdOf } from './custom-resource';
import type { CustomResourceEvent } from './custom-resource-event';
import { placeOf, reasonFor } from './reason';
import { type Answer, encodeAnswer, isAnswerPlace } from './response';
import type { Session } from './session';
import { jsonLog, type Log, type Surroundings } from './surroundings';
import { timeBudgetOf } from './time-budget';

/** What Lambda hands over beside the event, as far as it is used here. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/**
 * @throws Error when CloudFormation could not be told, or there is a defect: Lambda then tries
 *   again
 */
export async function handle(
  event: unknown,
  lambda: LambdaContext,
  surroundings: Surroundings,
): Promise<void> {
  if (isCustomResourceEvent(event)) {
    if (!isAnswerPlace(event.ResponseURL)) {
      throw new Error(
        'the event names a place for the answer that is none of CloudFormation over HTTPS; nothing was read or done',
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
      'the event is neither of CloudFormation nor of the rule that looks after a key',
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
      findOperation(event.RequestType)(event, session);
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

/** @throws ByokError ERR_TIMEOUT when the work did not end although it was told to */
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
      'the time of the function ran out; look at the key in the KMS, then deploy again',
    );
  });
  // Both reject when the work is done first.
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
