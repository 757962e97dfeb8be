/** Plans that the real terraform made, and what a review says of each: every effect has one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '../../../lib/policy/rules';
import { type Effect, effectNames } from '../../../lib/report/review/effects';
import { planLogIn } from '../../../lib/report/review/plan-log';
import { type Review, reviewOfStack } from '../../../lib/report/review/review';
import { ok } from '../../emulator/plain-http';
import { useWorkbench } from '../../provider/workbench';
import { fingerprintOf } from '../../support/emulated-key';
import { findLeaks, needlesOf } from '../../support/leak-scanner';
import { openssl } from '../../support/tools';

const bench = useWorkbench();
const seen = new Set<Effect>();
let finished = 0;

afterEach(() => {
  finished += 1;
});

/** In any order, and not when only some of the tests are run. */
afterAll(() => {
  // Of stacks without a plan, and against a base.
  const others: readonly Effect[] = ['declared', 'pin_removed', 'pin_added'];
  const unseen = effectNames.filter((effect) => !others.includes(effect) && !seen.has(effect));
  expect(finished < 5 ? [] : unseen).toEqual([]);
});

const key = (name: string, ofKey = '', ofMaterial = '') => `
resource "byok_external_key" "${name}" {
  alias = "${name}"
  ${ofKey}
}
resource "byok_key_material" "${name}" {
  key_id        = byok_external_key.${name}.key_id
  material_file = "orders.key"
  ${ofMaterial}
}
`;

interface Planned {
  readonly review: Review;
  readonly show: string;
  /** The name of each effect on a key of this name, the worst first. */
  readonly effects: (name: string) => readonly Effect[];
  readonly key: (name: string) => Review['keys'][number];
  /** What the policy finds about the material of a key of this name. */
  readonly rulesFor: (name: string) => readonly string[];
}

const policy: Policy = {
  maximumValidity: '90d',
  requirePin: true,
  forbiddenSources: ['variable'],
  requiredOnDestroy: ['retain', 'refuse'],
};

async function plan(...args: string[]): Promise<Planned> {
  const { output: log } = await bench.workspace.terraform([
    'plan',
    '-json',
    '-out=tfplan',
    ...args,
  ]);
  const { output: show } = await bench.workspace.succeed(['show', '-json', 'tfplan']);
  const review = reviewOfStack({
    name: 'prod',
    plan: { content: show, place: 'plan' },
    log: planLogIn(log, 'log'),
    policy: { policy, now: new Date() },
  });
  const keyOf = (name: string) => {
    const found = review.keys.find((one) => one.name === name);
    if (found === undefined) {
      throw new Error(`${name} is not among ${review.keys.map((one) => one.name).join(', ')}`);
    }
    return found;
  };
  for (const { effects } of review.keys) {
    for (const { effect } of effects) {
      seen.add(effect);
    }
  }
  return {
    review,
    show,
    key: keyOf,
    effects: (name) => keyOf(name).effects.map(({ effect }) => effect),
    rulesFor: (name) =>
      review.policy.filter((one) => one.key === name).map(({ level, rule }) => `${level} ${rule}`),
  };
}

function idOf(name: string): string {
  const { resources } = JSON.parse(
    readFileSync(join(bench.workspace.folder, 'terraform.tfstate'), 'utf8'),
  ) as {
    resources: { type: string; name: string; instances: { attributes: { key_id: string } }[] }[];
  };
  const found = resources.find((one) => one.type === 'byok_external_key' && one.name === name);
  return String(found?.instances[0]?.attributes.key_id);
}

const apply = () => bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
const until = (year: number) => `expiration_time = "${year}-01-01T00:00:00Z"`;
const removed = (name: string) =>
  ['byok_external_key', 'byok_key_material']
    .map(
      (type) => `removed {\n  from = ${type}.${name}\n  lifecycle {\n    destroy = false\n  }\n}\n`,
    )
    .join('');
const moved = (from: string, to: string) =>
  ['byok_external_key', 'byok_key_material']
    .map((type) => `moved {\n  from = ${type}.${from}\n  to = ${type}.${to}\n}\n`)
    .join('');

