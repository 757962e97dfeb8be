/** What CloudFormation sends to a custom resource. */
import { formats } from '../../terms/kms';
import type { KeyProperties } from '../key-properties';

/** What CloudFormation sends, as far as it is used here. */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: KeyProperties & ServiceProperties;
  readonly OldResourceProperties?: KeyProperties & ServiceProperties;
}

/** CloudFormation's own, among the properties. */
interface ServiceProperties {
  readonly ServiceToken?: string;
  readonly ServiceTimeout?: string;
}

/** CloudFormation makes up a physical id when it got no answer, so not every one is a key's. */
export function isKeyId(physicalId: string): boolean {
  return new RegExp(formats.keyId).test(physicalId);
}
