/** A key that this stack does not create. The stack only names it and emits nothing for it. */
import { Construct } from 'constructs';
import { keyRules } from '../terms/rules';
import { literal } from './config-attributes';

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
    this.node.addValidation({ validate: () => faultsOfKeyId(keyId) });
  }
}

/** What is wrong with the id of a key; references pass. */
export function faultsOfKeyId(keyId: string): string[] {
  const id = literal(keyId);
  return id === undefined || keyRules.keyId.accepts(id)
    ? []
    : [`keyId is "${id}"; allowed are ${keyRules.keyId.allowed}, or the keyId of an ExternalKey`];
}
