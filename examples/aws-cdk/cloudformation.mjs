// CloudFormation as far as the template of a key needs it: writes the parameter, asks the function,
// sends what the rule sends.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const invoke = fileURLToPath(new URL('invoke.mjs', import.meta.url));
const account = '123456789012';
const region = 'eu-central-1';

const pseudoParameters = {
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::AccountId': account,
};

/** As the template refers to it. */
export function secretArn(name) {
  return `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
}

export class CloudFormation {
  #name;
  #folder;
  #aws;
  #commands;
  #template;
  /** Of the custom resource, as it was answered last. */
  #keyId;
  #properties;
  #attributes = {};

  /** @param folder of the synthesized app, the CDK's cdk.out */
  constructor(name, folder, { aws, commands }) {
    this.#name = name;
    this.#folder = folder;
    this.#aws = aws;
    this.#commands = commands;
  }

  /** Creates or updates. @returns what the function answered */
  async deploy() {
    this.#template = JSON.parse(
      readFileSync(join(this.#folder, `${this.#name}.template.json`), 'utf8'),
    );
    const { Name, Value } = this.#resolve(this.#only('AWS::SSM::Parameter').Properties);
    this.#aws.parameters.set(Name, Value);
    const properties = this.#resolve(this.#only('Custom::ByokImportedKey').Properties);
    const change =
      this.#keyId === undefined
        ? { RequestType: 'Create' }
        : { RequestType: 'Update', OldResourceProperties: this.#properties };
    const answer = await this.#ask({ ...change, ResourceProperties: properties });
    this.#keyId = answer.PhysicalResourceId;
    this.#properties = properties;
    this.#attributes = answer.Data;
    return answer;
  }

  /** What the template says of a key that it keeps is never asked of the function. */
  async delete() {
    if (this.#only('Custom::ByokImportedKey').DeletionPolicy === 'Retain') {
      throw new Error('the template keeps the key: nothing is asked of the function');
    }
    const answer = await this.#ask({ RequestType: 'Delete', ResourceProperties: this.#properties });
    this.#aws.parameters.delete(this.#resolve(this.#only('AWS::SSM::Parameter').Properties.Name));
    return answer;
  }

  /** The rule, an hour later. @returns what the function logged */
  runRule() {
    const [target] = this.#only('AWS::Events::Rule').Properties.Targets;
    return this.#invoke(JSON.parse(this.#resolve(target.Input)));
  }

  async #ask(request) {
    await this.#invoke({
      ...request,
      // The function answers nowhere else; on this machine what goes there arrives at `aws`.
      ResponseURL: `https://cloudformation-custom-resource-response-example.s3.${region}.amazonaws.com/answer`,
      StackId: `arn:aws:cloudformation:${region}:${account}:stack/${this.#name}/1`,
      RequestId: randomUUID(),
      ResourceType: 'Custom::ByokImportedKey',
      LogicalResourceId: 'Orders',
      ...(this.#keyId === undefined ? {} : { PhysicalResourceId: this.#keyId }),
    });
    const answer = this.#aws.takeAnswer();
    if (answer?.Status !== 'SUCCESS') {
      throw new Error(`CloudFormation was answered ${answer?.Status}: ${answer?.Reason}`);
    }
    return answer;
  }

  /** The very file that would be uploaded, in a process and with the variables of its own. */
  #invoke(event) {
    const { Code, Environment } = this.#only('AWS::Lambda::Function').Properties;
    const handler = join(this.#folder, `asset.${Code.S3Key.replace('.zip', '')}`, 'index.js');
    const variables = {
      ...this.#resolve(Environment.Variables),
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'example',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_ENDPOINT_URL: this.#aws.url,
      // No profiles of the user, and no login but the one in the secret.
      HOME: this.#folder,
      HW_PROJECT_ID: undefined,
      HW_AUTH_TOKEN: undefined,
    };
    writeFileSync(join(this.#folder, 'event.json'), JSON.stringify(event));
    return this.#commands.runWith(
      variables,
      this.#folder,
      process.execPath,
      invoke,
      handler,
      'event.json',
    );
  }

  #only(type) {
    const found = Object.values(this.#template.Resources).filter(
      (resource) => resource.Type === type,
    );
    if (found.length !== 1) {
      throw new Error(`the template has ${found.length} resources of type ${type}, not one`);
    }
    return found[0];
  }

  /** CloudFormation makes a text of every value. */
  #resolve(value) {
    if (Array.isArray(value)) {
      return value.map((one) => this.#resolve(one));
    }
    if (typeof value !== 'object') {
      return String(value);
    }
    if ('Ref' in value) {
      return value.Ref === 'AWS::StackName' ? this.#name : pseudoParameters[value.Ref];
    }
    if ('Fn::Join' in value) {
      const [separator, parts] = value['Fn::Join'];
      return this.#resolve(parts).join(separator);
    }
    if ('Fn::GetAtt' in value) {
      const [resource, attribute] = value['Fn::GetAtt'];
      // Of other resources than the key, only names are needed.
      return this.#attributes[attribute] ?? `${resource}.${attribute}`;
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, this.#resolve(one)]),
    );
  }
}
