/**
 * One case's world: the KMS, time, the material at hand, what is declared, and what is known to be
 * true.
 */
import type { KeyObject } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator } from '../lib/emulator';
import { call } from '../test/emulator/plain-http';
import type { KeyInfo } from '../test/support/emulated-key';
import type { Configuration } from './configuration';
import {
  configurationOf,
  type Declared,
  type DeclaredExpiry,
  type DeclaredMaterial,
  rollingOf,
} from './declared';
import { rfc3339 } from './instants';
import { type CaseMaterial, ecKey, privateKeyMaterial, symmetricMaterial } from './material';
import type { Random } from './random';
import type { Terraform } from './terraform';
import type { Attributes } from './terraform-values';

export type Content = 'right' | 'wrong' | 'missing';

export interface WorldParts {
  readonly emulator: Emulator;
  readonly random: Random;
  /** Where the file with the material lies. */
  readonly folder: string;
  /** How many reads of a key stay behind a change of it. */
  readonly staleReads: number;
  /** Three: making one takes longer than a whole case. */
  readonly rsaKeys: readonly KeyObject[];
}

const sources = [
  'material_file',
  'material_wo',
  'material_env',
  'material_command',
  'wrap_command',
] as const;

type Source = (typeof sources)[number];

const environmentName = 'CHAOS_MATERIAL';
const [minuteMs, dayMs] = [60_000, 86_400_000];

export class World {
  readonly emulator: Emulator;
  readonly random: Random;
  readonly declared: Declared;
  readonly trace: string[] = [];
  readonly violations: string[] = [];
  readonly #file: string;
  readonly #staleReads: number;
  readonly #wrong: CaseMaterial;
  #right: CaseMaterial;
  #strange: CaseMaterial;
  #source: Source;
  content: Content = 'right';
  /** Of the key in state; another one only once this one is gone. */
  keyId: string | undefined;
  /** Material was seen in the key, which takes no other from then on. */
  bound = false;
  /** `fingerprint_verified` was true after the last command. */
  proven = false;
  /** Key into which somebody else made the first import, of other bytes. */
  foreignKeyId: string | undefined;
  /**
   * Key into which somebody else sent other bytes in the last command; whether the KMS took them is
   * not known yet.
   */
  racedKeyId: string | undefined;
  /** Taken out of the state to be imported again, which may have failed. */
  keyForgotten = false;
  /** The state that the key goes back to when it thaws. */
  frozenFrom: string | undefined;
  /** Of every clock against the real one. */
  offsetMs = 0;
  /** Of the provider's clock against the KMS's. */
  skewMs = 0;

  constructor({ emulator, random, folder, staleReads, rsaKeys }: WorldParts) {
    this.#staleReads = staleReads;
    this.emulator = emulator;
    this.random = random;
    const keySpec = random.chance(0.25)
      ? random.pick<'EC_P256' | 'RSA_2048'>(['EC_P256', 'RSA_2048'])
      : undefined;
    const [right, wrong, strange] = [0, 1, 2].map((index) => {
      const rsaKey = keySpec === 'RSA_2048' ? rsaKeys[index] : undefined;
      return keySpec === undefined
        ? symmetricMaterial(random.bytes(32))
        : privateKeyMaterial(rsaKey ?? ecKey(random), random);
    }) as [CaseMaterial, CaseMaterial, CaseMaterial];
    this.#right = right;
    this.#wrong = wrong;
    this.#strange = strange;
    this.#file = join(folder, 'orders.key');
    this.declared = {
      alias: `chaos-${random.bytes(8).toString('hex')}`,
      keySpec,
      keyOnDestroy: random.pick(['schedule_deletion', 'retain']),
      enabled: random.chance(0.3) ? true : undefined,
      cancelPendingDeletion: false,
      material: undefined,
    };
    this.#source = this.#drawSource();
    this.write('right');
    this.declared.material = this.newMaterial();
  }

  /** The key holds somebody else's bytes. */
  get foreign(): boolean {
    return (
      this.foreignKeyId !== undefined &&
      (this.keyId === undefined || this.keyId === this.foreignKeyId)
    );
  }

  get right(): CaseMaterial {
    return this.#right;
  }

  /** Somebody else's. */
  get strange(): CaseMaterial {
    return this.#strange;
  }

  get isAsymmetric(): boolean {
    return this.declared.keySpec !== undefined;
  }

  get configuration(): Configuration {
    return configurationOf(this.declared);
  }

  /** What is declared of the material, one word for each aspect. */
  get kinds(): readonly string[] {
    const { keySpec = 'AES_256', material } = this.declared;
    const rolls = rollingOf(material?.expiry) !== undefined;
    return [
      keySpec,
      this.#source,
      rolls ? 'rolling expiry' : material?.expiry === undefined ? 'no expiry' : 'fixed expiry',
    ];
  }

