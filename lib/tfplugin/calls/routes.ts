/** Maps the path of a gRPC method to its handler. Any other path is answered "unimplemented". */
import { keptOpen, type Route } from '../grpc/grpc-server';
import { healthCheckAnswer, providerRpcs } from './provider-rpcs';
import type { Rpc } from './rpc';
import type { Runtime } from './runtime';

const providerService = '/tfplugin6.Provider/';

/**
 * Names the methods here, so each file loads only at its first call.
 * Most processes end after the schema.
 */
const lateRpcs: readonly (readonly [method: string, rpc: Rpc])[] = [
  ...late(
    [
      'ValidateProviderConfig',
      'ConfigureProvider',
      'ValidateResourceConfig',
      'ReadResource',
      'PlanResourceChange',
      'ApplyResourceChange',
    ],
    () => (require('./value-rpcs') as typeof import('./value-rpcs')).valueRpcs,
  ),
  ...late(
    ['UpgradeResourceState', 'UpgradeResourceIdentity', 'MoveResourceState', 'ImportResourceState'],
    () => (require('./takeover-rpcs') as typeof import('./takeover-rpcs')).takeoverRpcs,
  ),
  ...late(
    ['ValidateDataResourceConfig', 'ReadDataSource'],
    () => (require('./data-source-rpcs') as typeof import('./data-source-rpcs')).dataSourceRpcs,
  ),
  ...late(
    [
      'ValidateEphemeralResourceConfig',
      'OpenEphemeralResource',
      'RenewEphemeralResource',
      'CloseEphemeralResource',
    ],
    () => (require('./ephemeral-rpcs') as typeof import('./ephemeral-rpcs')).ephemeralRpcs,
  ),
  ...late(
    ['CallFunction'],
    () => (require('./function-rpcs') as typeof import('./function-rpcs')).functionRpcs,
  ),
];

/** @param exit ends the process; called after the answer to Shutdown has left */
export function providerRoutes(
  runtime: Runtime,
  exit: () => void,
): (path: string) => Route | undefined {
  const routes = new Map<string, Route>([
    ['/plugin.GRPCController/Shutdown', { answer: () => new Uint8Array(), afterwards: exit }],
    ['/plugin.GRPCStdio/StreamStdio', keptOpen],
    ['/grpc.health.v1.Health/Check', { answer: healthCheckAnswer }],
  ]);
  for (const [method, rpc] of [...Object.entries(providerRpcs), ...lateRpcs]) {
    routes.set(`${providerService}${method}`, { answer: (request) => rpc(runtime, request) });
  }
  return (path) => routes.get(path);
}

/** The compiler checks that the file has a row for every method. */
function late<Method extends string>(
  methods: readonly Method[],
  load: () => Readonly<Record<Method, Rpc>>,
): [string, Rpc][] {
  // Cached, because a bundled module copies its exports at every require.
  let rpcs: Readonly<Record<Method, Rpc>> | undefined;
  return methods.map((method) => [
    method,
    (runtime, request) => {
      rpcs ??= load();
      return rpcs[method](runtime, request);
    },
  ]);
}
