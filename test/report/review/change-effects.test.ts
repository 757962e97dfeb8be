/** Changes whose values a plan does not show, or whose actions only one host has. */
import { failuresIn, reviewOfStack } from '../../../lib/report/review/review';

const id = '0d0466b0-e727-4d9c-b35d-000000000001';
const fingerprint = `sha256:${'ab'.repeat(32)}`;

interface Change {
  readonly actions?: readonly string[];
  readonly before: object | null;
  readonly after: object | null;
  readonly unknown?: object;
  readonly sensitive?: object;
  readonly paths?: readonly (readonly string[])[];
}

function changeOf(type: string, change: Change): object {
  return {
    address: `${type}.it`,
    mode: 'managed',
    type,
    name: 'it',
    change: {
      actions: change.actions ?? ['update'],
      before: change.before,
      after: change.after,
      after_unknown: change.unknown ?? {},
      before_sensitive: change.sensitive ?? {},
      after_sensitive: change.sensitive ?? {},
      replace_paths: change.paths,
    },
  };
}

function reviewOf(changes: readonly object[], written: object = {}, ...others: object[]) {
  const resources = [
    { address: 'byok_key_material.it', type: 'byok_key_material', expressions: written },
    ...others,
  ];
  const content = JSON.stringify({
    format_version: '1.2',
    resource_changes: changes,
    configuration: { root_module: { resources } },
  });
  const review = reviewOfStack({
    name: 'prod',
    plan: { content, place: 'plan' },
    log: undefined,
  });
  const [key] = review.keys;
  return {
    effects: key?.effects.map(({ effect, reason }) => `${effect}: ${reason}`),
    pin: key?.pin,
    failures: [...failuresIn(review)],
    json: JSON.stringify(review),
  };
}

const known = 'to a value that is known only after apply';
const key = (before: object, after: object, more: object = {}) =>
  changeOf('byok_external_key', {
    before: { key_id: id, alias: 'orders', ...before },
    after: { key_id: id, alias: 'orders', ...after },
    ...more,
  });
const material = (before: object, after: object, more: object = {}) =>
  changeOf('byok_key_material', {
    before: { key_id: id, fingerprint, material_status: 'present', ...before },
    after: { key_id: id, fingerprint, material_status: 'present', ...after },
    ...more,
  });

test.each<[string, object, readonly string[]]>([
  [
    'a removal policy that may become weaker',
    material({ on_destroy: 'refuse' }, {}, { unknown: { on_destroy: true } }),
    [`protection_weakened: on_destroy changes from "refuse" ${known}`],
  ],
  [
    'one that is the weakest already',
    material({ on_destroy: 'delete_material' }, {}, { unknown: { on_destroy: true } }),
    [`protection_changed: on_destroy changes from "delete_material" ${known}`],
  ],
  [
    'a switch that is on without being declared',
    material({}, {}, { unknown: { allow_interruption: true } }),
    [`protection_changed: allow_interruption changes from true ${known}`],
  ],
  [
    'the days before a deletion',
    key({ pending_days: 30 }, {}, { unknown: { pending_days: true } }),
    [`protection_weakened: pending_days changes from 30 ${known}`],
  ],
  [
    'a pin, where nothing is imported',
    material({}, { fingerprint: null }, { unknown: { fingerprint: true } }),
    [`settings_changed: fingerprint changes from "${fingerprint}" ${known}`],
  ],
  [
    'an alias',
    key({}, { alias: null }, { unknown: { alias: true } }),
    [`renamed: alias changes from "orders" ${known}`],
  ],
])('what is known only after apply is told: %s', (_, change, expected) => {
  expect(reviewOf([change]).effects).toEqual(expected);
});

test('a key that may be disabled counts as one that is', () => {
  const later = { unknown: { enabled: true } };
  const { effects, failures } = reviewOf([key({ enabled: true }, {}, later)]);
  expect(effects).toEqual(['key_disabled: enabled is known only after apply, and may be false']);
  expect(failures).toEqual(['outage']);
  expect(reviewOf([key({ enabled: false }, {}, later)]).effects).toEqual([
    `settings_changed: enabled changes from false ${known}`,
  ]);
});

test('of sensitive values it is told that they change, and nothing else', () => {
  const other = `sha256:${'cd'.repeat(32)}`;
  const sensitive = { alias: true, warn_before: true, fingerprint: true };
  const renamed = reviewOf([key({}, { alias: 'planted-Zx91kQ' }, { sensitive })]);
  const warned = reviewOf([material({ warn_before: '30d' }, { warn_before: '7d' }, { sensitive })]);
  const pinned = reviewOf([material({}, { fingerprint: other }, { sensitive })]);
  const hidden = 'changes from a sensitive value to a sensitive value';
  expect(renamed.effects).toEqual([`renamed: alias ${hidden}`]);
  expect(warned.effects).toEqual([`protection_changed: warn_before ${hidden}`]);
  expect(pinned.effects).toEqual(['pin_changed: null']);
  expect(renamed.json + warned.json + pinned.json).not.toMatch(/planted|"30d"|sha256:(ab|cd)/);
  expect(reviewOf([key({}, {}, { sensitive })]).effects).toBeUndefined();
});

test.each([['forget', 'create'] as const, ['create', 'forget'] as const])(
  'a key that OpenTofu forgets and replaces is replaced: %s, %s',
  (...actions) => {
    const { effects, failures } = reviewOf(
      [
        key({}, { key_id: null }, { actions, unknown: { key_id: true }, paths: [['key_spec']] }),
        material(
          {},
          { key_id: null, fingerprint: null, material_status: null },
          { actions, unknown: { key_id: true, material_status: true, fingerprint: true } },
        ),
      ],
      { key_id: { references: ['byok_external_key.it.key_id', 'byok_external_key.it'] } },
    );
    expect(effects).toEqual(['key_replaced: key_spec changes', 'first_import: null']);
    expect(failures).toEqual(['destroy', 'unpinned']);
  },
);

test('of two materials for one key, the pin of one does not stand for the other', () => {
  const unknown = { key_id: true, material_status: true };
  const imports = { actions: ['create'], before: null, after: { fingerprint }, unknown };
  const made = { actions: ['create'], before: null, after: { alias: 'k' }, unknown };
  const reference = { references: ['byok_external_key.it.key_id', 'byok_external_key.it'] };
  const first = changeOf('byok_key_material', imports);
  const second = { ...first, address: 'byok_key_material.other', name: 'other' };
  const pinned = { key_id: reference, fingerprint: { constant_value: fingerprint } };
  for (const order of [
    [first, second],
    [second, first],
  ]) {
    const changes = [changeOf('byok_external_key', made), ...order];
    const other = { address: second.address, type: 'byok_key_material' };
    const written = { ...other, expressions: { key_id: reference } };
    expect(reviewOf(changes, pinned, written).failures).toEqual(['unpinned']);
  }
});

test('an import by a reference that shows no fingerprint is not pinned', () => {
  const written = { fingerprint: { references: ['local.pin'] } };
  const imported = (shown: string | null) =>
    changeOf('byok_key_material', {
      actions: ['create'],
      before: null,
      after: { key_id: id, fingerprint: shown },
      unknown: { material_status: true, ...(shown === null ? { fingerprint: true } : {}) },
    });
  const [unseen, seen] = [null, fingerprint].map((shown) => reviewOf([imported(shown)], written));
  expect([unseen?.pin, unseen?.failures]).toEqual(['none', ['unpinned']]);
  expect([seen?.pin, seen?.failures]).toEqual(['reference', []]);
});
