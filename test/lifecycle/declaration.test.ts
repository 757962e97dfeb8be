/**
 * Every rule on a declaration, put to every front-end: the same verdict from each. A front-end that
 * cannot be put to one says why.
 */
import { type Declared, faultsOf, ruleNames } from '../../lib/lifecycle/declaration';
import {
  keySettings,
  materialSettings,
  plainSpelling,
  type Setting,
} from '../../lib/terms/setting';
import { later, type Row, rows } from './declarations';
import { type FrontEnd, type FrontEndName, frontEnds } from './front-ends';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

const settingsIn = (declared: Declared) => Object.keys(declared) as Setting[];

/** With a key, if the declaration names none: of its own where that is said of it, or can be. */
function whole(declared: Declared, { offered }: FrontEnd): Declared {
  const isOfKey = settingsIn(declared).some((setting) =>
    keySettings.some((one) => one === setting),
  );
  const names = ['alias', 'keyId'] as const;
  if (names.some((name) => name in declared)) {
    return declared;
  }
  return isOfKey || !offered.includes('keyId')
    ? { alias: 'payments', ...declared }
    : { keyId, ...declared };
}

/** Undefined when it can be put to this front-end. */
function reasonAgainst({ declared, cannot = {} }: Row, name: FrontEndName): string | undefined {
  const { absent, offered } = frontEnds[name];
  const missing = settingsIn(declared).find((setting) => !offered.includes(setting));
  const isLater = JSON.stringify(declared, (_, value) => (value === later ? 'later' : value));
  return (
    cannot[name] ??
    (missing === undefined ? undefined : (absent[missing] ?? `no reason for ${missing}`)) ??
    (isLater.includes('"later"') && knowsAll.includes(name)
      ? 'every value is known there'
      : undefined)
  );
}

const knowsAll: readonly FrontEndName[] = [
  'byok apply',
  'byok import',
  'byok create-key',
  'function of AWS',
];

const names = Object.keys(frontEnds) as FrontEndName[];

test.each(names)('%s offers a setting, or there is a reason why not', (name) => {
  const { offered, absent } = frontEnds[name];
  for (const setting of [...keySettings, ...materialSettings]) {
    expect([setting, offered.includes(setting) ? 'offered' : absent[setting]]).toEqual([
      setting,
      expect.stringMatching(/./),
    ]);
  }
  expect(Object.keys(absent).filter((setting) => offered.includes(setting as Setting))).toEqual([]);
});

test('every rule has an example of what it refuses', () => {
  const refused = rows.flatMap(({ refused: by }) => by?.rule ?? []);
  expect(ruleNames.filter((rule) => !refused.includes(rule))).toEqual([]);
});

test.each(rows.filter(({ refused }) => refused !== undefined))(
  'refused by one rule: $what',
  ({ declared, refused }) => {
    const key = 'alias' in declared || 'keyId' in declared ? {} : { alias: 'payments' };
    const faults = faultsOf(
      { ...key, ...declared },
      { words: plainSpelling, isKnown: (value) => value !== later },
    );
    expect(faults.map(({ rule, setting }) => ({ rule, setting }))).toContainEqual(refused);
  },
);

test('what may turn out to be none is neither given nor missing', () => {
  const ask = {
    words: plainSpelling,
    isKnown: (value: unknown) => value !== later,
    mayBeNone: (value: unknown) => value === later,
  };
  const rulesOf = (declared: Declared) => faultsOf(declared, ask).map(({ rule }) => rule);
  const names = [...new Set<Setting>([...keySettings, ...materialSettings])];
  for (const one of names) {
    expect([one, rulesOf({ alias: later, keyId: later, [one]: later })]).toEqual([one, []]);
    for (const other of names) {
      const both = { alias: later, keyId: later, [one]: later, [other]: later };
      expect([one, other, rulesOf(both)]).toEqual([one, other, []]);
    }
  }
  for (const { declared, refused } of rows) {
    for (const setting of Object.keys(declared) as Setting[]) {
      const known = rulesOf({ ...declared, [setting]: later }).filter((rule) => rule === setting);
      expect([refused, setting, known]).toEqual([refused, setting, []]);
    }
  }
  expect(rulesOf({ keyId: later })).toEqual([]);
  expect(rulesOf({ alias: 'a', materialFile: 'a', materialEnv: 'B' })).toEqual(['oneSource']);
});

test('every rule is put to a front-end, and no exception is left over', () => {
  for (const row of rows) {
    const asked = names.filter((name) => reasonAgainst(row, name) === undefined);
    expect([row.what, asked.length]).toEqual([row.what, expect.any(Number)]);
    expect([row.what, asked]).not.toEqual([row.what, []]);
    const idle = Object.keys(row.cannot ?? {}).filter((name) =>
      settingsIn(row.declared).some(
        (setting) => !frontEnds[name as FrontEndName].offered.includes(setting),
      ),
    );
    expect([row.what, idle]).toEqual([row.what, []]);
  }
});

describe.each(names)('%s', (name) => {
  const frontEnd = frontEnds[name];
  const asked = rows.filter((row) => reasonAgainst(row, name) === undefined);

  test.each(asked.filter(({ refused }) => refused === undefined))(
    'lets pass: $what',
    async ({ declared }) => {
      expect(await frontEnd.judge(whole(declared, frontEnd))).toEqual([]);
    },
  );

  test.each(
    asked.flatMap(({ refused, ...row }) => (refused === undefined ? [] : { ...row, refused })),
  )('refuses $what', async ({ declared, refused }) => {
    const said = await frontEnd.judge(whole(declared, frontEnd));
    expect(said).not.toEqual([]);
    // A diagnostic of Terraform begins with a capital.
    const text = said.join('\n').toLowerCase();
    const called = frontEnd.words.map(({ name }) => name(refused.setting).toLowerCase());
    expect(called.filter((one) => text.includes(one))).not.toEqual([]);
    expect(said.join('\n')).not.toContain('c2VjcmV0');
  });
});

/** Which accept nearly any text, or whose wrong value is a configuration's own file or program. */
const anyText: readonly Setting[] = ['description', 'materialVersion', 'materialFile'];
const secret = 'yTqPdrY1V0VbUPRBHmDCOZ4EX8PWmg9Hd1Ag5oVAhpw=';

/** What commander says of a flag is the subject of test/cli/shown-value.test.ts. */
const ownWords = names.filter((name) => !name.startsWith('byok '));

test.each(ownWords)('%s repeats no secret that stands in the place of a value', async (name) => {
  const frontEnd = frontEnds[name];
  let refused = 0;
  for (const setting of frontEnd.offered.filter((one) => !anyText.includes(one))) {
    const declared = whole({ [setting]: secret }, frontEnd);
    const said = await frontEnd.judge(declared).catch((error: Error) => [error.message]);
    refused += said.length;
    expect([setting, said.join('\n')]).toEqual([setting, expect.not.stringContaining(secret)]);
  }
  expect(refused).toBeGreaterThan(0);
});
