/** Pins that a change removes or adds: only a review of the base tells. */

import { pinsOfStack } from '../../../lib/report/review/base-pins';
import { parseReview } from '../../../lib/report/review/parse-review';
import { failuresIn, hasNews, type Review, reviewOfStack } from '../../../lib/report/review/review';
import { toText } from '../../../lib/report/review/review-lines';
import { synthesizedIn } from '../../../lib/report/review/synthesized';

const fingerprint = `sha256:${'ab'.repeat(32)}`;

/** As `byok review --synth` writes it on the default branch. */
function declared(pins: Readonly<Record<string, string | undefined>>, base?: Review): Review {
  const materials = Object.entries(pins).map(([name, pin]) => [
    name,
    {
      '//': { metadata: { path: `prod/${name}` } },
      key_id: 'k',
      material_env: 'K',
      fingerprint: pin,
    },
  ]);
  const content = {
    '//': { metadata: {} },
    resource: { byok_key_material: Object.fromEntries(materials) },
  };
  const review = reviewOfStack({
    name: 'prod',
    plan: undefined,
    log: undefined,
    synthesized: synthesizedIn(JSON.stringify(content), 'stack'),
    base: base && pinsOfStack(base, 'prod', 'base'),
  });
  return parseReview(JSON.stringify(review), 'base');
}

/** Nothing changes: the provider knows the fingerprint in any case. */
function planned(pins: Readonly<Record<string, object | undefined>>, base: Review): Review {
  const values = { key_id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f', fingerprint };
  const names = Object.keys(pins);
  const content = JSON.stringify({
    format_version: '1.2',
    resource_changes: names.map((name, at) => ({
      address: `byok_key_material.${name}["x"]`,
      mode: 'managed',
      type: 'byok_key_material',
      name,
      change: {
        actions: ['no-op'],
        before: { ...values, key_id: values.key_id.replace('37f', `37${at}`) },
        after: { ...values, key_id: values.key_id.replace('37f', `37${at}`) },
        after_unknown: {},
      },
    })),
    configuration: {
      root_module: {
        resources: names.map((name) => ({
          address: `byok_key_material.${name}`,
          type: 'byok_key_material',
          expressions: pins[name] === undefined ? {} : { fingerprint: pins[name] },
        })),
      },
    },
  });
  return reviewOfStack({
    name: 'prod',
    plan: { content, place: 'plan' },
    log: undefined,
    base: pinsOfStack(base, 'prod', 'base'),
  });
}

const effectsIn = ({ keys }: Review) =>
  keys.map(({ addresses, effects }) => [addresses[0], ...effects.map(({ effect }) => effect)]);

const constant = { constant_value: fingerprint };
const reference = { references: ['local.pin'] };

test('a plan that changes nothing tells of pins that are removed or added', () => {
  const base = declared({
    removed: fingerprint,
    added: undefined,
    kept: ['$', '{var.pin}'].join(''),
    never: undefined,
  });
  const review = planned(
    { removed: undefined, added: constant, kept: reference, never: undefined, fresh: constant },
    base,
  );
  expect(effectsIn(review)).toEqual([
    ['byok_key_material.removed["x"]', 'pin_removed'],
    ['byok_key_material.added["x"]', 'pin_added'],
  ]);
  expect(review.stacks).toMatchObject([{ unchanged: 3 }]);
  expect([hasNews(review), ...failuresIn(review)]).toEqual([true, 'unpinned']);
  expect(toText(review)).toMatch(
    /^Keys: 1 is less protected, 1 changes, 3 unchanged\nWEAKER .* pin removed /,
  );
  expect(toText(review)).toContain('The code no longer says which material it is.');
});

test('a plan does nothing to pins: what was reviewed without a base is the same', () => {
  const base = declared({ it: fingerprint });
  expect(planned({ it: undefined }, base).digest).toBe(planned({ it: constant }, base).digest);
});

test('a declaration alone tells of them, too', () => {
  const base = declared({ removed: fingerprint, kept: fingerprint });
  expect(effectsIn(declared({ removed: undefined, kept: fingerprint }, base))).toEqual([
    ['byok_key_material.removed', 'pin_removed', 'declared'],
    ['byok_key_material.kept', 'declared'],
  ]);
});

test('a base of another stack compares nothing, and says so', () => {
  expect(() => pinsOfStack(declared({ a: fingerprint }), 'test', 'review "base.json"')).toThrow(
    'review "base.json" is a review of "prod", so that "test" cannot be compared with it; give the stack the same name in both',
  );
});
