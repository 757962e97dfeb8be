/**
 * An overview as a text file for the textfile collector of Prometheus. Absolute times: a value that
 * does not move stays right, however late it is read.
 */

import { Gauge, Registry } from 'prom-client';
import type { Verdict } from '../../lifecycle/verdict';
import { shortText } from './foreign-text';
import type { KeyLine, Overview } from './overview';

const ofKey = ['cloud', 'region', 'project', 'key_id', 'alias'] as const;
const ofInfo = ['key_spec', 'material_status', 'pinned', 'renewal', 'address'] as const;

const verdicts: readonly Verdict[] = ['fine', 'expiring', 'missing', 'unverified', 'scheduled'];

/** A key that does not exist yet has no series. */
type MadeKey = KeyLine & { readonly key_id: string };

export async function metricsOf({ keys, sources }: Overview): Promise<string> {
  const registry = new Registry();
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Gauge<Label> => new Gauge({ name, help, labelNames, registers: [registry] });
  const made = keys.filter((key): key is MadeKey => key.key_id !== null);
  const times = (name: string, help: string, timeOf: (key: MadeKey) => string | null) => {
    const series = gauge(name, help, ofKey);
    for (const key of made) {
      const seconds = secondsOf(timeOf(key));
      if (seconds !== undefined) {
        series.set(labels(key, ofKey), seconds);
      }
    }
  };

  times(
    'byok_key_material_expiration_timestamp_seconds',
    'When the KMS deletes the material. Absent: it never expires.',
    (key) => key.expiration_time,
  );
  times(
    'byok_key_material_renewal_timestamp_seconds',
    'From when on a deployment renews it. Absent: nobody does.',
    (key) => key.renews_at,
  );
  times(
    'byok_key_material_import_timestamp_seconds',
    'When it was last imported.',
    (key) => key.imported_at,
  );
  const verdict = gauge('byok_key_material_verdict', '1 for the verdict that byok check gives.', [
    ...ofKey,
    'verdict',
  ]);
  for (const key of made) {
    for (const one of verdicts) {
      const is = key.lastVerdict === one ? 1 : 0;
      verdict.set({ ...labels(key, ofKey), verdict: one }, is);
    }
  }
  times(
    'byok_key_deletion_timestamp_seconds',
    'When the KMS deletes the key itself. Absent: it is not scheduled for that.',
    (key) => key.deletion_date,
  );
  const info = gauge('byok_key_material_info', 'What else is known of it.', [...ofKey, ...ofInfo]);
  for (const key of made) {
    info.set(labels(key, [...ofKey, ...ofInfo]), 1);
  }
  const success = gauge(
    'byok_check_last_success_timestamp_seconds',
    'When this source was last read in full.',
    ['source'],
  );
  const up = gauge('byok_check_source_up', '0 where the values are those of an earlier look.', [
    'source',
  ]);
  const count = gauge('byok_check_keys', 'How many keys it has.', ['source']);
  for (const { source: name, asOf, outdated, keys: number } of sources) {
    const source = shortText(name);
    success.set({ source }, secondsOf(asOf) ?? 0);
    up.set({ source }, outdated ? 0 : 1);
    count.set({ source }, number);
  }
  return spelled(await registry.metrics());
}

/**
 * After a look that failed: all values stay, and say that they are old. An alarm must not end
 * because its watcher did.
 *
 * @param last what `metricsOf` made earlier
 * @returns undefined for anything else
 */
export function withSourcesDown(last: string): string | undefined {
  return last.includes('# TYPE byok_check_source_up gauge\n')
    ? last.replace(/^(byok_check_source_up\{.*\}) 1$/gm, '$1 0')
    : undefined;
}

function labels<Name extends (typeof ofKey)[number] | (typeof ofInfo)[number]>(
  key: MadeKey,
  names: readonly Name[],
): Record<Name, string> {
  return Object.fromEntries(
    names.map((name) => [name, shortText(String(key[name] ?? ''))]),
  ) as Record<Name, string>;
}

function secondsOf(time: string | null): number | undefined {
  return time === null || time === 'never' ? undefined : Date.parse(time) / 1000;
}

/** Without empty lines; times in the exponent form of other exporters, all ten digits of them. */
function spelled(text: string): string {
  return text
    .replace(/\n{2,}/g, '\n')
    .replace(/(?<=^[^#].* )\d{10}$/gm, (seconds) =>
      Number(seconds).toExponential(9).replace('e+', 'e+0'),
    );
}
