/** Findings of a check for tests of what is made of them. */
import type { Finding } from '../../lib/report/material-finding';

/** Of a key that is fine and never expires, seen in the KMS. */
export function finding(more: Partial<Finding>): Finding {
  return {
    verdict: 'fine',
    place: 'live',
    address: null,
    key_id: 'id-1',
    alias: 'orders',
    material_status: 'present',
    expiration_time: 'never',
    days_left: null,
    reason: null,
    cloud: 'otc',
    region: 'eu-de',
    project: 'prod',
    key_spec: 'AES_256',
    imported_at: null,
    renews_at: null,
    renewal: null,
    pinned: null,
    deletion_date: null,
    ...more,
  };
}
