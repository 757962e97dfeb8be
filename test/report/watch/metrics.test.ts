/**
 * The text for Prometheus: the very bytes of the documentation, and for all else a small parser of
 * the format, and promtool where it is there.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsOf, withSourcesDown } from '../../../lib/report/watch/metrics';
import { everyKindOfKey, hostileNames, liveResult, now, overviewAt, stateResult } from './results';

const examples = join(__dirname, '..', '..', '..', 'examples', 'prometheus');
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Of the text format, version 0.0.4; fails at what is not in it. */
function parsed(text: string): Sample[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .filter((line) => !/^# (?:HELP|TYPE) [a-z_]+ .+$/.test(line))
    .map((line) => {
      const [, name, inner, value] = /^([a-z_]+)\{(.*)\} ([\d.]+(?:e\+\d\d)?)$/.exec(line) ?? [];
      if (name === undefined || inner === undefined) {
        throw new Error(`no sample: ${line}`);
      }
      const pairs = [...inner.matchAll(/([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/g)];
      expect(pairs.map(([pair]) => pair).join('')).toBe(inner);
      const unescaped = (escaped: string) =>
        escaped.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one));
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, label, text = '']) => [label, unescaped(text)])),
        value: Number(value),
      };
    });
}

test('one rolling key, byte by byte', async () => {
  const [payments] = everyKindOfKey();
  const of =
    'cloud="otc",region="eu-de",project="prod",key_id="0d0466b0-e727-4d9c-b35d-f84bb474a37f",alias="payments"';
  expect(
    await metricsOf(overviewAt(now, liveResult([{ ...payments }]))),
  ).toBe(`# HELP byok_key_material_expiration_timestamp_seconds When the KMS deletes the material. Absent: it never expires.
# TYPE byok_key_material_expiration_timestamp_seconds gauge
byok_key_material_expiration_timestamp_seconds{${of}} 1.782777600e+09
# HELP byok_key_material_renewal_timestamp_seconds From when on a deployment renews it. Absent: nobody does.
# TYPE byok_key_material_renewal_timestamp_seconds gauge
byok_key_material_renewal_timestamp_seconds{${of}} 1.781568000e+09
# HELP byok_key_material_import_timestamp_seconds When it was last imported.
# TYPE byok_key_material_import_timestamp_seconds gauge
byok_key_material_import_timestamp_seconds{${of}} 1.767225600e+09
# HELP byok_key_material_verdict 1 for the verdict that byok check gives.
# TYPE byok_key_material_verdict gauge
byok_key_material_verdict{${of},verdict="fine"} 1
byok_key_material_verdict{${of},verdict="expiring"} 0
byok_key_material_verdict{${of},verdict="missing"} 0
byok_key_material_verdict{${of},verdict="unverified"} 0
byok_key_material_verdict{${of},verdict="scheduled"} 0
# HELP byok_key_deletion_timestamp_seconds When the KMS deletes the key itself. Absent: it is not scheduled for that.
# TYPE byok_key_deletion_timestamp_seconds gauge
# HELP byok_key_material_info What else is known of it.
# TYPE byok_key_material_info gauge
byok_key_material_info{${of},key_spec="AES_256",material_status="present",pinned="true",renewal="rolling",address="byok_key_material.payments"} 1
# HELP byok_check_last_success_timestamp_seconds When this source was last read in full.
# TYPE byok_check_last_success_timestamp_seconds gauge
byok_check_last_success_timestamp_seconds{source="otc/eu-de/prod"} 1.772431200e+09
# HELP byok_check_source_up 0 where the values are those of an earlier look.
# TYPE byok_check_source_up gauge
byok_check_source_up{source="otc/eu-de/prod"} 1
# HELP byok_check_keys How many keys it has.
# TYPE byok_check_keys gauge
byok_check_keys{source="otc/eu-de/prod"} 1
`);
});

test('every key has one verdict, no series comes twice, and a key that is not made yet has none', async () => {
  const keys = everyKindOfKey();
  const samples = parsed(await metricsOf(overviewAt(now, liveResult(keys))));
  const verdicts = samples.filter(({ name }) => name === 'byok_key_material_verdict');
  expect(verdicts).toHaveLength(5 * (keys.length - 1));
  expect(verdicts.filter(({ value }) => value === 1)).toHaveLength(keys.length - 1);
  const series = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
  expect(new Set(series).size).toBe(series.length);
});

