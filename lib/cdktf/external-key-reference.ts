/** A key that this stack does not create. The stack only names it and emits nothing for it. */
import { Construct } from 'constructs';
import { faultsOf, materialSpelling } from './declaration';

/**
 * A key of origin "external", whether this stack creates it (`ExternalKey`)
 * or only names it (`ExternalKey.fromKeyId`).
 */
export interface IExternalKey {
  /** Id of the key in the KMS, 36 characters. */
  readonly keyId: string;
}

/** The result of `ExternalKey.fromKeyId`. */
export class ExternalKeyReference extends Construct implements IExternalKey {
  readonly keyId: string;

  constructor(scope: Construct, id: string, keyId: string) {
    super(scope, id);
    this.keyId = keyId;
    this.node.addValidation({ validate: () => faultsOf({ keyId }, materialSpelling, ['keyId']) });
  }
}
