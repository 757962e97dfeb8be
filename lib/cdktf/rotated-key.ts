/**
 * A key that is rotated. The KMS binds a key to its material forever,
 * so each generation of material has a key of its own.
 * The current one has the plain alias. The others stay, under names of their own,
 * to decrypt what they encrypted.
 */
import { dependable, type IResolvable, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { ByokError } from '../errors';
import type { Expiration } from '../terms/expiration';
import type { KeyDestroyPolicy } from '../terms/key';
import type { KeySpec, KeyUsage, WrappingAlgorithm } from '../terms/kms';
import { refuseUnknownNames } from '../terms/known-names';
import type { ByokProvider } from './byok-provider';
import type { ResourceTimeouts } from './byok-resource';
import { literal } from './config-attributes';
import { ImportedKey } from './imported-key';
import type { KeyMaterialSource } from './key-material-source';
import { propertyNames } from './property-names';

/** One generation of material, and so one key. */
export interface KeyGeneration {
  /**
   * Identifies the generation forever: 1 to 64 of `a-z A-Z 0-9 _ -`, for example "1" or "2026".
   * Another name means another key.
   */
  readonly name: string;
  /** Where the material comes from. Synthesis never reads it. */
  readonly source: KeyMaterialSource;
  /**
   * When the KMS deletes the material.
   * After that, what it encrypted can be read only if the material is imported again.
   * @default - never
   */
  readonly expiration?: Expiration;
  /**
   * Pin: "sha256:" and 64 hex digits, as `byok fingerprint` prints it. Nothing else is imported.
   * @default - no pin
   */
  readonly fingerprint?: string;
  /**
   * Whether the key may be used.
   * @default - not managed here
   */
  readonly enabled?: boolean | IResolvable;
  /**
   * What happens to the key after the generation has left the list.
   * To give one up for good, set "schedule_deletion" and deploy, then remove it from the list.
   * @default "retain"
   */
  readonly keyOnDestroy?: KeyDestroyPolicy;
}

/** The generations of a key, and what they share. */
export interface RotatedKeyProps {
  /** Alias of the current generation. The others have the alias `<alias>-<name>`. */
  readonly alias: string;
  /** Oldest first. Never remove a generation while there is data that it encrypted. */
  readonly generations: KeyGeneration[];
  /**
   * Name of the generation that encrypts and has the plain alias.
   * @default - the last one
   */
  readonly current?: string;
  /**
   * Description of each key, up to 255 characters.
   * @default - none
   */
  readonly description?: string;
  /**
   * What kind of key it is.
   * @default "AES_256"
   */
  readonly keySpec?: KeySpec;
  /**
   * What the key may do: "ENCRYPT_DECRYPT" or "SIGN_VERIFY".
   * @default - follows from `keySpec`
   */
  readonly keyUsage?: KeyUsage;
  /**
   * Tags of every generation. If given, the keys have these tags and no others.
   * @default - tags are not managed
   */
  readonly tags?: Record<string, string>;
  /**
   * How long before expiry plans start to warn: a whole number and a unit (s, m, h, d).
   * @default "14d"
   */
  readonly warnBefore?: string;
  /**
   * How material is wrapped for its transport to the KMS. A change takes effect at the next import.
   * @default "RSAES_OAEP_SHA_256"
   */
  readonly wrappingAlgorithm?: WrappingAlgorithm;
  /**
   * Days between destroy and the end of a key with `keyOnDestroy` "schedule_deletion", 7 to 1096.
   * @default 7
   */
  readonly pendingDays?: number;
  /**
   * Time limits, for each key and each material.
   * @default - 5 minutes each
   */
  readonly timeouts?: ResourceTimeouts;
  /**
   * The provider block of all keys.
   * @default - `ByokProvider.of` the stack
   */
  readonly provider?: ByokProvider;
}

/** Keys of one alias, one for each generation of material. */
export class RotatedKey extends Construct {
  /** The generation that encrypts. */
  readonly current: ImportedKey;
  /** All generations, in the given order. The id of each construct is its name. */
  readonly generations: ImportedKey[];

  /**
   * @throws ByokError ERR_ARGUMENT when a property is misspelled, there is no generation,
   * a name is repeated or not allowed, or the current one is not in the list
   */
  constructor(scope: Construct, id: string, props: RotatedKeyProps) {
    super(scope, id);
    refuseUnknownNames(props, propertyNames.RotatedKeyProps, 'RotatedKey');
    refuseMisspelledGenerations(props.generations);
    const { alias, generations, current = generations.at(-1)?.name, ...shared } = props;
    const fault = faultOf(generations, current);
    if (fault !== undefined) {
      throw new ByokError('ERR_ARGUMENT', fault);
    }
    this.generations = generations.map(
      ({ name, keyOnDestroy = 'retain', ...generation }) =>
        new ImportedKey(this, name, {
          ...shared,
          ...generation,
          keyOnDestroy,
          alias: name === current ? alias : `${alias}-${name}`,
        }),
    );
    this.current = this.generation(current ?? '');
    this.node.addValidation({ validate: () => faultsOfPins(generations) });
    // An alias is unique, so the key that has it gives it up before the next one takes it.
    const keys = this.generations
      .map(({ key }) => key)
      .filter((key) => TerraformResource.isTerraformResource(key));
    const taker = keys.find((key) => key === this.current.key);
    const givers = keys.filter((key) => key !== taker);
    if (taker !== undefined && givers.length > 0) {
      taker.dependsOn = givers.map((key) => dependable(key));
    }
  }

  /** @throws ByokError ERR_ARGUMENT when no generation has this name */
  generation(name: string): ImportedKey {
    const found = this.generations.find(({ node }) => node.id === name);
    if (found === undefined) {
      throw new ByokError(
        'ERR_ARGUMENT',
        `there is no generation "${name}"; there are ${listed(this.generations.map(({ node }) => node.id))}`,
      );
    }
    return found;
  }

  /**
   * Id of the current key in the KMS.
   * A resource that refers to it waits until the material is imported.
   */
  get keyId(): string {
    return this.current.keyId;
  }

  /** Identifies the material of the current generation without revealing it. */
  get fingerprint(): string {
    return this.current.fingerprint;
  }
}

/** Runners such as tsx check no types. */
function refuseMisspelledGenerations(generations: readonly KeyGeneration[]): void {
  if (!Array.isArray(generations)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'generations is no list; give the generations of the key, oldest first',
    );
  }
  for (const generation of generations) {
    refuseUnknownNames(generation, propertyNames.KeyGeneration, 'a generation of RotatedKey');
  }
}

/** Without these, no tree can be built. The validation reports every other fault. */
function faultOf(
  generations: readonly KeyGeneration[],
  current: string | undefined,
): string | undefined {
  const names = generations.map(({ name }) => name);
  const badName = names.find((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (generations.length === 0) {
    return 'generations is empty, which would give up every key; give at least the current one';
  }
  if (badName !== undefined) {
    return `a generation is named "${badName}"; allowed are 1 to 64 of the characters a-z A-Z 0-9 _ -`;
  }
  if (twice !== undefined) {
    return `two generations are named "${twice}"; give each a name of its own`;
  }
  return current === undefined || names.includes(current)
    ? undefined
    : `current is "${current}"; allowed are the names of the generations: ${listed(names)}`;
}

function faultsOfPins(generations: readonly KeyGeneration[]): string[] {
  const pins = generations.flatMap(({ fingerprint }) => literal(fingerprint) ?? []);
  const twice = pins.find((pin, index) => pins.indexOf(pin) !== index);
  return twice === undefined
    ? []
    : [
        `two generations have the fingerprint ${twice}, so nothing was rotated; give the new generation new material`,
      ];
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
