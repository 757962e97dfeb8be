/** Properties of an `ImportedKey`. */

import type { Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Expiration } from '../terms/expiration';
import type { KeyDestroyPolicy } from '../terms/key';
import type { KeyOptions } from '../terms/key-options';
import type { MaterialDestroyPolicy } from '../terms/material';
import type { MaterialOptions } from '../terms/material-options';
import type { KeyMaterialSource } from './key-material-source';
import type { KmsCredentials } from './kms-credentials';

/** Which KMS to use, and how to log in to it. */
export interface KmsConnectionProps {
  /** The login to the KMS. */
  readonly credentials: KmsCredentials;
  /**
   * Whose KMS this is: "huaweicloud", "opentelekomcloud", or the domain suffix of a related cloud.
   * @default "huaweicloud"
   */
  readonly cloud?: string;
  /**
   * Region of the KMS, for example "ap-southeast-3",
   * or "eu-de" of `cloud` "opentelekomcloud"; not a region of AWS.
   * @default - none; then `kmsEndpoint` is required
   */
  readonly region?: string;
  /**
   * Project of the key, 32 characters.
   * @default - IAM is asked for the project of `projectName`
   */
  readonly projectId?: string;
  /**
   * Name of the project of the key, if `projectId` is not given.
   * @default - the name of the region: its main project
   */
  readonly projectName?: string;
  /**
   * Enterprise project for a new key, on Huawei Cloud.
   * @default - the default one
   */
  readonly enterpriseProjectId?: string;
  /**
   * Base URL of the KMS, https.
   * @default - follows from `cloud` and `region`
   */
  readonly kmsEndpoint?: string;
  /**
   * Base URL of IAM, https, ending in `/v3`.
   * @default - follows from `cloud` and `region`
   */
  readonly authUrl?: string;
}

/**
 * What the key is, where its material comes from, how long the material lives,
 * and how the key is watched.
 */
export interface ImportedKeyProps extends KmsConnectionProps, KeyOptions, MaterialOptions {
  /** Where the material comes from. The handler reads it at the import; synthesis never does. */
  readonly source: KeyMaterialSource;
  /**
   * Name of the key to create, unique in the project:
   * 1 to 255 of `a-z A-Z 0-9 : / _ -`, not ending in `/default`. Another name means another key.
   * @default - none; then `keyId` is required
   */
  readonly alias?: string;
  /**
   * Id of an existing key of origin "external", instead of `alias`. Only its material is managed:
   * the key itself is never changed or deleted.
   * @default - a key is created
   */
  readonly keyId?: string;
  /**
   * When the KMS deletes the material. A change means a short outage,
   * because this KMS can only delete the material and import it again.
   * @default - never; on a key that already held material, the expiry that it has
   */
  readonly expiration?: Expiration;
  /**
   * How long before the expiry `alarm` starts to ring: a whole number and a unit (s, m, h, d).
   * @default - "14d"; for a rolling expiry half of its `renewBefore`
   */
  readonly warnBefore?: string;
  /**
   * How often the handler looks at the key between deployments. It imports the material again
   * if it is gone, and renews a rolling expiry. Whole minutes, up to a day.
   * @default Duration.hours(1)
   */
  readonly checkEvery?: Duration;
  /**
   * Runtime of the function, a version of Node.js. All imported keys of a stack share the function,
   * so keys that give a runtime must give the same one.
   * @default - nodejs22.x
   */
  readonly runtime?: Runtime;
  /**
   * What happens to the key when it leaves the stack, or when another one replaces it. With RETAIN,
   * CloudFormation leaves it as it is; with DESTROY, `onDestroy` and `keyOnDestroy` decide.
   * @default - RemovalPolicy.RETAIN, or DESTROY when `onDestroy` or `keyOnDestroy` is given
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * What removal does to the material. "delete_material" deletes it at once, without days of grace,
   * and is not allowed for a key that `keyId` names. "refuse" makes the removal fail.
   * @default "retain"
   */
  readonly onDestroy?: MaterialDestroyPolicy;
  /**
   * What removal does to a key that this construct created. A key that existed before is kept.
   * @default "schedule_deletion", if `removalPolicy` lets the removal reach the key
   */
  readonly keyOnDestroy?: KeyDestroyPolicy;
  /**
   * Days between removal and the end of the key, 7 to 1096.
   * @default 7
   */
  readonly pendingDays?: number;
}
