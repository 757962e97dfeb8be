/**
 * An expiry that Terraform counts from now is another one at each apply: the key is not interrupted
 * for it.
 */

import { describeKey, writesOf } from '../support/emulated-key';
import { keyWithMaterial, useWorkbench } from './workbench';

const bench = useWorkbench();

const expiryOf = async () =>
  new Date(
    Number(
      (
        await describeKey(
          bench.emulator,
          String(bench.workspace.attributes('byok_external_key').key_id),
        )
      ).expiration_time,
    ),
  );

async function applied(expiry: string): Promise<Date> {
  await bench.begin(keyWithMaterial('orders', `expiration_time = ${expiry}`));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  bench.emulator.clearCalls();
  return expiryOf();
}

/**
 * So many hours from now, or some seconds more: a full minute cannot be told from what people
 * write, nor can a move by full minutes, however long the runs take.
 *
 * @param first the expiry that it had at first
 */
function countedFromNow(
  now: 'timestamp()' | 'plantimestamp()',
  hours: number,
  first?: Date,
): string {
  const before = first?.toISOString().slice(17, 19) ?? '00';
  const more = ['07', '53'].includes(before) ? '8s' : '7s';
  const end = `timeadd(${now}, "${hours}h")`;
  return `timeadd(${end}, contains(["00", "${before}"], formatdate("ss", ${end})) ? "${more}" : "0s")`;
}

/** The same file, as far as anybody would write it. */
function again(now: 'timestamp()' | 'plantimestamp()', hours: number, first: Date): void {
  bench.configure(
    keyWithMaterial('orders', `expiration_time = ${countedFromNow(now, hours, first)}`),
  );
}

const wording =
  'it seems to be computed from the current time (timestamp() or plantimestamp()) and would interrupt the key at every apply';

test.each([2160, 36, 1])(
  'plantimestamp() + %s hours is refused at the second plan, and a destroy goes through',
  async (hours) => {
    const first = await applied(countedFromNow('plantimestamp()', hours));
    again('plantimestamp()', hours, first);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(wording);
    expect(plan.text).toContain('valid_for and renew_before');
    expect((await bench.workspace.apply()).code).toBe(1);
    expect(writesOf(bench.emulator)).toEqual([]);
    expect(await expiryOf()).toEqual(first);
    expect((await bench.workspace.destroy()).code).toBe(0);
  },
);

test('timestamp() is only known in apply, where it is too late to refuse; the plan says what comes of it, each time', async () => {
  const first = await applied(countedFromNow('timestamp()', 2160));
  again('timestamp()', 2160, first);
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(2);
  expect(plan.text).toContain(
    'An expiry computed from the current time, for example by timestamp(), changes at every apply',
  );
  expect(plan.text).toContain('give valid_for and renew_before instead');
  const apply = await bench.workspace.apply();
  expect(apply.code).toBe(0);
  expect(apply.text).toContain('The expiry may be counted from now');
  // A few seconds earlier than the first, if that was given seven more a moment ago.
  expect(await expiryOf()).not.toEqual(first);
});

test('an instant that is kept, and moves on by a replacement, is no such thing: its apply goes through', async () => {
  const rotated = (round: number) => `terraform_data.instant.output
}
resource "terraform_data" "instant" {
  input            = timeadd(plantimestamp(), "2160h${round * 7}s")
  triggers_replace = ${round}
  lifecycle {
    ignore_changes = [input]
  }`;
  const first = await applied(rotated(1));
  expect((await bench.workspace.plan()).code).toBe(0);
  bench.configure(keyWithMaterial('orders', `expiration_time = ${rotated(2)}`));
  expect((await bench.workspace.apply()).code).toBe(0);
  expect((await expiryOf()).getTime()).toBeGreaterThan(first.getTime());
});

test('after it, an instant that somebody writes down is a change like any other', async () => {
  const first = await applied(countedFromNow('plantimestamp()', 2160));
  const written = new Date(Math.floor(first.getTime() / 60_000) * 60_000 + 120_000);
  bench.configure(
    keyWithMaterial('orders', `expiration_time = "${written.toISOString().slice(0, 19)}Z"`),
  );
  expect((await bench.workspace.apply()).code).toBe(0);
  expect(await expiryOf()).toEqual(written);
});

test('a rolling expiry that becomes a fixed one is no such thing', async () => {
  await bench.begin(keyWithMaterial('orders', 'valid_for = "90d"\n  renew_before = "14d"'));
  await bench.workspace.succeed(['apply', '-auto-approve', '-no-color']);
  const rolled = await expiryOf();
  const next = new Date(rolled.getTime() + 7000).toISOString().slice(0, 19);
  bench.configure(keyWithMaterial('orders', `expiration_time = "${next}Z"`));
  expect((await bench.workspace.plan()).code).toBe(2);
});
