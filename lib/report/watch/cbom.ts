/**
 * An overview as an inventory of cryptography: CycloneDX 1.6 in JSON. It never holds a value of a
 * key, only what describes it.
 */
import { formatInstant } from '../../terms/expiration-time';
import { type KeySpecRow, tryFindKeySpec } from '../../terms/kms';
import type { MaterialStatus } from '../../terms/material';
import { shortText } from './foreign-text';
import { endOf } from './key-words';
import { type KeyLine, nameOf, type Overview } from './overview';

/** The words of NIST SP 800-57, in which CycloneDX tells the life of a key. */
const states: Readonly<Record<MaterialStatus, string | undefined>> = {
  present: 'active',
  expiring: 'active',
  key_disabled: 'suspended',
  key_frozen: 'suspended',
  purged_after_expiry: 'deactivated',
  deleted_outside: 'deactivated',
  expired_not_purged: 'deactivated',
  key_pending_deletion: 'deactivated',
  key_not_found: 'destroyed',
  key_not_ready: 'pre-activation',
  unknown: undefined,
};

type MadeKey = KeyLine & { readonly key_id: string };

/** @param version of this program */
export function cbomOf({ keys, now }: Overview, version: string): string {
  const made = keys.filter((key): key is MadeKey => key.key_id !== null);
  const specs = [...new Set(made.flatMap(({ key_spec: spec }) => spec ?? []))].sort();
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: formatInstant(now),
      tools: { components: [{ type: 'application', name: 'byok', version }] },
    },
    components: [...specs.map(algorithmOf), ...made.map(assetOf)],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

function assetOf(key: MadeKey): object {
  const row = key.key_spec === null ? undefined : tryFindKeySpec(key.key_spec);
  return {
    type: 'cryptographic-asset',
    'bom-ref': `key:${shortText(key.key_id)}`,
    name: shortText(nameOf(key)),
    cryptoProperties: {
      assetType: 'related-crypto-material',
      relatedCryptoMaterialProperties: {
        type: row === undefined ? 'key' : row.family === 'symmetric' ? 'secret-key' : 'private-key',
        id: shortText(key.key_id),
        state: key.material_status === null ? undefined : states[key.material_status],
        algorithmRef: key.key_spec === null ? undefined : algorithmRef(key.key_spec),
        activationDate: key.imported_at ?? undefined,
        expirationDate: endOf(key),
        size: row && sizeOf(row),
      },
    },
    properties: propertiesOf(key),
  };
}

function propertiesOf(key: MadeKey): object[] {
  const values = {
    verdict: key.verdict,
    material_status: key.material_status,
    cloud: key.cloud,
    region: key.region,
    project: key.project,
    address: key.address,
    renewal: key.renewal,
    pinned: key.pinned,
    deletion_date: key.deletion_date,
    as_of: key.asOf,
  };
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ name: `byok:${name}`, value: shortText(String(value)) }));
}

function algorithmRef(spec: string): string {
  return `algorithm:${shortText(spec)}`;
}

function algorithmOf(spec: string): object {
  const row = tryFindKeySpec(spec);
  return {
    type: 'cryptographic-asset',
    'bom-ref': algorithmRef(spec),
    name: shortText(spec),
    cryptoProperties: {
      assetType: 'algorithm',
      algorithmProperties: {
        primitive: row === undefined ? 'unknown' : primitives[row.family],
        parameterSetIdentifier: row && String(sizeOf(row)),
        curve: row?.family === 'ec' ? row.curve : undefined,
        cryptoFunctions: row?.usages.flatMap((usage) => functions[usage]),
      },
    },
  };
}

const primitives = { symmetric: 'block-cipher', rsa: 'pke', ec: 'signature' } as const;

const functions = {
  ENCRYPT_DECRYPT: ['encrypt', 'decrypt'],
  SIGN_VERIFY: ['sign', 'verify'],
} as const;

/** In bits. */
function sizeOf(row: KeySpecRow): number {
  switch (row.family) {
    case 'symmetric':
      return 8 * row.materialBytes;
    case 'rsa':
      return row.modulusBits;
    case 'ec':
      return Number(/\d{3}/.exec(row.curve)?.[0]);
  }
}
