/**
 * The same declaration, as a construct, in the synthesized stack and in a plan, is judged the same:
 * by the aspect at synthesis, and by `byok review --policy`.
 */
import * as cdktf from 'cdktf';
import { KeyMaterial, type KeyMaterialConfig, KeyMaterialPolicy } from 'cdktf-byok';
import type { Policy } from '../../lib/policy/rules';
import { reviewOfStack } from '../../lib/report/review/review';
import { synthesizedIn } from '../../lib/report/review/synthesized';
import { attributeOf, type Setting } from '../../lib/terms/setting';
import { annotationsOf, stackUnderTest } from './stack-under-test';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const pin = `sha256:${'0'.repeat(64)}`;
/** What neither synthesis nor a plan knows. */
const later = '${terraform_data.later.output}';
const now = new Date('2030-01-01T00:00:00Z');

const strict: Policy = {
  maximumValidity: '90d',
  requirePin: true,
  allowedWrappingAlgorithms: ['RSAES_OAEP_SHA_256'],
  forbiddenSources: ['file', 'variable'],
  requiredOnDestroy: ['retain', 'refuse'],
  severities: { requiredOnDestroy: 'warning' },
};

type Found = readonly [rule: string, level: string];

function byAspect(material: Partial<KeyMaterialConfig>): readonly Found[] {
  const stack = stackUnderTest();
  new KeyMaterial(stack, 'it', { keyId, ...material });
  cdktf.Aspects.of(stack).add(new KeyMaterialPolicy({ ...strict, now }));
  cdktf.Testing.synth(stack);
  return annotationsOf(stack).flatMap(([, level, message]): Found[] => {
    const [, rule] = /^KeyMaterialPolicy, (\w+): /.exec(message) ?? [];
    return rule === undefined ? [] : [[rule, level === '@cdktf/error' ? 'error' : 'warning']];
  });
}

function bySynthesis(material: Partial<KeyMaterialConfig>): readonly Found[] {
  const stack = stackUnderTest();
  new KeyMaterial(stack, 'it', { keyId, ...material });
  const content = JSON.stringify({
    // As in the file, which `Testing.synth` leaves out.
    '//': { metadata: {} },
    ...JSON.parse(cdktf.Testing.synth(stack)),
  });
  const { policy } = reviewOfStack({
    name: 'prod',
    plan: undefined,
    log: undefined,
    synthesized: synthesizedIn(content, 'stack'),
    policy: { policy: strict, now },
  });
  return policy.map(({ rule, level }): Found => [rule, level]);
}

/** As Terraform plans it: write-only values are in the configuration alone. */
function planOf(material: Partial<KeyMaterialConfig>, actions: readonly string[]): string {
  const given = Object.entries(material).map(
    ([name, value]) => [attributeOf(name as Setting), value] as const,
  );
  const isLater = (value: unknown) => typeof value === 'string' && value.includes('${');
  const readable = given.filter(([name]) => !name.endsWith('_wo'));
  const known = Object.fromEntries(readable.filter(([, value]) => !isLater(value)));
  const unknown = readable.filter(([, value]) => isLater(value)).map(([name]) => [name, true]);
  const isNew = actions.includes('create');
  const never = isNew || 'validFor' in material ? {} : { expiration_time: 'never' };
  const before = { key_id: keyId, ...never };
  return JSON.stringify({
    format_version: '1.2',
    resource_changes: [
      {
        address: 'byok_key_material.it',
        mode: 'managed',
        type: 'byok_key_material',
        name: 'it',
        change: {
          actions,
          before: isNew ? null : before,
          // The provider finds a fingerprint by itself.
          after: { ...before, fingerprint: pin, ...known },
          after_unknown: {
            ...(isNew && !('expirationTime' in material) ? { expiration_time: true } : {}),
            ...Object.fromEntries(unknown),
          },
        },
      },
    ],
    configuration: {
      root_module: {
        resources: [
          {
            address: 'byok_key_material.it',
            type: 'byok_key_material',
            expressions: Object.fromEntries(
              given.map(([name, value]) => [
                name,
                isLater(value)
                  ? { references: ['terraform_data.later.output', 'terraform_data.later'] }
                  : { constant_value: value },
              ]),
            ),
          },
        ],
      },
    },
  });
}