test('names that others wrote stay labels, of a length that a server takes', async () => {
  const samples = parsed(await metricsOf(overviewAt(now, liveResult(everyKindOfKey()))));
  const info = samples.filter(({ name }) => name === 'byok_key_material_info');
  expect(info.filter(({ labels }) => labels.key_id?.startsWith('5'))).toHaveLength(
    hostileNames.length,
  );
  for (const { labels } of info) {
    expect(Object.keys(labels)).toHaveLength(10);
    expect(
      Math.max(...Object.values(labels).map((value) => Array.from(value).length)),
    ).toBeLessThan(201);
    expect(Object.values(labels).join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  }
});

test('an expiry beyond ten digits is exact, too', async () => {
  const far = '2286-11-20T17:46:40Z';
  const samples = parsed(await metricsOf(overviewAt(now, liveResult([{ expiration_time: far }]))));
  expect(samples[0]?.value).toBe(Date.parse(far) / 1000);
});

test('a source that nothing looked at for too long keeps its values, and says so', async () => {
  const later = new Date(now.getTime() + 3 * 86_400_000);
  const samples = parsed(
    await metricsOf(
      overviewAt(later, liveResult([{ verdict: 'missing' }]), stateResult([], later)),
    ),
  );
  const of = (metric: string) =>
    samples.filter(({ name }) => name === metric).map(({ labels, value }) => [labels, value]);
  expect(of('byok_check_source_up')).toEqual([
    [{ source: 'otc/eu-de/prod' }, 0],
    [{ source: 'state "terraform.tfstate" of 1.json' }, 1],
  ]);
  expect(of('byok_check_last_success_timestamp_seconds')[0]?.[1]).toBe(now.getTime() / 1000);
  expect(
    samples.find(({ labels, value }) => labels.verdict === 'missing' && value === 1),
  ).toBeDefined();
});

test('after a look that failed, all values stay but one', async () => {
  const last = await metricsOf(overviewAt(now, liveResult(everyKindOfKey()), stateResult([])));
  const down = withSourcesDown(last);
  const changed = (down ?? '')
    .split('\n')
    .filter((line, index) => line !== last.split('\n')[index]);
  expect(changed).toEqual([
    'byok_check_source_up{source="otc/eu-de/prod"} 0',
    'byok_check_source_up{source="state \\"terraform.tfstate\\" of 1.json"} 0',
  ]);
  expect(withSourcesDown(down ?? '')).toBe(down);
  expect(withSourcesDown('# TYPE other gauge\nother 1\n')).toBeUndefined();
});

test('the rules name no metric and no verdict that is not written', async () => {
  const text = await metricsOf(overviewAt(now, liveResult(everyKindOfKey())));
  const rules = readFileSync(join(examples, 'byok.rules.yml'), 'utf8');
  const names = new Set(rules.match(/\bbyok_[a-z_]+/g));
  expect(names.size).toBeGreaterThan(4);
  expect([...names].filter((name) => !text.includes(`\n# TYPE ${name} gauge\n`))).toEqual([]);
  for (const [, verdict] of rules.matchAll(/verdict="(\w+)"/g)) {
    expect(text).toContain(`verdict="${verdict}"`);
  }
});

(hasPromtool ? describe : describe.skip)('says promtool', () => {
  const promtool = (args: readonly string[], input = '') =>
    spawnSync('promtool', args, { cwd: examples, input, encoding: 'utf8' });

  test('the text is right', async () => {
    const text = await metricsOf(overviewAt(now, liveResult(everyKindOfKey())));
    expect(promtool(['check', 'metrics'], text)).toMatchObject({ status: 0, stderr: '' });
  });

  test('the rules are right, and fire when they should', () => {
    expect(promtool(['check', 'rules', 'byok.rules.yml'])).toMatchObject({ status: 0 });
    expect(promtool(['test', 'rules', 'byok.rules.test.yml'])).toMatchObject({ status: 0 });
  });
});
