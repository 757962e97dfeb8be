/** Identities of objects, as a host with the protocol of Terraform 1.12 asks for them. */
import { decode, encode } from '@msgpack/msgpack';
import type { ResourceSchema } from '../../lib/schema/model';
import * as messages from '../../lib/tfplugin/grpc/messages';
import type { Fields, Input } from '../../lib/tfplugin/grpc/protobuf';
import type { ProviderDefinition } from '../../lib/tfplugin/provider';
import { unknown } from '../../lib/tfplugin/values/value';
import { InProcess } from './fixtures/in-process';

const computed = { type: 'string', computed: true, description: 'The id.' } as const;
const schema: ResourceSchema = {
  version: 0,
  identity: ['key_id'],
  description: '',
  attributes: {
    key_id: computed,
    name: { type: 'string', optional: true, requiresReplace: true, description: '' },
  },
};
const kept = Buffer.alloc(0);

const definition: ProviderDefinition<object> = {
  schema: { description: '', attributes: {} },
  resources: {
    thing: {
      schema,
      read: async ({ state }) => {
        if (state.name === 'broken') {
          throw new Error('no answer');
        }
        return { state: state.name === 'gone' ? null : state, private: kept };
      },
      plan: async ({ prior, proposed }) => ({
        planned: proposed && { ...proposed, key_id: prior?.key_id ?? unknown },
        requiresReplace: prior && proposed && prior.name !== proposed.name ? ['name'] : [],
        private: kept,
      }),
      apply: async ({ planned }) => {
        if (planned?.name === 'broken') {
          throw new Error('no answer');
        }
        return { state: planned && { ...planned, key_id: 'made' }, private: kept };
      },
      importState: async ({ id }) => ({ state: { key_id: id, name: null }, private: kept }),
    },
    nameless: {
      schema: { ...schema, identity: [] },
      read: async ({ state }) => ({ state, private: kept }),
      plan: async ({ proposed }) => ({ planned: proposed, requiresReplace: [], private: kept }),
      apply: async ({ planned }) => ({ state: planned, private: kept }),
    },
  },
  configure: async () => ({}),
};

const provider = new InProcess(definition, {});
const value = (object: unknown) => ({ msgpack: Buffer.from(encode(object)) });
const identity = (keyId: string) => ({ identityData: value({ key_id: keyId }) });
const thing = (name: string | null, keyId: string | null = 'k1') => value({ key_id: keyId, name });

async function call<Q extends Fields, S extends Fields>(
  method: string,
  request: Q,
  response: S,
  given: Input<Q>,
) {
  return provider.call(method, request, response, { typeName: 'thing', ...given } as Input<Q>);
}

const idIn = (found: unknown): unknown => {
  const { identityData } = (found ?? {}) as { identityData?: { msgpack?: Uint8Array } };
  return identityData?.msgpack && decode(identityData.msgpack);
};

test('each resource that has one describes it; all others are left out', async () => {
  const { identitySchemas } = await provider.call(
    'GetResourceIdentitySchemas',
    messages.Empty,
    messages.GetResourceIdentitySchemasResponse,
    {},
  );
  expect(Object.keys(identitySchemas ?? {})).toEqual(['thing']);
  expect(identitySchemas?.thing?.identityAttributes).toMatchObject([
    { name: 'key_id', requiredForImport: true, description: 'The id.' },
  ]);
  expect(identitySchemas?.thing?.version ?? 0).toBe(0);
});

test.each([
  ['an object without one gets it', 'a', undefined, { key_id: 'k1' }],
  ['an object that is gone has none', 'gone', identity('k1'), undefined],
  ['a failed read keeps what was', 'broken', identity('kept'), { key_id: 'kept' }],
])('read: %s', async (_, name, currentIdentity, expected) => {
  const answer = await call(
    'ReadResource',
    messages.ReadResourceRequest,
    messages.ReadResourceResponse,
    {
      currentState: thing(name),
      currentIdentity,
    },
  );
  expect(idIn(answer.newIdentity)).toEqual(expected);
});

test.each([
  ['an update keeps it', thing('a'), thing('a'), { key_id: 'k1' }],
  ['a creation has none, not an unknown one', value(null), thing('a', null), undefined],
  ['nor has a replacement', thing('a'), thing('b'), undefined],
  ['nor a destroy', thing('a'), value(null), undefined],
])('plan: %s', async (_, priorState, proposedNewState, expected) => {
  const answer = await call(
    'PlanResourceChange',
    messages.PlanResourceChangeRequest,
    messages.PlanResourceChangeResponse,
    { priorState, proposedNewState, config: proposedNewState },
  );
  expect(answer.diagnostics ?? []).toEqual([]);
  expect(idIn(answer.plannedIdentity)).toEqual(expected);
});

test.each([
  ['a creation gives it', 'a', undefined, { key_id: 'made' }],
  ['a failure keeps what was', 'broken', identity('kept'), { key_id: 'kept' }],
])('apply: %s', async (_, name, plannedIdentity, expected) => {
  const answer = await call(
    'ApplyResourceChange',
    messages.ApplyResourceChangeRequest,
    messages.ApplyResourceChangeResponse,
    { priorState: value(null), plannedState: thing(name), config: thing(name), plannedIdentity },
  );
  expect(idIn(answer.newIdentity)).toEqual(expected);
});

test.each([
  ['by id', { id: 'k2' }, { key_id: 'k2' }],
  ['by identity', { identity: identity('k3') }, { key_id: 'k3' }],
])('import %s', async (_, given, expected) => {
  const { importedResources } = await call(
    'ImportResourceState',
    messages.ImportResourceStateRequest,
    messages.ImportResourceStateResponse,
    given,
  );
  expect(idIn(importedResources?.[0]?.identity)).toEqual(expected);
});

test('an identity without its attribute is one sentence', async () => {
  const { diagnostics } = await call(
    'ImportResourceState',
    messages.ImportResourceStateRequest,
    messages.ImportResourceStateResponse,
    { identity: { identityData: value({ key_id: null }) } },
  );
  expect(diagnostics).toMatchObject([
    { summary: 'Cannot import thing', detail: expect.stringContaining('has no key_id; give it') },
  ]);
});

test.each([
  [0, '{"key_id":"k1"}', { key_id: 'k1' }, undefined],
  [0, '', undefined, undefined],
  [1, '{"key_id":"k1"}', undefined, /written by a newer provider \(version 1 of thing/],
])('a saved identity of version %d: %s', async (version, json, expected, sentence) => {
  const { upgradedIdentity, diagnostics = [] } = await call(
    'UpgradeResourceIdentity',
    messages.UpgradeResourceIdentityRequest,
    messages.UpgradeResourceIdentityResponse,
    { version, rawIdentity: { json: Buffer.from(json) } },
  );
  expect(idIn(upgradedIdentity)).toEqual(expected);
  expect(diagnostics.map(({ detail }) => detail)).toEqual(
    sentence === undefined ? [] : [expect.stringMatching(sentence)],
  );
});