function byPlan(material: Partial<KeyMaterialConfig>, actions: readonly string[]) {
  const { policy } = reviewOfStack({
    name: 'prod',
    plan: { content: planOf(material, actions), place: 'plan' },
    log: undefined,
    policy: { policy: strict, now },
  });
  return policy.map(({ rule, level }): Found => [rule, level]);
}

const clean = {
  validFor: '90d',
  renewBefore: '14d',
  fingerprint: pin,
  materialEnv: 'K',
} satisfies Partial<KeyMaterialConfig>;
const { fingerprint: _, ...unpinned } = clean;
const { validFor: __, renewBefore: ___, ...unending } = clean;

test.each<[string, Partial<KeyMaterialConfig>, readonly Found[]]>([
  ['what the policy wants', clean, []],
  [
    'nothing but a key',
    {},
    [
      ['maximumValidity', 'error'],
      ['requirePin', 'error'],
    ],
  ],
  ['no expiry', unending, [['maximumValidity', 'error']]],
  ['"never"', { ...unending, expirationTime: 'never' }, [['maximumValidity', 'error']]],
  ['an expiry in time', { ...unending, expirationTime: '2030-04-01T00:00:00Z' }, []],
  ['a past expiry', { ...unending, expirationTime: '2029-04-01T00:00:00Z' }, []],
  [
    'an expiry that is too late',
    { ...unending, expirationTime: '2030-04-01T00:00:01Z' },
    [['maximumValidity', 'error']],
  ],
  [
    'an expiry that is known later',
    { ...unending, expirationTime: later },
    [['maximumValidity', 'warning']],
  ],
  [
    'a rolling expiry that is too long',
    { ...clean, validFor: '91d' },
    [['maximumValidity', 'error']],
  ],
  ['one that is known later', { ...clean, validFor: later }, [['maximumValidity', 'warning']]],
  ['no pin', unpinned, [['requirePin', 'error']]],
  ['a pin that is known later', { ...clean, fingerprint: later }, [['requirePin', 'warning']]],
  [
    'another algorithm',
    { ...clean, wrappingAlgorithm: 'RSAES_OAEP_SHA_1' },
    [['allowedWrappingAlgorithms', 'error']],
  ],
  [
    'an algorithm that is known later',
    { ...clean, wrappingAlgorithm: later as never },
    [['allowedWrappingAlgorithms', 'warning']],
  ],
  [
    'a forbidden source',
    { ...clean, materialEnv: undefined, materialFile: 'k' },
    [['forbiddenSources', 'error']],
  ],
  [
    'one whose name is known later',
    { ...clean, materialEnv: undefined, materialFile: later },
    [['forbiddenSources', 'error']],
  ],
  [
    'a write-only source',
    { ...clean, materialEnv: undefined, materialWo: later },
    [['forbiddenSources', 'error']],
  ],
  [
    'material that was wrapped elsewhere',
    { ...unpinned, materialEnv: undefined, importTokenWo: later, encryptedKeyMaterialWo: later },
    [
      ['requirePin', 'error'],
      ['allowedWrappingAlgorithms', 'warning'],
    ],
  ],
  [
    'another policy',
    { ...clean, onDestroy: 'delete_material' },
    [['requiredOnDestroy', 'warning']],
  ],
  [
    'a policy that is known later',
    { ...clean, onDestroy: later as never },
    [['requiredOnDestroy', 'warning']],
  ],
])('%s', (_name, material, found) => {
  const given = Object.fromEntries(
    Object.entries(material).filter(([, value]) => value !== undefined),
  );
  const sorted = (some: readonly Found[]) => some.map(String).sort();
  expect(sorted(byAspect(given))).toEqual(sorted(found));
  expect(sorted(bySynthesis(given))).toEqual(sorted(found));
  expect(sorted(byPlan(given, ['create']))).toEqual(sorted(found));
  expect(sorted(byPlan(given, ['no-op']))).toEqual(sorted(found));
});
