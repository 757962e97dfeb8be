/**
 * All keys of the emulator's one project. Also applies what time does to them:
 * it purges expired material and deletes scheduled keys.
 */
import { refusal } from './api-error';
import { removeMaterial, type StoredKey } from './key';

/** The KMS purges expired material "within 24 hours". */
const purgeDelayMs = 24 * 60 * 60 * 1000;

export interface KeyStoreOptions {
  /**
   * Keeps showing the expiry after the material is gone;
   * the behavior of the real service is not documented.
   */
  readonly keepExpirationTime: boolean;
  /** Called after every change, before the answer. */
  readonly onChange: (keys: readonly StoredKey[]) => void;
}

export class KeyStore {
  readonly #keys = new Map<string, StoredKey>();
  readonly #options: KeyStoreOptions;

  constructor(options: KeyStoreOptions, keys: readonly StoredKey[] = []) {
    this.#options = options;
    for (const key of keys) {
      this.#keys.set(key.keyId, key);
    }
  }

  /** @throws ApiError KMS.0207 when there is no such key */
  find(keyId: string): StoredKey {
    const key = this.#keys.get(keyId);
    if (key === undefined) {
      throw refusal('KMS.0207');
    }
    return key;
  }

  /** In the order of creation. */
  list(): StoredKey[] {
    return [...this.#keys.values()];
  }

  /** A key holds its alias until it is gone, even while its deletion is pending. */
  holdsAlias(alias: string): boolean {
    return this.list().some((key) => key.alias === alias);
  }

  add(key: StoredKey): void {
    this.#keys.set(key.keyId, key);
    this.changed();
  }

  removeMaterial(key: StoredKey): void {
    removeMaterial(key, this.#options);
    this.changed();
  }

  changed(): void {
    this.#options.onChange(this.list());
  }

  /** Runs before every call and does what the service does between calls. */
  settle(now: number): void {
    this.sweep(now - purgeDelayMs);
    for (const key of this.list()) {
      if (key.deletionAt !== undefined && key.deletionAt <= now) {
        key.material?.wipe();
        this.#keys.delete(key.keyId);
        this.changed();
      }
    }
  }

  /** Purges material that expired at or before this instant, and returns the ids of its keys. */
  sweep(expiredBefore: number): string[] {
    const expired = this.list().filter(
      ({ material, expiresAt }) =>
        material !== undefined && expiresAt !== undefined && expiresAt <= expiredBefore,
    );
    for (const key of expired) {
      this.removeMaterial(key);
    }
    return expired.map(({ keyId }) => keyId);
  }

  wipe(): void {
    for (const key of this.list()) {
      key.material?.wipe();
    }
  }
}
