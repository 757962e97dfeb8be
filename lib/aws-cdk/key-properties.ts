/**
 * What the construct writes into the template and the handler reads back:
 * names and places, nothing secret.
 * The rule that runs between deployments carries the same.
 */
import type { Declared } from '../lifecycle/declaration';
import type { KmsPlace } from '../terms/connection';
import type { Switch } from '../terms/material-options';
import { plainSpelling, type Setting, type Spelling } from '../terms/setting';

/** CloudFormation turns it into text, EventBridge does not. */
export type Scalar = string | number | boolean;

/**
 * A secret of Secrets Manager and the part of it to take, or an SSM parameter of type SecureString.
 */
export type MaterialPlace =
  | {
      /** ARN. */
      readonly secret: string;
      /** Field of a JSON object; absent if the whole secret is the material. */
      readonly jsonField?: string | undefined;
      /** Field of the same object that holds the password of an encrypted private key. */
      readonly passwordField?: string | undefined;
    }
  | { readonly parameter: string };

/** An absent value has the default that the construct's property documents. */
export interface KeyProperties extends KmsPlace, Partial<Record<Switch, Scalar | undefined>> {
  /** Of a key to create. Otherwise `keyId` is given. */
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
  readonly warnBefore?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly wrappingAlgorithm?: string | undefined;
  readonly onDestroy?: string | undefined;
  /** ARN of the secret that holds the login to the KMS. */
  readonly credentials: string;
  /**
   * Name of the SSM parameter in which the handler keeps what CloudFormation does not:
   * the proof of what the key holds. The declaration of the stack lies beside it.
   */
  readonly memory: string;
  /** Value of the dimension of the key's metrics. */
  readonly metricKey: string;
}

/**
 * Reported at synthesis and by the handler. CloudFormation handles a renamed construct in two
 * steps: it first creates it anew on the same key, and then removes the old one from that key.
 */
export const deletionOfNamedKey =
  'onDestroy is "delete_material" for a key given by keyId, which another construct or stack ' +
  'may still use; allowed are "retain" and "refuse"';

/** Settings that are no property of that name, but of the material's source. */
const names: Partial<Record<Setting, string>> = {
  // An expiry is one property, whichever of its forms it has.
  expirationTime: 'expiration',
  materialEncoding: 'encoding',
  materialPassword: 'passwordField',
};

/** How messages call the settings, at synthesis and in the handler. */
export const spelling: Spelling = {
  ...plainSpelling,
  name: (setting) => names[setting] ?? setting,
  rolling: 'Expiration.rolling',
  never: 'Expiration.never()',
};

/** What the properties declare, by setting. */
export function declaredIn({ source, encoding, ...properties }: KeyProperties): Declared {
  const { credentials: _, memory: __, metricKey: ___, ...settings } = properties;
  return {
    ...settings,
    materialEncoding: encoding,
    materialPassword: 'passwordField' in source ? source.passwordField : undefined,
  };
}

/** What the rule sends to the handler. */
export interface CheckEvent {
  readonly checkKey: string;
  readonly properties: KeyProperties;
}

/** Environment variable of the function: the path of its stack's parameters. Ends in a slash. */
export const parametersVariable = 'BYOK_PARAMETERS';

/**
 * Name of the parameter that holds the declared properties of a key, as JSON.
 * CloudFormation writes it, the function only reads it.
 */
export function declarationOf(memory: string): string {
  return `${memory}/declared`;
}

/** Namespace of the metrics of all keys. */
export const metricNamespace = 'cdktf-byok';

/** The one dimension of each metric. */
export const metricDimension = 'Key';

export const metricNames = { days: 'DaysUntilExpiry', attention: 'NeedsAttention' } as const;

/** In the line of the metrics: what `byok check` would say of the material, and why. */
export const judgementNames = { verdict: 'Verdict', reason: 'Reason' } as const;

/** Attributes of the custom resource. */
export const attributeNames = {
  keyId: 'KeyId',
  fingerprint: 'Fingerprint',
  expirationTime: 'ExpirationTime',
  materialStatus: 'MaterialStatus',
} as const;
