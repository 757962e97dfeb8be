/** MoveResourceState: a `moved` block that leads from another type, or from another provider. */
import { decode } from '@msgpack/msgpack';
import * as messages from '../../lib/tfplugin/grpc/messages';
import type { ProviderDefinition, ResourceDefinition } from '../../lib/tfplugin/provider';
import { InProcess } from './fixtures/in-process';

const kept = Buffer.alloc(0);
const name = { type: 'string', optional: true, description: '' } as const;
const box: ResourceDefinition<object> = {
  schema: { version: 0, identity: ['name'], description: '', attributes: { name } },
  read: async ({ state }) => ({ state, private: kept }),
  plan: async ({ proposed }) => ({ planned: proposed, requiresReplace: [], private: kept }),
  apply: async ({ planned }) => ({ state: planned, private: kept }),
};
const definition: ProviderDefinition<object> = {
  schema: { description: '', attributes: {} },
  resources: {
    box,
    crate: {
      ...box,
      move: ({ typeName, version, providerAddress, state }) => ({
        state: { name: `${state.label} ${typeName} ${version} ${providerAddress}` },
        private: Buffer.from('from elsewhere'),
      }),
    },
  },
  configure: async () => ({}),
};

/** Not configured, as in the process that Terraform asks. */
const provider = new InProcess(definition);

const move = (sourceTypeName: string, targetTypeName: string, state: string) =>
  provider.call(
    'MoveResourceState',
    messages.MoveResourceStateRequest,
    messages.MoveResourceStateResponse,
    {
      sourceProviderAddress: 'mirror.example/team/other',
      sourceTypeName,
      sourceSchemaVersion: 0,
      sourceState: { json: Buffer.from(state) },
      targetTypeName,
      sourcePrivate: Buffer.from('kept'),
    },
  );

test('another type is translated, with private state and identity of its own', async () => {
  const moved = await move('chest', 'crate', '{"label":"a","secret":"s"}');
  const expected = { name: 'a chest 0 mirror.example/team/other' };
  expect(moved.diagnostics ?? []).toEqual([]);
  expect(decode(moved.targetState?.msgpack ?? [])).toEqual(expected);
  expect(decode(moved.targetIdentity?.identityData?.msgpack ?? [])).toEqual(expected);
  expect(String(moved.targetPrivate)).toBe('from elsewhere');
});

test('the same type of another provider address is what it was', async () => {
  const moved = await move('box', 'box', '{"name":"a","gone":1}');
  expect(decode(moved.targetState?.msgpack ?? [])).toEqual({ name: 'a' });
  expect(String(moved.targetPrivate)).toBe('kept');
});

test.each([
  ['chest', 'box', '{}', /Box cannot take over a resource of another type/i],
  ['chest', 'none', '{}', /has no resource type "none"/],
  ['chest', 'crate', '', /format of Terraform 0\.11/],
])('%s to %s %s is one sentence', async (source, target, state, sentence) => {
  const { diagnostics, targetState } = await move(source, target, state);
  expect(diagnostics).toMatchObject([
    { summary: `Cannot move ${source} to ${target}`, detail: expect.stringMatching(sentence) },
  ]);
  expect(targetState).toBeUndefined();
});
