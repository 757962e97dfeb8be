/**
 * One process of the provider without a process of its own: does for a script of
 * `served-provider.ts` what `lib/provider/main.ts` and `serve` do.
 */
import { once } from 'node:events';
import type { Http2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as command from '../../lib/provider/destroy-command';
import { byokProvider } from '../../lib/provider/provider';
import { joinRun } from '../../lib/provider/run-folder';
import { noSharedMarks } from '../../lib/provider/shared-marks';
import { createGrpcServer } from '../../lib/tfplugin/grpc/grpc-server';
import { handshakeLine, readLaunch } from '../../lib/tfplugin/process/handshake';
import { jsonLogger } from '../../lib/tfplugin/process/log';
import { loadService } from '../../lib/tfplugin/process/serve';
import { createWork } from '../../lib/tfplugin/process/work';

/** The script that Terraform started. */
export interface Launched {
  readonly pid: number;
  readonly parentPid: number;
  readonly env: NodeJS.ProcessEnv;
  /** Takes the handshake line, then lines of the log; closes when the script has ended. */
  readonly socket: Socket;
}

/** Of one change that is under way when the process is no longer needed. */
const lastChangesMs = 60_000;

/** @returns when Terraform needs the process no longer, or has ended the script */
export async function serveProcess({ pid, parentPid, env, socket }: Launched): Promise<void> {
  const now = () => new Date(Date.now() + Number(env.TEST_CLOCK_AHEAD_MS ?? 0));
  const life = { stop: new AbortController(), work: createWork() };
  let end = () => {};
  const isOver = new Promise<void>((resolve) => {
    end = resolve;
  });
  const { definition, leave } = providerOf(pid, parentPid, env, now);
  const log = jsonLogger('byok', (line) => void socket.write(line), now);
  const service = loadService(() => definition, env.TF_LOG ? log : { log: () => {} }, life, end);
  const server = createGrpcServer({ tls: undefined, route: (path) => service(path) });
  const sessions = new Set<Http2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', end);
  });
  socket.once('close', end);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = { network: 'tcp', address: `127.0.0.1:${port}` } as const;
  try {
    socket.write(handshakeLine(endpoint, undefined, readLaunch(env)));
    await isOver;
    life.stop.abort();
    await life.work.idle(lastChangesMs);
  } finally {
    leave();
    for (const session of sessions) {
      session.destroy();
    }
    server.close();
  }
}

/** As `main.ts` makes it. */
function providerOf(pid: number, parentPid: number, env: NodeJS.ProcessEnv, now: () => Date) {
  let leave = () => {};
  const testing = () => command.isTestCommand(command.commandOf(parentPid));
  const definition = byokProvider({
    env: { ...env, BYOK_EXTRA_CA_CERTS: env.NODE_EXTRA_CA_CERTS ?? '' },
    now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    destroying: () => command.isDestroyCommand(command.commandOf(parentPid)),
    appliesAtOnce: () => command.isWholeApply(command.commandOf(parentPid)),
    joinRun: () => {
      if (testing()) {
        return noSharedMarks;
      }
      const joined = joinRun({
        parents: [env.TF_DATA_DIR || '.terraform', env.TMPDIR || '/tmp'],
        pid,
        parentPid,
        userId: process.getuid?.(),
        now: new Date(),
      });
      leave = joined.leave;
      return joined.marks;
    },
    testing,
  });
  return { definition, leave: () => leave() };
}
