/** describe-key, list-keys, user-quotas. */
import { defineCall, type KeyBody } from '../api-call';
import { countRead, showKey } from '../key';

export const describeKey = defineCall<KeyBody>({
  operation: 'describe-key',
  required: ['key_id'],
  handle(body, { keys, place, staleReads }) {
    const key = keys.find(body.key_id);
    const shown = staleReads.pass(key.keyId, showKey(key, place));
    countRead(key);
    return { key_info: shown };
  },
});

interface ListKeysBody {
  readonly limit?: string | number;
  readonly marker?: string | number;
  readonly key_state?: string;
  readonly key_spec?: string;
  readonly enterprise_project_id?: string;
}

const listableKeySpecs = [
  'ALL',
  'AES_256',
  'SM4',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_P256',
  'EC_P384',
  'SM2',
];

/** The page size if the caller gives none; not documented. */
const defaultLimit = 10;

export const listKeys = defineCall<ListKeysBody>({
  operation: 'list-keys',
  required: [],
  optional: ['limit', 'marker', 'key_state'],
  special: {
    key_spec: { enum: listableKeySpecs },
    enterprise_project_id: { type: 'string', pattern: '^(all|0|.{36})$' },
  },
  handle(body, { keys, place }) {
    // A trap of the real call: a caller that does not ask for ALL sees only AES_256 keys.
    const spec = body.key_spec ?? 'AES_256';
    const wantedProject = body.enterprise_project_id ?? 'all';
    const matching = keys
      .list()
      .filter((key) => spec === 'ALL' || key.spec === spec)
      .filter((key) => body.key_state === undefined || key.state === body.key_state)
      .filter((key) => wantedProject === 'all' || key.enterpriseProjectId === wantedProject);
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

export const userQuotas = defineCall<undefined>({
  operation: 'user-quotas',
  method: 'GET',
  required: [],
  handle(_body, { keys, options }) {
    const resources = [
      { type: 'CMK', used: keys.list().length, quota: options.keyQuota },
      { type: 'grant_per_CMK', used: 0, quota: 100 },
    ];
    return { quotas: { resources } };
  },
});
