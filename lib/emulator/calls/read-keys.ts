/** describe-key, list-keys, get-publickey. */
import { defineCall } from '../api-call';
import { refusal } from '../api-error';
import { showKey } from '../key';

interface KeyBody {
  readonly key_id: string;
}

export const describeKey = defineCall<KeyBody>({
  operation: 'describe-key',
  required: ['key_id'],
  handle: (body, { keys, place }) => ({ key_info: showKey(keys.find(body.key_id), place) }),
});

interface ListKeysBody {
  readonly limit?: string | number;
  readonly marker?: string | number;
  readonly key_state?: string;
  readonly key_spec?: string;
}

const listableKeySpecs = ['ALL', 'AES_256', 'SM4', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_P256', 'EC_P384', 'SM2'];

/** The page size when the caller names none; not documented. */
const defaultLimit = 10;

export const listKeys = defineCall<ListKeysBody>({
  operation: 'list-keys',
  required: [],
  optional: ['limit', 'marker', 'key_state'],
  special: { key_spec: { enum: listableKeySpecs } },
  handle(body, { keys, place }) {
    // The trap of the real call: who does not ask for ALL sees AES_256 keys only.
    const spec = body.key_spec ?? 'AES_256';
    const matching = keys
      .list()
      .filter((key) => (spec === 'ALL' || key.spec === spec) && (body.key_state === undefined || key.state === body.key_state));
    const start = Number(body.marker ?? 0);
    const end = start + Number(body.limit ?? defaultLimit);
    const page = matching.slice(start, end);
    const truncated = end < matching.length;
    return {
      keys: page.map(({ keyId }) => keyId),
      key_details: page.map((key) => showKey(key, place)),
      next_marker: truncated ? String(end) : '',
      truncated: String(truncated),
      total: matching.length,
    };
  },
});

export const getPublicKey = defineCall<KeyBody>({
  operation: 'get-publickey',
  required: ['key_id'],
  handle(body, { keys }) {
    keys.find(body.key_id);
    throw refusal('KMS.0331');
  },
});
