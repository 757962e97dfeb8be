/** What CloudFormation sends to a custom resource. */
import { formats } from '../../terms/kms';
import type { KeyProperties } from '../key-properties';

/** What CloudFormation sends, as far as we use it. */
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

/** A property of CloudFormation's own. */
interface ServiceProperties {
  readonly ServiceToken?: string;
  readonly ServiceTimeout?: string;
}

/**
 * CloudFormation makes up a physical id if it got no answer, so not every physical id is a key id.
 */
export function isKeyId(physicalId: string): boolean {
  return new RegExp(formats.keyId).test(physicalId);
}
