/** What a review knows of one key: the small JSON between those who may look and those who read. */
import type { Effect } from './effects';

export interface KeyReview {
  /** Of the stack, as `--plan NAME=FILE` names it. */
  readonly stack: string;
  /** The alias; without one, the address. */
  readonly name: string;
  /** Null for a key that does not exist yet. */
  readonly key_id: string | null;
  /** The objects of the key and its material, sorted. */
  readonly addresses: readonly string[];
  /** The construct that declares it; null if no synthesized stack was given. */
  readonly path: string | null;
  /** The worst first. */
  readonly effects: readonly ReviewedEffect[];
  /** RFC 3339, "never", or for a rolling expiry "90d after its import"; null if there is none. */
  readonly expiration_before: string | null;
  readonly expiration_after: string | null;
  /** How the declaration pins the material, which only its expression tells. */
  readonly pin: 'constant' | 'reference' | 'none' | null;
  /** Of the pin, else of the material that the last look proved; null if it is not known yet. */
  readonly fingerprint: string | null;
  readonly fingerprint_before: string | null;
  /** What an apply needs: the name of a variable, a file or a command. */
  readonly source: Source | null;
  /** What uses the key in this plan. */
  readonly used_by: readonly User[];
  /** Terraform found the key otherwise than it had left it. */
  readonly found_changed: boolean;
}

export interface ReviewedEffect {
  readonly effect: Effect;
  readonly address: string;
  /** Why, in the words of the provider, or which settings change. */
  readonly reason: string | null;
  /** Days until a key that is scheduled for deletion is gone. */
  readonly days: number | null;
}

export interface Source {
  readonly kind: 'material_env' | 'material_file' | 'material_command' | 'wrap_command';
  /** Not of commands, whose arguments may hold a secret. */
  readonly name: string | null;
}

export interface User {
  readonly address: string;
  readonly attribute: string;
}
