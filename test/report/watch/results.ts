/** Results of checks for tests of what is made of them. */
import type { Finding } from '../../../lib/report/material-finding';
import { type CheckResult, checkResultOf } from '../../../lib/report/watch/check-result';
import { type Overview, overviewOf } from '../../../lib/report/watch/overview';
import { finding } from '../findings';

export const now = new Date('2026-03-02T06:00:00Z');
export const dayMs = 86_400_000;

/** Names that break out of a format that does not escape them. */
export const hostileNames: readonly string[] = [
  'a|b `c` --> <script>alert(1)</script> [x](https://example.com) ![y](z)',
  `quotes " ' back\\slash \\n &amp; ]]> {x="y"} 1`,
  'line\nbreak\r\nand\u2028more\u0000\u0007\u001b[31m',
  'turned \u202e around \u2066 and \u200b without width',
  'END:VEVENT\r\nBEGIN:VALARM;,:',
  '::error::x ##[error] @everyone #1',
  'ü'.repeat(10_000),
  '\ud800 half of a pair',
  '𝕏'.repeat(300),
];

/** One look at the KMS of `otc/eu-de/prod`. */
export function liveResult(findings: readonly Partial<Finding>[], asOf: Date = now): CheckResult {
  const whereabouts = { cloud: 'otc', region: 'eu-de', project: 'prod' };
  const found = findings.map((more) => finding(more));
  return checkResultOf([{ kind: 'live', place: 'live', whereabouts }], found, asOf);
}

/** One look at a state, which says nothing of the place. */
export function stateResult(findings: readonly Partial<Finding>[], asOf: Date = now): CheckResult {
  const place = 'state "terraform.tfstate"';
  const nowhere = { cloud: null, region: null, project: null };
  const found = findings.map((more) => finding({ place, ...nowhere, ...more }));
  return checkResultOf([{ kind: 'state', place, whereabouts: undefined }], found, asOf);
}

export function overviewAt(at: Date, ...results: readonly CheckResult[]): Overview {
  const inputs = results.map((result, index) => ({ file: `${index}.json`, result }));
  return overviewOf(inputs, at, 2 * dayMs);
}

/** The keys of the examples in the documentation, and one with each of the hostile names. */
export function everyKindOfKey(): Partial<Finding>[] {
  return [
    {
      key_id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
      alias: 'payments',
      address: 'byok_key_material.payments',
      expiration_time: '2026-06-30T00:00:00Z',
      days_left: 119,
      renewal: 'rolling',
      renews_at: '2026-06-16T00:00:00Z',
      imported_at: '2026-01-01T00:00:00Z',
      pinned: true,
    },
    {
      key_id: '1d0466b0-e727-4d9c-b35d-f84bb474a37f',
      alias: 'invoices',
      verdict: 'missing',
      material_status: 'deleted_outside',
      expiration_time: 'never',
      reason: 'the key no longer holds material',
    },
    {
      key_id: '2d0466b0-e727-4d9c-b35d-f84bb474a37f',
      alias: 'reports',
      verdict: 'expiring',
      expiration_time: '2026-03-13T00:00:00Z',
      days_left: 10,
      renewal: 'fixed',
      reason: 'The key material expires soon',
    },
    { key_id: '3d0466b0-e727-4d9c-b35d-f84bb474a37f', alias: 'cards', renewal: 'none' },
    {
      key_id: '4d0466b0-e727-4d9c-b35d-f84bb474a37f',
      alias: 'old',
      verdict: 'scheduled',
      material_status: 'key_pending_deletion',
      deletion_date: '2026-03-09T00:00:00Z',
    },
    {
      key_id: null,
      alias: null,
      address: 'byok_key_material.planned',
      verdict: 'missing',
      material_status: null,
      expiration_time: null,
    },
    ...hostileNames.map((alias, index) => ({
      key_id: `5d0466b0-e727-4d9c-b35d-f84bb474a37${index.toString(16)}`,
      alias,
      address: `byok_key_material.x["${alias}"]`,
      reason: alias,
      expiration_time: '2027-01-01T00:00:00Z',
    })),
  ];
}

/** Of eight projects, with every verdict that one look can give. */
export function manyKeys(count: number): Partial<Finding>[] {
  const [payments, invoices, reports, cards, old] = everyKindOfKey();
  const unverified = { ...cards, verdict: 'unverified' as const, reason: 'why it is so' };
  const kinds = [payments, cards, payments, invoices, payments, reports, old, unverified];
  return Array.from({ length: count }, (_one, index) => {
    const project = Math.floor((8 * index) / count);
    return {
      // All keys of the last project are fine.
      ...(project === 7 ? payments : kinds[index % kinds.length]),
      key_id: `${String(index).padStart(8, '0')}-e727-4d9c-b35d-f84bb474a37f`,
      alias: `team-payments-service-${index}`,
      address: `module.keys["team-payments"].byok_key_material.service_${index}`,
      project: `4ec959a7c3d9c977d18c430fdbb576c${project}`,
    };
  });
}
