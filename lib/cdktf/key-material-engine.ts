/**
 * What keeps the material of a key in place:
 * the provider `byok`, or hooks of `@cdktf/provider-null` if no other provider is allowed.
 */
import { refuseUnknownNames } from '../terms/known-names';
import type { ByokConnectionProps } from './byok-provider';
import { propertyNames } from './property-names';

/**
 * How hooks reach the KMS, what triggers them, and where they keep records.
 * Secrets of the login come only from the environment.
 */
export interface KeyMaterialHooksOptions extends ByokConnectionProps {
  /**
   * What `byok check --drift-token` printed before this synthesis,
   * for example `process.env.BYOK_DRIFT_TOKEN`.
   * A new token runs the hooks again, so they import material that was deleted
   * or is due for renewal.
   * @default - none: a deployment notices only changes in code
   */
  readonly driftToken?: string;
  /**
   * Folder of small files, one for each key, that record which material the key took.
   * They hold no secret; keep them with the code.
   * The path is absolute, or relative to the folder of `cdktf.json`;
   * as in `KeyMaterialSource.fromFile`, its beginning must be a literal.
   * If the file of a key is missing, a change of its expiry needs `allowUnverifiedRenewal`.
   * @default "byok-records"
   */
  readonly recordFolder?: string;
  /**
   * The program that the hooks run: a name on PATH, or a path,
   * absolute or relative to the folder of `cdktf.json`.
   * The beginning of a path must be a literal.
   * @default - `byok` of the `node_modules` beside `cdktf.json`, else the `byok` on PATH
   */
  readonly command?: string;
}

/** What imports the material and keeps it imported. */
export class KeyMaterialEngine {
  /** The provider `byok`, which sees the key in every plan. */
  static provider(): KeyMaterialEngine {
    return new KeyMaterialEngine(undefined);
  }

  /**
   * Two null resources whose provisioners run the `byok` command,
   * for places that forbid third-party providers.
   * The key must already exist: give it as `key`. Needs the package `@cdktf/provider-null`.
   * @throws ByokError ERR_ARGUMENT when an option is misspelled
   */
  static hooks(options: KeyMaterialHooksOptions = {}): KeyMaterialEngine {
    refuseUnknownNames(options, propertyNames.KeyMaterialHooksOptions, 'KeyMaterialEngine.hooks');
    return new KeyMaterialEngine(options);
  }

  /** Undefined for the provider. */
  readonly hooks: KeyMaterialHooksOptions | undefined;

  private constructor(hooks: KeyMaterialHooksOptions | undefined) {
    this.hooks = hooks;
  }
}
