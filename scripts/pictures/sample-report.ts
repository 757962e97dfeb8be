/** The keys on the picture of the page: of three places, with everything that can be to do. */
import type { Finding } from '../../lib/report/material-finding';
import { checkResultOf } from '../../lib/report/watch/check-result';
import { type Input, type Overview, overviewOf } from '../../lib/report/watch/overview';

const now = new Date('2026-03-02T06:00:00Z');
const dayMs = 86_400_000;

export function sampleOverview(): Overview {
  return overviewOf(
    [
      look('payments', 0, [
        rolling('cards', '2026-04-20', 90),
        rolling('payments', '2026-06-30', 180),
        fixed('partner-exchange', '2026-03-13', {
          verdict: 'expiring',
          reason: 'The key material expires soon: nothing renews it',
        }),
        fixed('invoices', '2026-11-30'),
        lasting('ledger'),
      ]),
      look('archive', 0, [
        lasting('documents', {
          verdict: 'missing',
          material_status: 'deleted_outside',
          reason: 'the key holds no material any more: it was deleted outside Terraform',
        }),
        lasting('scans-2019', {
          verdict: 'scheduled',
          material_status: 'key_pending_deletion',
          deletion_date: '2026-03-28T00:00:00Z',
        }),
        fixed('scans', '2027-01-31'),
      ]),
      look('analytics', 4, [fixed('exports', '2026-08-31')]),
    ],
    now,
    2 * dayMs,
  );
}

function look(project: string, daysAgo: number, keys: readonly Partial<Finding>[]): Input {
  const whereabouts = { cloud: 'otc', region: 'eu-de', project };
  const findings = keys.map((more, index): Finding => {
    const alias = more.alias ?? '';
    return {
      ...{ verdict: 'fine', place: 'live', material_status: 'present', reason: null },
      ...{ expiration_time: 'never', days_left: null, renewal: 'none', renews_at: null },
      ...{ key_spec: 'AES_256', pinned: true, deletion_date: null, alias, ...whereabouts },
      address: `byok_key_material.${alias.replaceAll('-', '_')}`,
      key_id: `${project.length}${index}4c2b6e-1f0a-4d9c-b35d-f84bb474a37f`,
      imported_at: '2025-12-01T00:00:00Z',
      ...more,
    };
  });
  const asOf = new Date(now.getTime() - daysAgo * dayMs);
  const result = checkResultOf([{ kind: 'live', place: 'live', whereabouts }], findings, asOf);
  return { file: `${project}.json`, result };
}

function lasting(alias: string, more: Partial<Finding> = {}): Partial<Finding> {
  return { alias, ...more };
}

function fixed(alias: string, day: string, more: Partial<Finding> = {}): Partial<Finding> {
  const end = new Date(day);
  return {
    alias,
    expiration_time: `${day}T00:00:00Z`,
    days_left: Math.floor((end.getTime() - now.getTime()) / dayMs),
    renewal: 'fixed',
    ...more,
  };
}

function rolling(alias: string, day: string, validDays: number): Partial<Finding> {
  const at = (days: number) =>
    new Date(Date.parse(day) + days * dayMs).toISOString().replace('.000', '');
  return fixed(alias, day, {
    renewal: 'rolling',
    renews_at: at(-14),
    imported_at: at(-validDays),
  });
}
