/** The KMS over HTTP. Sees wrapped material only, never plaintext. */
import { hasApiCode, KmsError } from './kms-error';
import type { CallOptions, CreateKeyRequest, ImportKeyMaterialRequest, ImportParameters, KeyDetail, Kms } from './model';
import { operations } from './operations';
import { type KmsClientOptions, RequestSender } from './request-sender';

export type { KmsClientOptions, KmsLog } from './request-sender';

export class KmsClient implements Kms {
  readonly #sender: RequestSender;

  /** @throws ByokError ERR_CONFIGURATION when a proxy variable is wrong */
  constructor(options: KmsClientOptions) {
    this.#sender = new RequestSender(options);
  }

  /** Drops all connections. */
  close(): void {
    this.#sender.close();
  }

  createKey(request: CreateKeyRequest, options?: CallOptions): Promise<{ keyId: string }> {
    return this.#sender.call(operations.createKey, request, options);
  }

  async describeKey(keyId: string, options?: CallOptions): Promise<KeyDetail | undefined> {
    try {
      return await this.#sender.call(operations.describeKey, keyId, options);
    } catch (error) {
      if (hasApiCode(error, 'KMS.0207') && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  async listKeys(options?: CallOptions): Promise<KeyDetail[]> {
    // By id: keys that come and go between two pages shift the rest, and one may show up twice.
    const keys = new Map<string, KeyDetail>();
    const seen = new Set<string>();
    let marker: string | undefined;
    do {
      const page = await this.#sender.call(operations.listKeys, marker, options);
      for (const key of page.keys) {
        keys.set(key.keyId, key);
      }
      marker = page.nextMarker;
      if (seen.has(marker)) {
        throw new KmsError({
          operation: operations.listKeys.name,
          status: 200,
          apiCode: undefined,
          apiMessage: 'the list does not end: its markers repeat',
          requestId: undefined,
        });
      }
      seen.add(marker);
    } while (marker !== '');
    return [...keys.values()];
  }

  getParametersForImport(keyId: string, wrappingAlgorithm: string, options?: CallOptions): Promise<ImportParameters> {
    return this.#sender.call(operations.getParametersForImport, { keyId, wrappingAlgorithm }, options);
  }

  importKeyMaterial(request: ImportKeyMaterialRequest, options?: CallOptions): Promise<void> {
    return this.#sender.call(operations.importKeyMaterial, request, options);
  }

  deleteImportedKeyMaterial(keyId: string, options?: CallOptions): Promise<void> {
    return this.#sender.call(operations.deleteImportedKeyMaterial, keyId, options);
  }

  enableKey(keyId: string, options?: CallOptions): Promise<void> {
    return this.#sender.call(operations.enableKey, keyId, options);
  }

  disableKey(keyId: string, options?: CallOptions): Promise<void> {
    return this.#sender.call(operations.disableKey, keyId, options);
  }

  scheduleKeyDeletion(keyId: string, pendingDays: number, options?: CallOptions): Promise<void> {
    return this.#sender.call(operations.scheduleKeyDeletion, { keyId, pendingDays }, options);
  }

  cancelKeyDeletion(keyId: string, options?: CallOptions): Promise<void> {
    return this.#sender.call(operations.cancelKeyDeletion, keyId, options);
  }

  updateKeyAlias(keyId: string, keyAlias: string, options?: CallOptions): Promise<void> {
    return this.#sender.call(operations.updateKeyAlias, { keyId, keyAlias }, options);
  }

  updateKeyDescription(keyId: string, keyDescription: string, options?: CallOptions): Promise<void> {
    return this.#sender.call(operations.updateKeyDescription, { keyId, keyDescription }, options);
  }

  encryptData(keyId: string, plainText: string, options?: CallOptions): Promise<string> {
    return this.#sender.call(operations.encryptData, { keyId, plainText }, options);
  }

  decryptData(cipherText: string, options?: CallOptions): Promise<{ keyId: string; plainText: string }> {
    return this.#sender.call(operations.decryptData, cipherText, options);
  }

  getPublicKey(keyId: string, options?: CallOptions): Promise<string> {
    return this.#sender.call(operations.getPublicKey, keyId, options);
  }
}
