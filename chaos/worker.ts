/** Runs a share of the cases in a process of its own, and sends a report of each to its parent. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CaseReport, runCase } from './case';
import { FaultLine } from './fault-line';
import { ProtocolTerraform } from './protocol-terraform';
import { ProviderSession } from './provider-session';
import { Random, seedOfCase } from './random';
import { RealTerraform } from './real-terraform';
import type { Terraform } from './terraform';
import type { World } from './world';

export interface Share {
  readonly seed: number;
  readonly first: number;
  readonly last: number;
  /** This worker takes every so many-th case. */
  readonly step: number;
  /** No case begins after this instant, in milliseconds. */
  readonly until: number | undefined;
  readonly terraform: boolean;
  readonly folder: string;
  /** Folder of the built provider. */
  readonly bundle: string;
}

export type Message = { readonly case: number; readonly terraform: boolean; readonly report: CaseReport };

/** The KMS shows changes at once, or late; each case has the one or the other. */
const moods = [{}, { staleReads: 2, activationDelay: 1 }, { keepExpirationTime: true, singleUseImportTokens: true }] as const;

/** A new KMS after so many cases, since every key that it has costs it something. */
const casesOfOneKms = 200;

/** Mostly a process of the provider serves on until it is killed or time moves: starting one costs as much as three commands. */
const keeps = 0.97;

async function run({ seed, first, last, step, until = Number.POSITIVE_INFINITY, terraform: real, folder, bundle }: Share): Promise<void> {
  const session = new ProviderSession({ executable: executableIn(bundle), folder });
  let lines: FaultLine[] = [];
  let served = 0;
  for (let number = first; number < last && Date.now() < until; number += step) {
    if (served % casesOfOneKms === 0) {
      await Promise.all(lines.map(({ emulator }) => emulator.close()));
      lines = await Promise.all(moods.map((mood) => FaultLine.start({ ...mood, keyQuota: 1_000_000 })));
    }
    served += 1;
    const ownSeed = seedOfCase(seed, number);
    const line = lines[ownSeed % lines.length] as FaultLine;
    const place = mkdtempSync(join(folder, 'c'));
    const report = await runCase(ownSeed, {
      line,
      folder: place,
      newTerraform: (world) => (real ? new RealTerraform(world, place, bundle) : protocolTerraform(world, session, ownSeed)),
    });
    rmSync(place, { recursive: true });
    process.send?.({ case: number, terraform: real, report } satisfies Message);
  }
  await Promise.all(lines.map(({ emulator }) => emulator.close()));
  await session.end();
}

function protocolTerraform(world: World, session: ProviderSession, seed: number): Terraform {
  const { emulator } = world;
  const coin = new Random(seed + 1);
  return new ProtocolTerraform(session, {
    provider: { kms_endpoint: emulator.url, project_id: emulator.projectId, auth_token: emulator.authToken, max_retries: 2 },
    keepsProcess: () => coin.chance(keeps),
    env: () => ({
      NODE_OPTIONS: `--require ${join(__dirname, 'surroundings.cjs')}`,
      CHAOS_OFFSET_MS: String(world.offsetMs + world.skewMs),
      CHAOS_RING: process.env.CHAOS_RING,
    }),
  });
}

function executableIn(bundle: string): string {
  const { executable } = JSON.parse(readFileSync(join(bundle, 'provider.json'), 'utf8')) as { executable: string };
  return join(bundle, 'provider', executable);
}

process.once('message', (share: Share) => {
  run(share).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
