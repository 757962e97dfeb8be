/** The function as CloudFormation creates a resource by it, with no service of AWS around it. */
import { handle } from '../../lib/aws-cdk/handler/handle';
import type { Surroundings } from '../../lib/aws-cdk/handler/surroundings';
import { parametersVariable } from '../../lib/aws-cdk/key-properties';

export interface Alone {
  readonly remainingMs: number;
  readonly sleep: Surroundings['sleep'];
  readonly readSecret: Surroundings['store']['readSecret'];
}

/** @returns what CloudFormation is told */
export async function createdAlone(
  properties: object,
  { remainingMs, sleep, readSecret }: Alone,
): Promise<readonly { readonly Status: string; readonly Reason: string }[]> {
  const answers: string[] = [];
  const surroundings: Surroundings = {
    env: { [parametersVariable]: '/cdktf-byok/stack/' },
    now: () => new Date(),
    sleep,
    store: {
      readSecret,
      readParameter: async (name) =>
        name.endsWith('/declared') ? JSON.stringify(properties) : undefined,
      writeParameter: async () => undefined,
      deleteParameter: async () => undefined,
    },
    sendAnswer: async (_url, body) => {
      answers.push(body);
    },
    print: () => undefined,
  };
  const event = {
    RequestType: 'Create',
    ResponseURL:
      'https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/answer',
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'l',
    ResourceProperties: properties,
  };
  await handle(event, { getRemainingTimeInMillis: () => remainingMs }, surroundings);
  return answers.map((body) => JSON.parse(body));
}
