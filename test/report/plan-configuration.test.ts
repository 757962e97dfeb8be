import { configuredIn } from '../../lib/report/plan-configuration';

const fingerprint = `sha256:${'a'.repeat(64)}`;

function planOf(expression: object | undefined, more: object = {}) {
  const expressions = { key_id: { references: ['byok_external_key.a'] } };
  const resource = {
    address: 'byok_key_material.a',
    provider_config_key: 'byok',
    expressions:
      expression === undefined ? expressions : { ...expressions, fingerprint: expression },
  };
  return {
    configuration: {
      provider_config: { byok: { expressions: { region: { constant_value: 'eu-de' } } } },
      root_module: {
        resources: [resource],
        module_calls: {
          keys: { module: { resources: [{ ...resource, provider_config_key: 'keys:byok' }] } },
        },
      },
    },
    ...more,
  };
}

const variable = (value: unknown) => ({ variables: { fp: { value } } });

test.each([
  ['a constant', { constant_value: fingerprint }, {}, true],
  ['null', { constant_value: null }, {}, false],
  ['nothing', undefined, {}, false],
  ['another resource', { references: ['data.x.y.fp', 'data.x.y'] }, {}, true],
  ['a variable that is set', { references: ['var.fp'] }, variable(fingerprint), true],
  ['a variable that is null', { references: ['var.fp'] }, variable(null), false],
  ['an absent value of a variable', { references: ['var.fp'] }, { variables: { fp: {} } }, false],
  ['a variable of which nothing is shown', { references: ['var.fp'] }, {}, true],
] as const)('a fingerprint by %s', (_name, expression, more, pinned) => {
  const configured = configuredIn(planOf(expression, more));
  expect(configured('byok_key_material.a').pinned).toBe(pinned);
});

test('finds each instance, also in modules', () => {
  const configured = configuredIn(planOf({ constant_value: fingerprint }));
  for (const address of [
    'byok_key_material.a[0]',
    'byok_key_material.a["x]\\"[0]"]',
    'module.keys.byok_key_material.a',
    'module.keys["b"].byok_key_material.a[1]',
  ]) {
    expect(configured(address).pinned).toBe(true);
  }
  expect(configured('byok_key_material.other').pinned).toBeUndefined();
});

test('takes the place from the constants of the provider block, and guesses nothing', () => {
  const configured = configuredIn(planOf(undefined));
  expect(configured('byok_key_material.a').whereabouts).toEqual({ region: 'eu-de' });
  expect(configured('module.keys.byok_key_material.a').whereabouts).toEqual({});
});

test.each([
  ['nothing', {}],
  ['other types', { configuration: { root_module: { resources: 1, module_calls: [2] } } }],
])('a plan with %s in place of its configuration tells nothing', (_name, plan) => {
  expect(configuredIn(plan)('byok_key_material.a')).toEqual({
    pinned: undefined,
    whereabouts: { cloud: undefined, region: undefined, project: undefined },
  });
});
