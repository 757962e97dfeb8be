// The KMS seen by plain HTTP, past this project's own client, and the other half of the proof: its ciphertexts are opened and made
// here with the material alone. Their layout is the emulator's, see lib/emulator/ciphertext.ts; real KMS do not tell theirs.
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
    const { cipher_text } = await this.#call('encrypt-data', { key_id: keyId, plain_text: text });
    if (decryptHere(material, cipher_text) !== text) {
      throw new Error('what the KMS encrypted cannot be read with the material at hand: the key holds another one');
    }
    const { plain_text } = await this.#call('decrypt-data', { cipher_text: encryptHere(keyId, material, text) });
    if (plain_text !== text) {
      throw new Error('the KMS reads something else than what was encrypted with the material at hand');
    }
  }

  async keyState(keyId) {
    return (await this.#call('describe-key', { key_id: keyId })).key_info.key_state;
  }

  /** Deletes the material as somebody else would, behind Terraform's back. */
  deleteMaterialOutside(keyId) {
    const { kms_endpoint, control_token } = this.#listening;
    return post(`${kms_endpoint}/_control/keys/${keyId}/delete-material`, { 'X-Control-Token': control_token });
  }

  #call(operation, body) {
    const { kms_endpoint, project_id, auth_token } = this.#listening;
    return post(`${kms_endpoint}/v1.0/${project_id}/kms/${operation}`, { 'X-Auth-Token': auth_token }, body);
  }
}

async function post(url, headers, body) {
  const json = body === undefined ? {} : { headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, { method: 'POST', headers, ...json });
  if (!answer.ok) {
    throw new Error(`POST ${url} answered ${answer.status} ${await answer.text()}`);
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