  /** Everything that must be written nowhere. */
  get secrets(): Readonly<Record<string, Buffer | string>> {
    const all = Object.entries({ right: this.#right, wrong: this.#wrong, strange: this.#strange });
    return Object.fromEntries(
      all.flatMap(([name, { secrets }]) =>
        Object.entries(secrets).map(([part, secret]) => [`${name} ${part}`, secret]),
      ),
    );
  }

  write(content: Content): void {
    this.content = content;
    if (content === 'missing') {
      rmSync(this.#file, { force: true });
    } else {
      writeFileSync(this.#file, `${this.#textOf(content)}\n`);
    }
  }

  changeSource(): void {
    this.#source = this.#drawSource();
    this.trace.push(`  (${this.#source})`);
  }

  newMaterial(): DeclaredMaterial {
    const { random } = this;
    return {
      source: () => this.#sourceAttributes(),
      expiry: this.drawExpiry(),
      wrappingAlgorithm: undefined,
      onDestroy: random.pick(['retain', 'delete_material', 'refuse']),
      pin: random.chance(0.3) ? this.#right.fingerprint : undefined,
      allowUnverifiedRenewal: false,
    };
  }

  /** One that can be had. */
  drawExpiry(): DeclaredExpiry {
    return this.isAsymmetric
      ? this.random.pick([undefined, 'never'])
      : this.random.pick<DeclaredExpiry>([
          undefined,
          'never',
          this.aboutInDays(15),
          this.aboutInDays(60),
          { validForDays: 30, renewBeforeDays: 5 },
          { validForDays: 90, renewBeforeDays: 14 },
        ]);
  }

  /** Of the provider's process. */
  get environment(): Record<string, string> {
    return this.#source === 'material_env' && this.content !== 'missing'
      ? { [environmentName]: this.#textOf(this.content) }
      : {};
  }

  /**
   * The key is bound to somebody else's bytes for ever, and the provider or the KMS says so: those
   * are given now, pinned if others were.
   */
  acceptStrange(): void {
    [this.#right, this.#strange] = [this.#strange, this.#right];
    this.foreignKeyId = undefined;
    if (this.declared.material?.pin !== undefined) {
      this.declared.material.pin = this.#right.fingerprint;
    }
    this.trace.push("  (somebody else's material is given from now on)");
  }

  /** Some time on that day, by the KMS's clock. */
  aboutInDays(days: number): string {
    return this.inDays(days + this.random.next());
  }

  /**
   * RFC 3339, by the KMS's clock, in full minutes, as people write: other changes that keep pace
   * with the clock are refused.
   */
  inDays(days: number): string {
    return rfc3339(
      Math.floor((this.emulator.now().getTime() + days * dayMs) / minuteMs) * minuteMs,
    );
  }

  async moveClocks(terraform: Terraform, seconds: number): Promise<void> {
    this.emulator.advanceClock(seconds);
    this.offsetMs += seconds * 1000;
    await terraform.end();
  }

  /**
   * The key as the KMS has it; undefined when there is none. Asked often enough for stale reads to
   * have passed.
   */
  async key(): Promise<KeyInfo | undefined> {
    const { keyId, emulator } = this;
    let info: KeyInfo | undefined;
    for (let read = 0; keyId !== undefined && read <= this.#staleReads; read += 1) {
      const { text } = await call(emulator, 'describe-key', { key_id: keyId });
      info = (JSON.parse(text) as { key_info?: KeyInfo }).key_info;
    }
    return info;
  }

  /** Of what the key holds. */
  get fingerprint(): string {
    return (this.foreign ? this.#strange : this.#right).fingerprint;
  }

  violate(what: string): void {
    this.violations.push(what);
    this.trace.push(`VIOLATION: ${what}`);
  }

  #drawSource(): Source {
    const source = this.random.pick<Source>(['material_file', 'material_file', ...sources]);
    // An HSM hands out no private keys here.
    return this.isAsymmetric && source === 'wrap_command' ? 'material_file' : source;
  }

  #sourceAttributes(): Attributes {
    const values: Readonly<Record<Source, () => unknown>> = {
      material_file: () => this.#file,
      material_wo: () => (this.content === 'missing' ? undefined : this.#textOf(this.content)),
      material_env: () => environmentName,
      material_command: () => ['cat', this.#file],
      wrap_command: () => [process.execPath, join(__dirname, 'hsm.cjs'), this.#file],
    };
    return {
      [this.#source]: values[this.#source](),
      material_encoding: this.isAsymmetric ? 'pem' : undefined,
    };
  }

  #textOf(content: Exclude<Content, 'missing'>): string {
    return (content === 'right' ? this.#right : this.#wrong).text;
  }
}
