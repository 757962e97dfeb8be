/**
 * A KMS of one key as a model: what the documentation of the API says of its states and its
 * material, in memory. Shares nothing with the emulator. Material "wrapped" for it is its name. At
 * an ordered call something goes wrong.
 */
import { KmsError } from '../../lib/kms/kms-error';
import { UnreachableError } from '../../lib/kms/lost-answer';
import type { KeyDetail, Kms } from '../../lib/kms/model';
import { Secret } from '../../lib/secret';

/** `only said`: a change is answered with success, and nothing is done. */
export type Trouble =
  | 'died before'
  | 'died after'
  | 'lost before'
  | 'lost after'
  | 'only said'
  | 'refused'
  | 'unavailable';

/** The process is gone: nothing that it wanted to do any more happens. */
export class Died extends Error {}

export class ModelKms {
  state: '2' | '3' | '4' | '5' | '7' = '5';
  held: string | undefined;
  /** The only material that the key takes from the first import on. */
  bound: string | undefined;
  expiration: Date | undefined;
  now = new Date('2030-01-01T00:00:00Z');
  deletes = 0;
  #orders: { after: number; trouble: Trouble }[] = [];
  #dead = false;

  /** From the next call on. */
  order(orders: readonly { after: number; trouble: Trouble }[]): void {
    this.#dead = false;
    this.#orders = orders.map((one) => ({ ...one }));
  }

  drop(): void {
    this.held = undefined;
    this.expiration = undefined;
    this.state = this.state === '4' ? '4' : '5';
  }

  /** "Within 24 hours" of the expiry. */
  purge(): void {
    if (
      this.held !== undefined &&
      this.expiration !== undefined &&
      this.expiration.getTime() + 86_400_000 <= this.now.getTime()
    ) {
      this.drop();
    }
  }

  readonly client: Kms = {
    place: 'the model',
    project: 'the model',
    describeKey: (keyId) => this.#call('describe-key', () => this.#show(keyId)),
    getParametersForImport: (_keyId, _algorithm) =>
      this.#call('get-parameters-for-import', () => {
        this.#require(this.state === '5', 'KMS.0310');
        return {
          importToken: Secret.fromText('token'),
          publicKey: Buffer.alloc(0),
          expirationTime: this.now,
        };
      }),
    importKeyMaterial: ({ encryptedKeyMaterial, expirationTime }) =>
      this.#change('import-key-material', () => {
        const name = encryptedKeyMaterial.toString();
        this.#require(this.state === '5', 'KMS.0310');
        this.#require(expirationTime === undefined || expirationTime > this.now, 'KMS.2602');
        this.#require(this.bound === undefined || this.bound === name, 'KMS.2606');
        [this.bound, this.held, this.expiration, this.state] = [name, name, expirationTime, '2'];
      }),
    deleteImportedKeyMaterial: () => {
      this.deletes += 1;
      return this.#change('delete-imported-key-material', () => {
        this.#require(this.state === '2' || this.state === '3', 'KMS.2701');
        this.drop();
      });
    },
    ...never,
  };

  #show(keyId: string): KeyDetail {
    return {
      ...{
        keyId,
        keyAlias: 'orders',
        keyDescription: '',
        keySpec: 'AES_256',
        keyUsage: 'ENCRYPT_DECRYPT',
        origin: 'external',
      },
      ...{ keyState: this.state, expirationTime: this.expiration, defaultKeyFlag: '0' },
      ...{ creationDate: undefined, scheduledDeletionDate: undefined },
    };
  }

  #require(allowed: boolean, apiCode: string): void {
    if (!allowed) {
      throw new KmsError({
        operation: 'model',
        status: 400,
        apiCode,
        apiMessage: 'refused',
        requestId: undefined,
      });
    }
  }

  #change(operation: string, act: () => void): Promise<void> {
    return this.#call(operation, act, () => undefined);
  }

  /** @param say in place of doing it @default a read does what it says */
  async #call<T>(operation: string, act: () => T, say: () => T = act): Promise<T> {
    if (this.#dead) {
      throw new Died();
    }
    this.purge();
    for (const order of this.#orders) {
      order.after -= 1;
    }
    const trouble = this.#orders.find(({ after }) => after === -1)?.trouble;
    const after = trouble?.endsWith('after') === true ? act() : undefined;
    if (trouble === undefined || trouble === 'only said') {
      return trouble === undefined ? act() : say();
    }
    void after;
    throw this.#failure(operation, trouble);
  }

  #failure(operation: string, trouble: Trouble): Error {
    if (trouble.startsWith('died')) {
      this.#dead = true;
      return new Died();
    }
    if (trouble.startsWith('lost')) {
      return new UnreachableError(operation, 'the connection broke', { sent: true });
    }
    const [status, apiCode] = trouble === 'refused' ? [403, 'KMS.0306'] : [503, 'KMS.0104'];
    return new KmsError({ operation, status, apiCode, apiMessage: trouble, requestId: undefined });
  }
}

const unused = () => Promise.reject(new Error('the lifecycle of material does not call this'));

/** The lifecycle of material has no business with these. */
const never = {
  ...{
    createKey: unused,
    listKeys: unused,
    enableKey: unused,
    disableKey: unused,
    scheduleKeyDeletion: unused,
  },
  ...{
    cancelKeyDeletion: unused,
    updateKeyAlias: unused,
    updateKeyDescription: unused,
  },
  ...{ getPublicKey: unused, getTags: unused, updateTags: unused },
};