test('the keys of one plan, to each of which something else happens', async () => {
  const secret = 'planted-Zx91kQ';
  const others = (user: string) => `
variable "pin" { default = null }
variable "planted" {
  default   = "${secret}"
  sensitive = true
}
output "planted" {
  value     = var.planted
  sensitive = true
}
resource "terraform_data" "planted" { input = "${secret}" }
resource "terraform_data" "user" { input = ${user} }
`;
  await bench.begin(
    [
      key('payments', '', `${until(2035)}\n  fingerprint = var.pin`),
      key('invoices', '', until(2035)),
      key('legacy', '', 'on_destroy = "delete_material"'),
      key('kept', 'on_destroy = "retain"'),
      key('forgotten'),
      key('was', 'alias_is = 1'.slice(0, 0)),
      key('weaker', 'pending_days = 30', 'on_destroy = "refuse"'),
      key('quiet'),
      key('stopped'),
      key('started', 'enabled = true'),
      key('drifting', 'description = "ours"'),
      key('described', 'description = "before"'),
      key('emptied', '', 'on_destroy = "delete_material"'),
      others('byok_external_key.legacy.key_id'),
    ].join(''),
  );
  await apply();
  const ids = Object.fromEntries(
    ['payments', 'invoices', 'legacy'].map((name) => [name, idOf(name)]),
  );
  bench.emulator.deleteMaterial(idOf('invoices'));
  await ok(bench.emulator, 'disable-key', { key_id: idOf('started') });
  bench.configure(
    [
      key('payments', '', `${until(2036)}\n  fingerprint = var.pin`),
      key('invoices', '', until(2035)),
      removed('forgotten'),
      key('is').replace('alias = "is"', 'alias = "was"'),
      moved('was', 'is'),
      key('weaker', 'pending_days = 7', 'on_destroy = "delete_material"\n  warn_before = "30d"'),
      key('quiet'),
      key('stopped', 'enabled = false'),
      key('started', 'enabled = true'),
      key('drifting', 'description = "ours"'),
      key('described', 'description = "after"').replace('alias = "described"', 'alias = "renamed"'),
      key('cards', '', 'valid_for = "90d"\n  renew_before = "14d"'),
      key('emptied').split('resource "byok_key_material"')[0],
      others('"none"'),
    ].join(''),
  );
  const { review, effects, key: keyOf, show, rulesFor } = await plan();
  expect(review.stacks).toEqual([
    { name: 'prod', status: 'planned', unchanged: 2, hooks: 0, modules: 0, judged: 10 },
  ]);
  // Also of keys to which nothing happens, and not of those that go.
  expect(rulesFor('quiet')).toEqual(['error maximumValidity', 'error requirePin']);
  expect(rulesFor('cards')).toEqual(['error requirePin']);
  expect(rulesFor('weaker')).toContain('error requiredOnDestroy');
  expect(rulesFor('legacy')).toEqual([]);
  const fingerprint = fingerprintOf(bench.material);
  expect(effects('payments')).toEqual(['outage']);
  expect(keyOf('payments')).toMatchObject({
    key_id: ids.payments,
    expiration_before: '2035-01-01T00:00:00Z',
    expiration_after: '2036-01-01T00:00:00Z',
    pin: 'none',
    fingerprint,
    found_changed: false,
  });
  expect(effects('invoices')).toEqual(['reimport']);
  expect(keyOf('invoices')).toMatchObject({
    key_id: ids.invoices,
    pin: 'none',
    found_changed: true,
  });
  expect(effects('legacy')).toEqual(['material_deleted', 'key_scheduled']);
  expect(keyOf('legacy')).toMatchObject({
    key_id: ids.legacy,
    used_by: expect.arrayContaining([{ address: 'terraform_data.user', attribute: 'input' }]),
    effects: [{}, { days: 7 }],
  });
  expect(effects('emptied')).toEqual(['material_deleted']);
  expect(effects('kept')).toEqual(['left_alone']);
  expect(effects('forgotten')).toEqual(['left_alone']);
  expect(keyOf('was').effects).toMatchObject([
    { effect: 'left_alone', reason: 'moved in Terraform from byok_external_key.was' },
  ]);
  expect(effects('weaker')).toEqual([
    'protection_weakened',
    'protection_weakened',
    'protection_changed',
  ]);
  expect(effects('stopped')).toEqual(['key_disabled']);
  expect(effects('started')).toEqual(['key_enabled']);
  expect(effects('renamed')).toEqual(['renamed', 'settings_changed']);
  expect(effects('cards')).toEqual(['first_import', 'key_created']);
  expect(keyOf('cards')).toMatchObject({ key_id: null, expiration_after: '90d after each import' });
  // What was planted is in the plan, and nowhere in the review.
  const needles = needlesOf('planted', secret);
  const leaksIn = (content: string) =>
    findLeaks([{ name: 'it', content: Buffer.from(content) }], needles);
  expect([leaksIn(show).length > 0, leaksIn(JSON.stringify(review))]).toEqual([true, []]);
});

