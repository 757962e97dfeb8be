/** Path of a gRPC method -> what answers it. Anything not named here is answered "unimplemented". */
import { keptOpen, type Route } from './grpc-server';
import { healthCheckAnswer, providerRpcs } from './provider-rpcs';
import type { Runtime } from './rpc';

const providerService = '/tfplugin6.Provider/';

/** The calls of `value-rpcs.ts`, named here so that they are loaded only when a value comes along. */
const valueMethods = [
  'ValidateProviderConfig',
  'ConfigureProvider',
  'ValidateResourceConfig',
  'UpgradeResourceState',
  'ReadResource',
  'PlanResourceChange',
  'ApplyResourceChange',
  'ImportResourceState',
] as const satisfies (keyof typeof import('./value-rpcs').valueRpcs)[];

/** @param exit ends the process; called once the answer to Shutdown has left */
export function providerRoutes(runtime: Runtime, exit: () => void): (path: string) => Route | undefined {
  const routes = new Map<string, Route>([
    ['/plugin.GRPCController/Shutdown', { answer: () => new Uint8Array(), afterwards: exit }],
    ['/plugin.GRPCStdio/StreamStdio', keptOpen],
    ['/grpc.health.v1.Health/Check', { answer: healthCheckAnswer }],
  ]);
  for (const [method, rpc] of Object.entries(providerRpcs)) {
    routes.set(`${providerService}${method}`, { answer: (request) => rpc(runtime, request) });
  }
  for (const method of valueMethods) {
    routes.set(`${providerService}${method}`, { answer: (request) => loadValueRpcs()[method](runtime, request) });
  }
  return (path) => routes.get(path);
}

function loadValueRpcs() {
  return (require('./value-rpcs') as typeof import('./value-rpcs')).valueRpcs;
}
