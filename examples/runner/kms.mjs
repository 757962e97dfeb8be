// The KMS seen by plain HTTP, past this project's own client, and the other half of the proof: its
// ciphertexts are opened and made here with the material alone. Their layout is the emulator's, see
// lib/emulator/ciphertext.ts; real KMS do not tell theirs.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export class Kms {
  #listening;

  /** What `byok emulator --json` prints when it listens. */
  constructor(listening) {
    this.#listening = listening;
  }

  /** Proves in both directions that the key holds exactly this material. */
  async proveMaterial(keyId, material) {
    const text = 'four corner stores';
    if (decryptHere(material, await this.encrypt(keyId, text)) !== text) {
      throw new Error(
        'what the KMS encrypted cannot be read with the material at hand: the key holds another one',
      );
    }
    if ((await this.decrypt(encryptHere(keyId, material, text))).text !== text) {
      throw new Error(
        'the KMS reads something else than what was encrypted with the material at hand',
      );
    }
  }

  /** Of origin "external", without material, as somebody makes it by hand. @returns its id */
  async createKey(alias) {
    return (await this.#call('create-key', { key_alias: alias, origin: 'external' })).key_info
      .key_id;
  }

  async encrypt(keyId, text) {
    return (await this.#call('encrypt-data', { key_id: keyId, plain_text: text })).cipher_text;
  }

  /** The ciphertext tells which key it needs. */
  async decrypt(cipherText) {
    const { key_id, plain_text } = await this.#call('decrypt-data', { cipher_text: cipherText });
    return { keyId: key_id, text: plain_text };
  }

  /** @returns a DER signature */
  async sign(keyId, message, algorithm) {
    const body = {
      key_id: keyId,
      message: message.toString('base64'),
      message_type: 'RAW',
      signing_algorithm: algorithm,
    };
    return Buffer.from((await this.#call('sign', body)).signature, 'base64');
  }

  /** In PEM. */
  async publicKey(keyId) {
    return (await this.#call('get-publickey', { key_id: keyId })).public_key;
  }

  async describe(keyId) {
    return (await this.#call('describe-key', { key_id: keyId })).key_info;
  }

  async expectState(keyId, expected, name) {
    const { key_state } = await this.describe(keyId);
    if (key_state !== expected) {
      throw new Error(`the key ${keyId} is in state ${key_state}, not in ${expected} (${name})`);
    }
  }

  /** Deletes the material as somebody else would, behind Terraform's back. */
  async deleteMaterialOutside(keyId) {
    await this.#control('POST', `keys/${keyId}/delete-material`);
    await this.expectState(keyId, '5', 'pending import');
  }

  /** How often the KMS did this, since it was started; what it refused does not count. */
  async countDone(operation) {
    const { calls } = await this.#control('GET', 'calls');
    return calls.filter((call) => call.operation === operation && call.status === 200).length;
  }

  #control(method, path) {
    const { kms_endpoint, control_token } = this.#listening;
    return request(method, `${kms_endpoint}/_control/${path}`, {
      'X-Control-Token': control_token,
    });
  }

  #call(operation, body) {
    const { kms_endpoint, project_id, auth_token } = this.#listening;
    return request(
      'POST',
      `${kms_endpoint}/v1.0/${project_id}/kms/${operation}`,
      { 'X-Auth-Token': auth_token },
      body,
    );
  }
}

async function request(method, url, headers, body) {
  const json =
    body === undefined
      ? {}
      : { headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, { method, headers, ...json });
  if (!answer.ok) {
    throw new Error(`${method} ${url} answered ${answer.status} ${await answer.text()}`);
  }
  return answer.json();
}

function decryptHere(material, cipherText) {
  const bytes = Buffer.from(cipherText, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', material, bytes.subarray(40, 52));
  decipher.setAAD(bytes.subarray(0, 124)).setAuthTag(bytes.subarray(124, 140));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(140)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function encryptHere(keyId, material, text) {
  const nonce = randomBytes(12);
  const head = Buffer.concat([Buffer.from(`BYK1${keyId}`, 'ascii'), nonce], 124);
  const cipher = createCipheriv('aes-256-gcm', material, nonce).setAAD(head);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([head, cipher.getAuthTag(), body]).toString('base64');
}
