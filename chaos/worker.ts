/**
 * Plays cases in a process of its own, one after the other as its parent orders them, and sends a
 * report of each.
 */
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator } from '../lib/emulator';
import { preloading } from '../test/support/preloading-node';
import { type CaseReport, runCase } from './case';
import { type ProviderName, providerNames } from './configuration';
import { runEncounter } from './encounter';
import { FaultLine } from './fault-line';
import { ProtocolTerraform } from './protocol-terraform';
import { ProviderSession } from './provider-session';
import { Random, seedOfCase } from './random';
import { RealTerraform } from './real-terraform';
import type { SceneName } from './scenes';
import type { Terraform } from './terraform';

export interface Campaign {
  readonly seed: number;
  /** For everything that is written. */
  readonly folder: string;
  /** Folder of the built provider. */
  readonly bundle: string;
  /** Nothing but encounters of this scene. */
  readonly scene: SceneName | undefined;
  /** PKCS#8 in PEM. */
  readonly rsaKeys: readonly string[];
}

/** One case; `terraform`: by the real one. */
export interface Job {
  readonly number: number;
  readonly terraform: boolean;
}

/** To a worker: first the campaign, then a job at a time, then undefined. */
export type Order = { readonly campaign: Campaign } | { readonly job: Job | undefined };

export interface Message {
  readonly job: Job;
  readonly report: CaseReport;
}

/** What the provider's processes are started in. */
export interface Surroundings {
  readonly emulator: Emulator;
  readonly offsetMs: number;
  readonly skewMs: number;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The KMS shows changes at once, or late; each case has the one or the other. Pairs of wrapping
 * keys take long to make: one of these makes a fresh one for each import, as the real one does.
 */
const moods = [
  {},
  { staleReads: 2, activationDelay: 1, oneWrappingKey: true },
  { keepExpirationTime: true, singleUseImportTokens: true, oneWrappingKey: true },
] as const;

/** A new KMS after so many cases, since every key that it has costs it something. */
const casesOfOneKms = 200;

/** Of all cases; the others are lives of one key. */
const encounters = 0.25;

/**
 * Mostly a process of the provider serves on until it is killed or time moves: starting one costs
 * as much as three commands.
 */
const keeps = 0.97;

class Worker {
  readonly #campaign: Campaign;
  readonly #sessions: Readonly<Record<ProviderName, ProviderSession>>;
  readonly #temp: string;
  readonly #command: string;
  readonly #impatience: string;
  #lines: FaultLine[] = [];
  #served = 0;

  constructor(campaign: Campaign) {
    const { folder, bundle } = campaign;
    this.#campaign = campaign;
    this.#temp = mkdtempSync(join(folder, 't'));
    const session = (name: ProviderName) =>
      [name, new ProviderSession({ executable: executableIn(bundle), temp: this.#temp })] as const;
    this.#sessions = Object.fromEntries(providerNames.map(session)) as Record<
      ProviderName,
      ProviderSession
    >;
    this.#command = join(folder, `command-${process.pid}`);
    this.#impatience = join(folder, `impatience-${process.pid}`);
    process.env.CHAOS_IMPATIENCE = this.#impatience;
  }

  async play({ number, terraform: real }: Job): Promise<CaseReport> {
    const { folder, rsaKeys, scene } = this.#campaign;
    if (this.#served % casesOfOneKms === 0) {
      await this.#closeLines();
      this.#lines = await Promise.all(
        moods.map((mood) => FaultLine.start({ ...mood, keyQuota: 1_000_000 }, this.#impatience)),
      );
    }
    this.#served += 1;
    // Another life than the one that the protocol's case of this number leads, perhaps in the same
    // KMS.
    const seed = seedOfCase(this.#campaign.seed, real ? -number - 2 : number);
    const line = this.#lines[seed % this.#lines.length] as FaultLine;
    const place = mkdtempSync(join(folder, 'c'));
    const newTerraform = (surroundings: Surroundings) =>
      this.#newTerraform(surroundings, seed, real ? place : undefined);
    const elsewhere = this.#lines[(seed + 1) % this.#lines.length] as FaultLine;
    const report =
      scene !== undefined || new Random(seed + 3).chance(encounters)
        ? await runEncounter(seed, { line, elsewhere, folder: place, newTerraform, scene })
        : await runCase(seed, {
            line,
            folder: place,
            rsaKeys: rsaKeys.map((pem) => createPrivateKey(pem)),
            newTerraform,
          });
    rmSync(place, { recursive: true });
    return report;
  }

  async end(): Promise<void> {
    await this.#closeLines();
    await Promise.all(Object.values(this.#sessions).map((session) => session.end()));
  }

  async #closeLines(): Promise<void> {
    await Promise.all(this.#lines.map(({ emulator }) => emulator.close()));
  }

  #newTerraform(world: Surroundings, seed: number, place: string | undefined): Terraform {
    const { emulator } = world;
    const coin = new Random(seed + 1);
    const env = () => ({
      ...preloading(join(__dirname, 'surroundings.cjs')),
      CHAOS_OFFSET_MS: String(world.offsetMs + world.skewMs),
      CHAOS_RING: process.env.CHAOS_RING ?? '',
      CHAOS_IMPATIENCE: this.#impatience,
      ...world.environment,
    });
    const provider = { kms_endpoint: emulator.url, project_id: emulator.projectId, max_retries: 2 };
    if (place !== undefined) {
      const login = { HW_AUTH_TOKEN: emulator.authToken };
      return new RealTerraform({
        folder: place,
        bundle: this.#campaign.bundle,
        provider,
        env: () => ({ ...env(), ...login }),
      });
    }
    return new ProtocolTerraform({
      sessions: this.#sessions,
      provider: { ...provider, auth_token: emulator.authToken },
      keepsProcess: () => coin.chance(keeps),
      temp: this.#temp,
      random: new Random(seed + 2),
      commandFile: this.#command,
      env: () => ({ ...env(), TF_LOG_PROVIDER: 'TRACE', CHAOS_COMMAND: this.#command }),
    });
  }
}

function executableIn(bundle: string): string {
  const { executable } = JSON.parse(readFileSync(join(bundle, 'provider.json'), 'utf8')) as {
    executable: string;
  };
  return join(bundle, 'provider', executable);
}

let worker: Worker | undefined;

async function obey(order: Order): Promise<void> {
  if ('campaign' in order) {
    worker = new Worker(order.campaign);
  } else if (order.job === undefined) {
    await worker?.end();
    process.disconnect();
  } else if (worker !== undefined) {
    process.send?.({ job: order.job, report: await worker.play(order.job) } satisfies Message);
  }
}

process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});

// Nobody listens any more.
process.once('disconnect', () => process.exit());
