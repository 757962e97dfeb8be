/** One case's world: the KMS, time, the key file, what is declared, and what is known to be true. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator } from '../lib/emulator';
import { fingerprintOf, holdsMaterial, type KeyInfo } from '../test/support/emulated-key';
import type { Random } from './random';
import type { Declared, Terraform } from './terraform';

export type Content = 'right' | 'wrong' | 'missing';

export class World {
  readonly emulator: Emulator;
  readonly random: Random;
  readonly right: Buffer;
  readonly wrong: Buffer;
  /** Somebody else's. */
  readonly strange: Buffer;
  readonly declared: Declared;
  readonly trace: string[] = [];
  readonly violations: string[] = [];
  readonly #file: string;
  readonly #staleReads: number;
  content: Content = 'right';
  /** Of the key in state; another one only once this one is gone. */
  keyId: string | undefined;
  /** Material was seen in the key, which takes no other from then on. */
  bound = false;
  /** `fingerprint_verified` was true after the last command. */
  proven = false;
  /** Somebody else made the first import, of other bytes. */
  foreign = false;
  /** Taken out of the state to be imported again, which may have failed. */
  keyForgotten = false;
  /** The state that the key goes back to when it thaws. */
  frozenFrom: string | undefined;
  /** Of every clock against the real one. */
  offsetMs = 0;
  /** Of the provider's clock against the KMS's. */
  skewMs = 0;

  constructor(emulator: Emulator, random: Random, folder: string, staleReads: number) {
    this.#staleReads = staleReads;
    this.emulator = emulator;
    this.random = random;
    this.right = random.bytes(32);
    this.wrong = random.bytes(32);
    this.strange = random.bytes(32);
    this.#file = join(folder, 'orders.key');
    this.declared = {
      alias: `chaos-${random.bytes(8).toString('hex')}`,
      keyOnDestroy: random.pick(['schedule_deletion', 'retain']),
      enabled: random.chance(0.3) ? true : undefined,
      cancelPendingDeletion: false,
      material: {
        file: this.#file,
        expirationTime: random.pick([undefined, 'never', this.inDays(20), this.inDays(60)]),
        onDestroy: random.pick(['retain', 'delete_material', 'refuse']),
        pin: random.chance(0.3) ? fingerprintOf(this.right) : undefined,
        allowUnverifiedRenewal: false,
      },
    };
    this.write('right');
  }

  get file(): string {
    return this.#file;
  }

  write(content: Content): void {
    this.content = content;
    if (content === 'missing') {
      rmSync(this.#file, { force: true });
    } else {
      writeFileSync(this.#file, `${this[content].toString('base64')}\n`);
    }
  }

  /** RFC 3339, by the KMS's clock. */
  inDays(days: number): string {
    return rfc3339(this.emulator.now().getTime() + days * 86_400_000);
  }

  async moveClocks(terraform: Terraform, seconds: number): Promise<void> {
    this.emulator.advanceClock(seconds);
    this.offsetMs += seconds * 1000;
    await terraform.end();
  }

  /** The key as the KMS has it; undefined when there is none. Asked often enough for stale reads to have passed. */
  async key(): Promise<KeyInfo | undefined> {
    const { keyId, emulator } = this;
    let info: KeyInfo | undefined;
    for (let read = 0; keyId !== undefined && read <= this.#staleReads; read += 1) {
      const answer = await fetch(`${emulator.url}/v1.0/${emulator.projectId}/kms/describe-key`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Auth-Token': emulator.authToken },
        body: JSON.stringify({ key_id: keyId }),
      });
      const { key_info: found } = (await answer.json()) as { key_info?: KeyInfo };
      info = found;
    }
    return info;
  }

  /** Whether an enabled key holds the right bytes, by the ciphertext that it makes. */
  holdsRight(keyId: string): Promise<boolean> {
    return holdsMaterial(this.emulator, keyId, this.right);
  }

  get fingerprint(): string {
    return fingerprintOf(this.right);
  }

  violate(what: string): void {
    this.violations.push(what);
    this.trace.push(`VIOLATION: ${what}`);
  }
}

/** @param instant in milliseconds; whole seconds come out */
export function rfc3339(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** Of material, as Terraform's side spells it. */
export function expiryOf({ expiration_time: instant }: KeyInfo): string {
  return instant === '' ? 'never' : rfc3339(Number(instant));
}
