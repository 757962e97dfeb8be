/** What a policy sees in a plan alone, which no declaration has. */
import type { Policy } from '../../../lib/policy/rules';
import { reviewOfStack } from '../../../lib/report/review/review';

const now = new Date('2030-01-01T00:00:00Z');
const policy: Policy = { maximumValidity: '90d', forbiddenSources: ['variable', 'file'] };

interface Planned {
  readonly actions?: readonly string[];
  readonly before?: object | null;
  readonly after?: object | null;
  readonly unknown?: object;
  readonly sensitive?: object;
  /** Undefined: the plan does not show how the material is written. */
  readonly written?: object | undefined;
  readonly more?: object;
}

function judge(
  { actions = ['no-op'], before, after, unknown, sensitive, written = {}, more }: Planned,
  rules = policy,
) {
  const values = { key_id: 'k', expiration_time: '2030-02-01T00:00:00Z' };
  const content = JSON.stringify({
    format_version: '1.2',
    variables: { unset: { value: null }, set: { value: 'x' } },
    resource_changes: [
      {
        address: 'byok_key_material.it',
        mode: 'managed',
        type: 'byok_key_material',
        name: 'it',
        change: {
          actions,
          before: before === undefined ? values : before,
          after: after === null ? null : { ...values, ...after },
          after_unknown: unknown ?? {},
          after_sensitive: sensitive ?? {},
        },
        ...more,
      },
    ],
    configuration: {
      root_module: {
        resources: [
          { address: 'byok_key_material.it', type: 'byok_key_material', expressions: written },
        ],
      },
    },
  });
  const review = reviewOfStack({
    name: 'prod',
    plan: { content, place: 'plan' },
    log: undefined,
    policy: { policy: rules, now },
  });
  return review.policy.map(({ level, rule, message }) => `${level} ${rule}: ${message}`);
}

const later = { references: ['data.x.y.z', 'data.x.y'] };
const create = { actions: ['create'], before: null } as const;
const never =
  /^error maximumValidity: the material never expires; .* give expiration_time, or valid_for/;

test.each<[string, Planned, readonly RegExp[]]>([
  ['the expiry that an existing key keeps', {}, []],
  [
    'one that it keeps for too long',
    { after: { expiration_time: '2035-01-01T00:00:00Z' } },
    [
      /^error maximumValidity: expiration_time is "2035-01-01T00:00:00Z"; allowed .* or valid_for and renew_before$/,
    ],
  ],
  [
    'no declared expiry of a new key',
    { ...create, after: { expiration_time: null }, unknown: { expiration_time: true } },
    [never],
  ],
  [
    'a new key in place of one that had an expiry',
    {
      actions: ['delete', 'create'],
      after: { expiration_time: null },
      unknown: { expiration_time: true },
    },
    [never],
  ],
  [
    'an expiry of an existing key that is known later',
    { actions: ['update'], after: { expiration_time: null }, unknown: { expiration_time: true } },
    [/^warning maximumValidity: expiration_time is known only after apply, so that it cannot/],
  ],
  [
    'a sensitive duration, which is not read',
    { after: { valid_for: '91d' }, sensitive: { valid_for: true } },
    [/^warning maximumValidity: valid_for is sensitive, so that it is not read from the plan;/],
  ],
  [
    'a sensitive path of a file',
    { after: { material_file: 'k' }, sensitive: { material_file: true } },
    [/"file"; allowed are/],
  ],
  [
    'a variable that is null as material',
    { written: { material_wo: { references: ['var.unset'] } } },
    [],
  ],
  [
    'one that is not in the plan',
    { written: { material_wo: { references: ['var.ephemeral'] } } },
    [/^error forbiddenSources: the source of the material is "variable"/],
  ],
  [
    'material beside a file that is set',
    { after: { material_env: 'K' }, written: { material_wo: later } },
    [],
  ],
  [
    'one of two sources, whichever is set',
    { written: { material_wo: later, import_token_wo: later } },
    [
      /^warning forbiddenSources: the source of the material is one of "variable", "pre-wrapped", and cannot/,
    ],
  ],
  ['material that goes', { actions: ['delete'], after: null }, []],
  [
    'material that a replacement left behind',
    { actions: ['delete'], after: null, more: { deposed: '1' } },
    [],
  ],
])('%s', (_name, planned, messages) => {
  const found = judge(planned);
  expect(found).toHaveLength(messages.length);
  for (const [at, message] of messages.entries()) {
    expect(found[at]).toMatch(message);
  }
});

test.each([
  [{ constant_value: 'sha256:00' }, []],
  [{ references: ['var.set'] }, []],
  [
    { references: ['var.unset'] },
    [expect.stringMatching(/^error requirePin: fingerprint is not given/)],
  ],
  [
    {},
    [expect.stringMatching(/^warning requirePin: fingerprint is a reference whose value the plan/)],
  ],
  [later, [expect.stringMatching(/^warning requirePin: fingerprint is a reference/)]],
])('a pin by %j', (fingerprint, found) => {
  expect(judge({ written: { fingerprint } }, { requirePin: true })).toEqual(found);
});

test('how material is written that the configuration does not show is not guessed', () => {
  const [found] = judge({ more: { address: 'byok_key_material.other' } }, { requirePin: true });
  expect(found).toMatch(
    /^warning requirePin: fingerprint cannot be checked, since the plan does not/,
  );
});
