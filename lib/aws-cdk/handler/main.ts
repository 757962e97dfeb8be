/**
 * Entry of the Lambda function. CloudFormation invokes it for each change of a key, and a rule of
 * EventBridge between deployments.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { awsStore } from './aws-store';
import { handle, type LambdaContext } from './handle';
import { sendAnswer } from './response';
import type { Surroundings } from './surroundings';

const sleep: Surroundings['sleep'] = (ms, signal) => delay(ms, undefined, { signal });

export function handler(event: unknown, context: LambdaContext): Promise<void> {
  return handle(event, context, {
    env: process.env,
    now: () => new Date(),
    sleep,
    store: awsStore(sleep),
    sendAnswer,
    // Not the console of the Lambda runtime: it puts words before the line, and CloudWatch then
    // finds no metrics in it.
    print: (line) => process.stdout.write(`${line}\n`),
  });
}
