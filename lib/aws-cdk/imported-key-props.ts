/** What an `ImportedKey` can be told. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Expiration } from '../terms/expiration';
import type { KeyDestroyPolicy } from '../terms/key';
import type { KeySpec, KeyUsage, WrappingAlgorithm } from '../terms/kms';
import type { MaterialDestroyPolicy } from '../terms/material';
import type { KeyMaterialSource } from './key-material-source';
import type { KmsCredentials } from './kms-credentials';

/** Which KMS, and the login to it. */
export interface KmsConnectionProps {
  /** The login to the KMS. */
  readonly credentials: KmsCredentials;
  /**
   * Whose KMS this is: "huaweicloud", "opentelekomcloud", or the domain suffix of a related cloud.
   * @default "huaweicloud"
   */
  readonly cloud?: string;
  /**
   * Region of the KMS, for example "ap-southeast-3", or "eu-de" of `cloud` "opentelekomcloud"; no region of AWS.
   * @default - none; then `kmsEndpoint` is needed
   */
  readonly region?: string;
  /**
   * Project that the key belongs to, 32 characters.
   * @default - IAM is asked for the project of `projectName`
   */
  readonly projectId?: string;
  /**
   * Name of the project that the key belongs to, when `projectId` is not given.
   * @default - the name of the region: its main project
   */
  readonly projectName?: string;
  /**
   * Enterprise project that a new key is put into, on Huawei Cloud.
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

/** What the key is, where its material comes from, how long that lives, and who looks after it. */
export interface ImportedKeyProps extends KmsConnectionProps {
  /** Where the material comes from. It is read when it is imported, never at synthesis. */
  readonly source: KeyMaterialSource;
  /**
   * Name of the key to make, unique in the project: 1 to 255 of `a-z A-Z 0-9 : / _ -`, not ending in `/default`. Another one means another key.
   * @default - none; then `keyId` is needed
   */
  readonly alias?: string;
  /**
   * Id of an existing key of origin "external", instead of `alias`. Only its material is managed: the key itself is never changed or deleted.
   * @default - a key is made
   */
  readonly keyId?: string;
  /**
   * When the KMS deletes the material. A change means a short outage: this KMS can only delete and import again.
   * @default - never; on a key that held material already, what is there
   */
  readonly expiration?: Expiration;
  /**
   * From how long before the expiry on `alarm` rings: a whole number and a unit (s, m, h, d).
   * @default - "14d"; for a rolling expiry half of its `renewBefore`
   */
  readonly warnBefore?: string;
  /**
   * How often the handler looks at the key between deployments, imports the material again if it is gone, and renews a rolling expiry.
   * Whole minutes, up to a day.
   * @default Duration.hours(1)
   */
  readonly checkEvery?: Duration;
  /**
   * Runtime of the function, one of Node.js. All imported keys of a stack share the function: those that give a runtime give the same.
   * @default - nodejs22.x
   */
  readonly runtime?: Runtime;
  /**
   * Pin: "sha256:" and 64 hex digits, as `byok fingerprint` prints it. Nothing else is imported.
   * @default - no pin
   */
  readonly fingerprint?: string;
  /**
   * Up to 255 characters.
   * @default - none
   */
  readonly description?: string;
  /**
   * What kind of key it is. Another one means another key, which needs another alias.
   * @default "AES_256"
   */
  readonly keySpec?: KeySpec;
  /**
   * What the key may do: "ENCRYPT_DECRYPT" or "SIGN_VERIFY". Another one means another key, which needs another alias.
   * @default - follows from `keySpec`
   */
  readonly keyUsage?: KeyUsage;
  /**
   * Whether the key may be used.
   * @default - not managed here
   */
  readonly enabled?: boolean;
  /**
   * Tags of the key: names of up to 36, values of up to 43 characters. Given, they are all the tags that the key has.
   * @default - tags are not looked at
   */
  readonly tags?: Record<string, string>;
  /**
   * How the material is wrapped on its way to the KMS; acts at the next import.
   * @default "RSAES_OAEP_SHA_256"
   */
  readonly wrappingAlgorithm?: WrappingAlgorithm;
  /**
   * What becomes of the key when it is taken out of the stack, or another one takes its place. Under RETAIN CloudFormation leaves it as it
   * is; under DESTROY `onDestroy` and `keyOnDestroy` say what happens.
   * @default - RemovalPolicy.RETAIN, or DESTROY when `onDestroy` or `keyOnDestroy` is given
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * What removal does to the material. "delete_material" acts at once, without days of grace, and is not for a key that `keyId` names;
   * "refuse" makes it fail.
   * @default "retain"
   */
  readonly onDestroy?: MaterialDestroyPolicy;
  /**
   * What removal does to a key that was made here. One that was there already is kept.
   * @default "schedule_deletion", once `removalPolicy` lets it come to that
   */
  readonly keyOnDestroy?: KeyDestroyPolicy;
  /**
   * Days between removal and the end of the key, 7 to 1096.
   * @default 7
   */
  readonly pendingDays?: number;
  /**
   * When somebody scheduled the key for deletion: take that back at the next change of this resource.
   * @default false
   */
  readonly cancelPendingDeletion?: boolean;
  /**
   * False refuses a change of `expiration`, and the renewals of a rolling one.
   * @default true
   */
  readonly allowInterruption?: boolean;
  /**
   * True lets material be deleted and imported again although nothing proves that the material at hand is the same.
   * @default false
   */
  readonly allowUnverifiedRenewal?: boolean;
  /**
   * True lets plainly weak material (few different bytes, a repeated pattern, text, a counter, an RSA exponent below 65537) be imported for the first time.
   * @default false
   */
  readonly allowWeakMaterial?: boolean;
}
