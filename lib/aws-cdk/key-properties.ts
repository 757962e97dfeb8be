/**
 * What the construct writes into the template, and the handler reads back: names and places. Nothing secret has a place in it. The rule
 * between deployments carries the same.
 */
import type { KmsPlace } from '../terms/connection';

/** CloudFormation makes a text of it, EventBridge does not. */
export type Scalar = string | number | boolean;

/** A secret of Secrets Manager and what to take of it, or an SSM parameter of type SecureString. */
export type MaterialPlace =
  | {
      /** ARN. */
      readonly secret: string;
      /** Field of a JSON object; absent when the whole secret is the material. */
      readonly jsonField?: string | undefined;
      /** Field of the same object with the password of an encrypted private key. */
      readonly passwordField?: string | undefined;
    }
  | { readonly parameter: string };

/** Absent: as the documentation of the construct's property says. */
export interface KeyProperties extends KmsPlace {
  /** Of a key that is made; otherwise there is a `keyId`. */
  readonly alias?: string | undefined;
  readonly keyId?: string | undefined;
  readonly description?: string | undefined;
  readonly keySpec?: string | undefined;
  readonly keyUsage?: string | undefined;
  readonly enabled?: Scalar | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly pendingDays?: Scalar | undefined;
  readonly cancelPendingDeletion?: Scalar | undefined;
  readonly keyOnDestroy?: string | undefined;
  readonly source: MaterialPlace;
  readonly encoding?: string | undefined;
  readonly expirationTime?: string | undefined;
  readonly validFor?: string | undefined;
  readonly renewBefore?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly wrappingAlgorithm?: string | undefined;
  readonly onDestroy?: string | undefined;
  readonly allowInterruption?: Scalar | undefined;
  readonly allowUnverifiedRenewal?: Scalar | undefined;
  readonly allowWeakMaterial?: Scalar | undefined;
  /** ARN of the secret with the login to the KMS. */
  readonly credentials: string;
  /**
   * Name of the SSM parameter in which the handler keeps what CloudFormation does not: the proof of what the key holds. Beside it lies what
   * the stack declares.
   */
  readonly memory: string;
  /** The dimension of its metrics. */
  readonly metricKey: string;
}

/** Said at synthesis and by the handler: a renamed construct is first made anew on the same key, and then removed from it. */
export const deletionOfNamedKey =
  'onDestroy is "delete_material" for a key that keyId names, which another construct or stack may go on with; allowed are "retain" and "refuse"';

/** Of a rolling expiry, at synthesis and by the handler, which sees what is only known then. */
export const rollingSpelling = { validFor: 'validFor', renewBefore: 'renewBefore', occasion: 'check' };

/** What the rule sends. */
export interface CheckEvent {
  readonly checkKey: string;
  readonly properties: KeyProperties;
}

/** Variable of the function: the path of its stack's own parameters, with a slash at the end. */
export const parametersVariable = 'BYOK_PARAMETERS';

/** Name of the parameter with the properties that the stack declares for a key, as JSON: CloudFormation writes it, the function only reads it. */
export function declarationOf(memory: string): string {
  return `${memory}/declared`;
}

/** Where the metrics of all keys are. */
export const metricNamespace = 'cdktf-byok';

/** Each has the one dimension. */
export const metricDimension = 'Key';

export const metricNames = { days: 'DaysUntilExpiry', attention: 'NeedsAttention' } as const;

/** Attributes of the custom resource. */
export const attributeNames = {
  keyId: 'KeyId',
  fingerprint: 'Fingerprint',
  expirationTime: 'ExpirationTime',
  materialStatus: 'MaterialStatus',
} as const;
