/**
 * Unwraps AES key wrap with padding (RFC 5649); it never wraps.
 * It is the index-based form of RFC 3394 over node-forge's AES block cipher,
 * so code that shares nothing with the client's wrapping (OpenSSL's id-aes256-wrap-pad) checks it.
 */
import forge from 'node-forge';

const blockLength = 16;
const halfBlock = 8;
const rounds = 6;
/** First half of the alternative initial value. The second half is the length of the plaintext. */
const alternativeIv = Buffer.from('a65959a6', 'hex');

/**
 * @param kek 16, 24 or 32 bytes
 * @returns undefined if the bytes were not wrapped under this key
 */
export function tryUnwrapKey(kek: Buffer, wrapped: Buffer): Buffer | undefined {
  if (wrapped.length < blockLength || wrapped.length % halfBlock !== 0) {
    return undefined;
  }
  const decryptBlock = createBlockDecipher(kek);
  const plain =
    wrapped.length === blockLength
      ? decryptBlock(wrapped)
      : unwrapHalfBlocks(decryptBlock, wrapped);
  const [head, padded] = [plain.subarray(0, halfBlock), plain.subarray(halfBlock)];
  const length = head.readUInt32BE(alternativeIv.length);
  const fits = length > padded.length - halfBlock && length <= padded.length;
  const intact =
    head.subarray(0, alternativeIv.length).equals(alternativeIv) &&
    fits &&
    padded.subarray(length).every((byte) => byte === 0);
  return intact ? padded.subarray(0, length) : undefined;
}

type BlockDecipher = (block: Buffer) => Buffer;

/** RFC 3394 §2.2.2. Returns the integrity register followed by the plaintext. */
function unwrapHalfBlocks(decryptBlock: BlockDecipher, wrapped: Buffer): Buffer {
  const plain = Buffer.from(wrapped);
  const count = wrapped.length / halfBlock - 1;
  const block = Buffer.alloc(blockLength);
  for (let step = rounds * count; step >= 1; step -= 1) {
    const at = halfBlock * (((step - 1) % count) + 1);
    plain.copy(block, 0, 0, halfBlock);
    // The step count is a 64-bit number,
    // but no wrapping is long enough to fill more than its lower half.
    block.writeUInt32BE((block.readUInt32BE(halfBlock / 2) ^ step) >>> 0, halfBlock / 2);
    plain.copy(block, halfBlock, at, at + halfBlock);
    const decrypted = decryptBlock(block);
    decrypted.copy(plain, 0, 0, halfBlock);
    decrypted.copy(plain, at, halfBlock);
  }
  return plain;
}

function createBlockDecipher(kek: Buffer): BlockDecipher {
  const decipher = forge.cipher.createDecipher(
    'AES-ECB',
    forge.util.createBuffer(kek.toString('binary')),
  );
  decipher.start({});
  return (block) => {
    decipher.update(forge.util.createBuffer(block.toString('binary')));
    return Buffer.from(decipher.output.getBytes(blockLength), 'binary');
  };
}
