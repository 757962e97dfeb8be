/** A stack of AWS CDK with an imported key in it, and the template that comes of it. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  ImportedKey,
  type ImportedKeyProps,
  KeyMaterialSource,
  KmsCredentials,
} from 'cdktf-byok/aws-cdk';
import { scratchFolder } from '../support/scratch-folder';

export const region = 'eu-central-1';

export function secretArn(name: string): string {
  return `arn:aws:secretsmanager:${region}:123456789012:secret:${name}-AbCdEf`;
}

export function newStack(): Stack {
  return new Stack(new App({ outdir: scratchFolder() }), 'stack', {
    env: { account: '123456789012', region },
  });
}

export function propsIn(stack: Stack, props: Partial<ImportedKeyProps> = {}): ImportedKeyProps {
  const secret = (name: string) =>
    (stack.node.tryFindChild(name) as Secret | undefined) ??
    Secret.fromSecretCompleteArn(stack, name, secretArn(name));
  return {
    alias: 'payments',
    source: KeyMaterialSource.fromSecret(secret('material') as Secret),
    credentials: KmsCredentials.fromSecret(secret('login') as Secret),
    region: 'eu-de',
    projectId: '0123456789abcdef0123456789abcdef',
    ...props,
  };
}

export function templateOf(props: Partial<ImportedKeyProps> = {}, stack = newStack()): Template {
  new ImportedKey(stack, 'Payments', propsIn(stack, props));
  return Template.fromStack(stack);
}

/** The only resource of this type. */
export function only(
  template: Template,
  type: string,
): { Properties: Record<string, unknown>; [name: string]: unknown } {
  const [resource, ...others] = Object.values(template.findResources(type));
  expect(others).toEqual([]);
  return resource as { Properties: Record<string, unknown> };
}