test('replacements in both orders, deposed objects and pins to other material', async () => {
  const other = fingerprintOf(
    Buffer.alloc(32, 'yTqPdrY1V0VbUPRBHmDCOZ4EX8PWmg9Hd1Ag5oVAhpw=', 'base64'),
  );
  await bench.begin(
    [key('one'), key('two', 'lifecycle {\n    create_before_destroy = true\n  }')].join(''),
  );
  await apply();
  bench.workspace.write('rsa.pem', openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048'));
  const replaced = (name: string, lifecycle = '') =>
    key(name, `key_spec = "RSA_2048"\n  ${lifecycle}`, 'material_encoding = "pem"')
      .replace('orders.key', 'rsa.pem')
      .replace(`alias = "${name}"`, `alias = "${name}-new"`);
  bench.configure(
    [replaced('one'), replaced('two', 'lifecycle {\n    create_before_destroy = true\n  }')].join(
      '',
    ),
  );
  const { effects, review } = await plan();
  for (const name of ['one-new', 'two-new']) {
    expect(effects(name)).toEqual(['key_scheduled', 'key_replaced', 'first_import']);
  }
  expect(review.keys).toHaveLength(2);
  const old = idOf('two');
  bench.emulator.injectFaults([
    { operation: 'schedule-key-deletion', errorCode: 'KMS.0205', times: 9 },
  ]);
  expect((await bench.workspace.apply()).code).toBe(1);
  bench.emulator.clearFaults();
  const left = (await plan()).review.keys.filter(({ key_id }) => key_id === old);
  expect(left).toMatchObject([
    { name: 'two', effects: [{ effect: 'key_scheduled' }], addresses: ['byok_external_key.two'] },
  ]);
  bench.configure(key('one', '', `fingerprint = "${other}"`) + key('two'));
  const refusedPlan = await plan();
  expect(refusedPlan.review.stacks).toMatchObject([{ status: 'refused' }]);
});

test('a refused plan, with its file and without', async () => {
  await bench.begin(key('guarded', '', 'on_destroy = "refuse"') + key('quiet'));
  await apply();
  const id = idOf('guarded');
  bench.configure(key('quiet'));
  const { review } = await plan();
  expect(review.stacks).toMatchObject([{ status: 'refused' }]);
  // Whether the key is planned before its material is refused depends on the host.
  const reason = expect.stringContaining('on_destroy of the material');
  expect(review.keys[0]).toMatchObject({ name: 'guarded', key_id: id });
  expect(review.keys[0]?.addresses).toContain('byok_external_key.guarded');
  expect([
    [
      { effect: 'refused', reason },
      { effect: 'key_scheduled', reason: null },
    ],
    [
      { effect: 'refused', reason },
      { effect: 'refused', reason },
    ],
  ]).toContainEqual(review.keys[0]?.effects.map(({ effect, reason }) => ({ effect, reason })));
  const { output } = await bench.workspace.terraform(['plan', '-json']);
  const alone = reviewOfStack({ name: 'prod', plan: undefined, log: planLogIn(output, 'log') });
  expect(alone.stacks).toMatchObject([{ status: 'refused' }]);
  expect(alone.keys).toMatchObject([{ key_id: id }]);
  expect(new Set(alone.keys[0]?.effects.map(({ effect }) => effect))).toEqual(new Set(['refused']));
});

test('keys that Terraform takes over, and what was changed outside', async () => {
  await bench.begin(key('orders', 'description = "ours"', until(2035)));
  await apply();
  const id = idOf('orders');
  await bench.workspace.succeed([
    'state',
    'rm',
    'byok_external_key.orders',
    'byok_key_material.orders',
  ]);
  const { key_info: empty } = await ok<{ key_info: { key_id: string } }>(
    bench.emulator,
    'create-key',
    { key_alias: 'empty', key_spec: 'AES_256', origin: 'external' },
  );
  bench.configure(
    `${key('empty')}${key('orders', 'description = "ours"', until(2035))}
import {
  to = byok_external_key.orders
  id = "${id}"
}
import {
  to = byok_key_material.orders
  id = "${id}"
}
`,
  );
  const imported = await plan();
  expect(imported.effects('orders')[0]).toBe('adopted');
  expect(imported.effects('empty')).toEqual(['first_import', 'adopted']);
  expect(imported.key('empty').key_id).toBe(empty.key_id);
  await apply();
  const pinned = (digit: string) => {
    const pin = `fingerprint = "sha256:${digit.repeat(64)}"`;
    bench.configure(
      key('orders', 'description = "ours"', `${until(2035)}\n  ${pin}`).replace(
        'material_file = "orders.key"',
        'material_env = "NOT_SET"',
      ),
    );
  };
  pinned('a');
  await apply();
  pinned('b');
  expect((await plan()).effects('orders')).toEqual(['pin_changed']);
  bench.emulator.deleteMaterial(id);
  bench.configure(key('orders', 'description = "ours"', until(2035)));
  const refreshed = await plan('-refresh-only');
  expect(refreshed.effects('byok_key_material.orders')).toEqual(['drift']);
});

test('in modules and for each of several, a material without an id finds its key', async () => {
  await bench.begin('');
  bench.workspace.write('orders2.key', bench.material.toString('base64'));
  const modules = (body: string) => {
    require('node:fs').mkdirSync(join(bench.workspace.folder, 'app'), { recursive: true });
    bench.workspace.write('app/main.tf', body);
  };
  modules(`
terraform {
  required_providers {
    byok = { source = "terraform.local/cdktf-byok/byok" }
  }
}
variable "key_id" {}
variable "material" { ephemeral = true }
variable "pin" { default = "${fingerprintOf(bench.material)}" }
resource "byok_key_material" "it" {
  key_id      = var.key_id
  material_wo = var.material
  fingerprint = var.pin
}
`);
  bench.configure(`
variable "material" { ephemeral = true }
locals { pins = { a = "${fingerprintOf(bench.material)}", b = null } }
resource "byok_external_key" "each" {
  for_each = local.pins
  alias    = "each-\${each.key}"
}
resource "byok_key_material" "each" {
  for_each      = local.pins
  key_id        = byok_external_key.each[each.key].key_id
  material_file = "orders.key"
  fingerprint   = each.value
  valid_for     = "30d"
  renew_before  = "7d"
}
resource "byok_external_key" "chained" {
  for_each = { "a\\"b" = 1, "c.d[0]" = 2 }
  alias    = "chained-\${each.value}"
}
resource "byok_key_material" "chained" {
  for_each      = byok_external_key.chained
  key_id        = each.value.key_id
  material_file = "orders.key"
}
resource "byok_external_key" "passed" { alias = "passed" }
module "app" {
  source   = "./app"
  key_id   = byok_external_key.passed.key_id
  material = var.material
}
`);
  await bench.workspace.init();
  const material = bench.material.toString('base64');
  const { review, effects, rulesFor } = await plan('-var', `material=${material}`);
  const names = ['chained-1', 'chained-2', 'each-a', 'each-b', 'passed'];
  expect(review.keys.map(({ name }) => name)).toEqual(names);
  for (const name of names) {
    expect(effects(name)).toEqual(['first_import', 'key_created']);
  }
  // The plan does not tell which of the two has a pin, nor the value of an ephemeral variable.
  expect(rulesFor('each-a')).toEqual(['warning requirePin']);
  expect(rulesFor('each-b')).toEqual(['warning requirePin']);
  expect(rulesFor('passed')).toEqual(['error maximumValidity', 'error forbiddenSources']);
});
