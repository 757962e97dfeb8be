// What the function meets in AWS, on this machine: Secrets Manager, the Parameter Store, and the
// URL that CloudFormation waits at. Checks no signatures.
import { once } from 'node:events';
import { createServer } from 'node:http';

const calls = {
  'secretsmanager.GetSecretValue': ({ secrets }, { SecretId }) =>
    secrets.has(SecretId) && { ARN: SecretId, SecretString: secrets.get(SecretId) },
  'AmazonSSM.GetParameter': ({ parameters }, { Name }) =>
    parameters.has(Name) && { Parameter: { Name, Value: parameters.get(Name) } },
  'AmazonSSM.PutParameter': ({ parameters }, { Name, Value }) =>
    parameters.set(Name, Value) && { Version: 1 },
  'AmazonSSM.DeleteParameter': ({ parameters }, { Name }) => parameters.delete(Name) && {},
};

const missing = { secretsmanager: 'ResourceNotFoundException', AmazonSSM: 'ParameterNotFound' };

export class Aws {
  /** By ARN. */
  secrets = new Map();
  /** By name. */
  parameters = new Map();
  #answers = [];

  static async start() {
    const aws = new Aws();
    const server = createServer((request, response) => aws.#serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // It ends with the run, however that ends.
    server.unref();
    aws.url = `http://127.0.0.1:${server.address().port}`;
    return aws;
  }

  /** The latest of the custom resource; undefined when there is none since the last look. */
  takeAnswer() {
    return this.#answers.pop();
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const target = request.headers['x-amz-target'];
    if (target === undefined) {
      this.#answers.push(body);
      response.writeHead(200).end();
      return;
    }
    const answer = calls[target]?.(this, body);
    response.writeHead(answer ? 200 : 400, { 'Content-Type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(
        answer || { __type: missing[target.split('.')[0]], message: 'there is no such thing' },
      ),
    );
  }
}
