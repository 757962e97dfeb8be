/** Who keeps the material of a key in place: the provider `byok`, or hooks of `@cdktf/provider-null` where no other provider is allowed. */
import { refuseUnknownNames } from '../terms/known-names';
import type { ByokConnectionProps } from './byok-provider';
import { propertyNames } from './property-names';

/** How hooks reach the KMS, and what they are triggered and remembered by. Secrets of the login come from the environment only. */
export interface KeyMaterialHooksOptions extends ByokConnectionProps {
  /**
   * What `byok check --drift-token` printed before this synthesis, for example `process.env.BYOK_DRIFT_TOKEN`. Another token runs the hooks
   * again, so that material which somebody deleted, or which is to be renewed, is imported.
   * @default - none: a deploy notices a change in code only
   */
  readonly driftToken?: string;
  /**
   * Folder of small files, one for each key, that remember which material it was seen to take: absolute, or relative to the folder of
   * `cdktf.json`; written out at its beginning, as the path of `KeyMaterialSource.fromFile`. They hold no secret; keep them with the code. Without the file of a key, a change of its expiry needs
   * `allowUnverifiedRenewal`.
   * @default "byok-records"
   */
  readonly recordFolder?: string;
  /**
   * The program that the hooks run: a name to be found on PATH, or a path, absolute or relative to the folder of `cdktf.json`; written out at
   * its beginning.
   * @default - `byok` of the `node_modules` beside `cdktf.json`, else the `byok` on PATH
   */
  readonly command?: string;
}

/** Who imports the material, and keeps it imported. */
export class KeyMaterialEngine {
  /** The provider `byok`, which sees the key in every plan. */
  static provider(): KeyMaterialEngine {
    return new KeyMaterialEngine(undefined);
  }

  /**
   * Two null resources whose provisioners run the `byok` command, for places that forbid third-party providers. The key itself must exist:
   * give it as `key`. Needs the package `@cdktf/provider-null`.
   * @throws ByokError ERR_ARGUMENT when an option is misspelt
   */
  static hooks(options: KeyMaterialHooksOptions = {}): KeyMaterialEngine {
    refuseUnknownNames(options, propertyNames.KeyMaterialHooksOptions, 'KeyMaterialEngine.hooks');
    return new KeyMaterialEngine(options);
  }

  /** Undefined when it is the provider. */
  readonly hooks: KeyMaterialHooksOptions | undefined;

  private constructor(hooks: KeyMaterialHooksOptions | undefined) {
    this.hooks = hooks;
  }
}
