/**
 * The line between provider and KMS: faults go in, calls are counted, and at the ordered one the
 * provider is killed.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Emulator, type EmulatorOptions, startEmulator } from '../lib/emulator';
import { type FaultKind, type FaultName, type FaultOrder, faultKinds } from './faults';

/** Until a call that the provider gave up on is carried out. */
const lateCallMs = 700;

/** It strikes the processes right after a call. */
const isBlow = ({ kill, interrupt }: FaultKind): boolean =>
  kill === 'after' || interrupt !== undefined;

export interface Interference {
  /** SIGKILL to the provider; false when none runs. */
  readonly kill: () => boolean;
  /** Ctrl-C; false when nothing runs. */
  readonly interrupt: (times: 1 | 2) => boolean;
  /** Somebody else imports; undefined: nobody does. */
  readonly race: ((keyId: string) => Promise<void>) | undefined;
}

export class FaultLine {
  readonly #emulator: Emulator;
  /** The file that makes the provider impatient while it is there. */
  readonly #impatience: string;
  #onCall: (line: string) => void = () => {};

  /** How many reads of a key stay behind a change of it. */
  readonly staleReads: number;

  private constructor(
    emulator: Emulator,
    impatience: string,
    staleReads: number,
    relay: { onCall: (line: string) => void },
  ) {
    this.#emulator = emulator;
    this.#impatience = impatience;
    this.staleReads = staleReads;
    relay.onCall = (line) => this.#onCall(line);
  }

  static async start(options: EmulatorOptions, impatience: string): Promise<FaultLine> {
    const relay = { onCall: (_line: string) => {} };
    const emulator = await startEmulator({ ...options, log: (line) => relay.onCall(line) });
    return new FaultLine(emulator, impatience, options.staleReads ?? 0, relay);
  }

  get emulator(): Emulator {
    return this.#emulator;
  }

  /** Runs a command under faults. @returns those that hit */
  async during(
    orders: readonly FaultOrder[],
    { kill, interrupt, race }: Interference,
    run: () => Promise<unknown>,
  ): Promise<FaultName[]> {
    const kills: FaultName[] = [];
    const waiting = orders
      .filter(({ name }) => isBlow(faultKinds[name]))
      .map((order) => ({ ...order }));
    const strike = ({ interrupt: times }: FaultKind) =>
      times === undefined ? kill() : interrupt(times);
    let racing: Promise<void> | undefined;
    this.#onCall = (line) => {
      const [, operation = '', keyId = ''] = line.split(' ');
      if (
        racing === undefined &&
        operation === 'get-parameters-for-import' &&
        line.endsWith(' 200')
      ) {
        racing = race?.(keyId);
      }
      if (
        line.includes('closed before the call') &&
        orders.some(({ name }) => name === 'killed before the call') &&
        kill()
      ) {
        kills.push('killed before the call');
      }
      for (const order of waiting.filter(
        (one) => one.operation === undefined || one.operation === operation,
      )) {
        order.skip -= 1;
        if (order.skip === -1 && strike(faultKinds[order.name])) {
          kills.push(order.name);
        }
      }
    };
    const injected = orders.filter(({ name }) => 'fault' in faultKinds[name]);
    this.#emulator.clearCalls();
    this.#emulator.injectFaults(
      injected.map(({ name, operation, skip, times }) => {
        const { fault }: FaultKind = faultKinds[name];
        return { ...fault, times, skip, ...(operation === undefined ? {} : { operation }) };
      }),
    );
    const timeouts = orders.some(({ name }) => name === 'timeout');
    if (timeouts) {
      writeFileSync(this.#impatience, '');
    }
    await run();
    await racing;
    this.#onCall = () => {};
    // A late call stands in the journal only once it is carried out.
    if (timeouts) {
      rmSync(this.#impatience);
      await delay(lateCallMs);
    }
    const hits = this.#hitsOf(injected);
    this.#emulator.clearFaults();
    return [...hits.filter((name) => name !== 'killed before the call'), ...kills];
  }

  /** As the emulator spends its orders: the first that fits a call is the one that counts it. */
  #hitsOf(orders: readonly FaultOrder[]): FaultName[] {
    const left = orders.map((order) => ({ ...order }));
    const hits: FaultName[] = [];
    for (const { operation } of this.#emulator.calls()) {
      const order = left.find(
        (one) => one.times > 0 && (one.operation === undefined || one.operation === operation),
      );
      if (order !== undefined && order.skip > 0) {
        order.skip -= 1;
      } else if (order !== undefined) {
        order.times -= 1;
        hits.push(order.name);
      }
    }
    return hits;
  }
}
