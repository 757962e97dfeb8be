/** What a person may wish of a key that is made here: named and described once. */
import type { KeySpec, KeyUsage } from './kms';

/**
 * Options of a key.
 * @typeParam Late what may stand for a value that is known later
 */
export interface KeyOptions<Late = never> {
  /**
   * Description of the key, up to 255 characters.
   * @default - none
   */
  readonly description?: string;
  /**
   * What kind of key it is: "AES_256", or one of the asymmetric specs.
   * Another spec means another key.
   * @default "AES_256"
   */
  readonly keySpec?: KeySpec | Late;
  /**
   * What the key may do: "ENCRYPT_DECRYPT" or "SIGN_VERIFY". Another usage means another key.
   * @default - what `keySpec` allows: "ENCRYPT_DECRYPT" for AES_256
   */
  readonly keyUsage?: KeyUsage | Late;
  /**
   * Whether the key may be used. A key without material can be neither enabled nor disabled;
   * the setting takes effect once it has material.
   * @default - not managed here
   */
  readonly enabled?: boolean | Late;
  /**
   * Tags of the key: names of up to 36, values of up to 43 characters.
   * If given, the key has these tags and no others.
   * @default - tags are not managed
   */
  readonly tags?: Record<string, string>;
  /**
   * Days between destroy and the end of the key, 7 to 1096.
   * @default 7
   */
  readonly pendingDays?: number;
  /**
   * If the key is scheduled for deletion, cancel that at the next apply or deployment.
   * @default false
   */
  readonly cancelPendingDeletion?: boolean | Late;
}

/** All options. */
export const keyOptions = [
  'description',
  'keySpec',
  'keyUsage',
  'enabled',
  'tags',
  'pendingDays',
  'cancelPendingDeletion',
] as const satisfies readonly (keyof KeyOptions)[];
