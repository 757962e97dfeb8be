/**
 * The world of an encounter: some keys and materials, what is declared under which address, and
 * what is known to be true.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator } from '../lib/emulator';
import { call } from '../test/emulator/plain-http';
import type { KeyInfo } from '../test/support/emulated-key';
import { type Configuration, type DeclaredObject, declare, type Move } from './configuration';
import { expiryOf, rfc3339 } from './instants';
import { type CaseMaterial, symmetricMaterial } from './material';
import type { Random } from './random';
import type { Attributes } from './terraform-values';

export type MaterialName = 'a' | 'b';

/** A key as the KMS has it. */
export interface Seen {
  readonly state: string;
  readonly expiry: string;
  readonly alias: string;
}

export interface StageParts {
  readonly emulator: Emulator;
  /** Another KMS, which has none of the keys. */
  readonly elsewhere: Emulator;
  readonly random: Random;
  readonly folder: string;
  readonly staleReads: number;
}

export class Stage {
  readonly emulator: Emulator;
  readonly elsewhere: Emulator;
  readonly random: Random;
  readonly trace: string[] = [];
  readonly violations: string[] = [];
  readonly materials: Readonly<Record<MaterialName, CaseMaterial>>;
  /** What somebody is able to give at the moment. */
  readonly atHand: Record<MaterialName, 'right' | 'wrong' | 'missing'> = { a: 'right', b: 'right' };
  /** Keys that were ever in the state, and what each was seen to hold: it is bound to that. */
  readonly boundTo = new Map<string, MaterialName | undefined>();
  /**
   * Keys of which a command that was refused took the proof out of the state: the next one owes it.
   */
  readonly owed = new Set<string>();
  /** Of the provider blocks; empty: the right KMS. */
  provider: Attributes = {};
  moved: readonly Move[] = [];
  readonly offsetMs = 0;
  readonly skewMs = 0;
  readonly environment = {};
  readonly #objects = new Map<string, DeclaredObject>();
  readonly #folder: string;
  readonly #staleReads: number;
  readonly #name: string;

  constructor({ emulator, elsewhere, random, folder, staleReads }: StageParts) {
    this.emulator = emulator;
    this.elsewhere = elsewhere;
    this.random = random;
    this.#folder = folder;
    this.#staleReads = staleReads;
    this.#name = `chaos-${random.bytes(8).toString('hex')}`;
    this.materials = {
      a: symmetricMaterial(random.bytes(32)),
      b: symmetricMaterial(random.bytes(32)),
    };
    this.give('a', 'right');
    this.give('b', 'right');
  }

  get configuration(): Configuration {
    return { objects: [...this.#objects.values()], provider: this.provider, moved: this.moved };
  }

  get secrets(): Readonly<Record<string, Buffer | string>> {
    return Object.fromEntries(
      Object.entries(this.materials).flatMap(([name, { secrets }]) =>
        Object.entries(secrets).map(([part, secret]) => [`${name} ${part}`, secret]),
      ),
    );
  }

  declared(name: string): DeclaredObject | undefined {
    return this.#objects.get(name);
  }

  alias(suffix: string): string {
    return `${this.#name}-${suffix}`;
  }

  declareKey(name: string, alias: string, more: Partial<DeclaredObject> = {}): void {
    const attributes = {
      alias: this.alias(alias),
      on_destroy: 'schedule_deletion',
      ...more.attributes,
    };
    this.#objects.set(name, declare({ type: 'key', name, ...more, attributes }));
  }

  /** From a file, unless `attributes` name another source. */
  declareMaterial(
    name: string,
    keyName: string,
    material: MaterialName,
    more: Partial<DeclaredObject> = {},
  ): void {
    const source = { material_file: this.#file(material) };
    const attributes = {
      ...('import_token_wo' in (more.attributes ?? {}) ? {} : source),
      ...more.attributes,
    };
    this.#objects.set(name, declare({ type: 'material', name, keyName, ...more, attributes }));
  }

  /** Changes what is declared under a name. */
  change(name: string, change: Partial<DeclaredObject>): void {
    const object = this.#objects.get(name);
    if (object !== undefined) {
      const attributes = { ...object.attributes, ...change.attributes };
      this.#objects.set(name, { ...object, ...change, attributes });
    }
  }

  add(...objects: readonly DeclaredObject[]): void {
    for (const object of objects) {
      this.#objects.set(object.name, object);
    }
  }

  remove(...names: string[]): void {
    for (const name of names) {
      this.#objects.delete(name);
    }
  }

  /** Without `moved`. What refers to it follows. */
  rename(from: string, to: string): void {
    const object = this.#objects.get(from);
    if (object === undefined) {
      return;
    }
    this.#objects.delete(from);
    this.#objects.set(to, { ...object, name: to });
    for (const other of [...this.#objects.values()].filter(({ keyName }) => keyName === from)) {
      this.#objects.set(other.name, { ...other, keyName: to });
    }
  }

  give(name: MaterialName, content: 'right' | 'wrong' | 'missing'): void {
    this.atHand[name] = content;
    if (content === 'missing') {
      rmSync(this.#file(name), { force: true });
    } else {
      const bytes =
        content === 'right' ? this.materials[name].text : this.random.bytes(32).toString('base64');
      writeFileSync(this.#file(name), `${bytes}\n`);
    }
  }

  /** Of a declared material. */
  materialOf({ attributes }: DeclaredObject): MaterialName {
    return attributes.material_file === this.#file('b') ? 'b' : 'a';
  }

  /** RFC 3339, by the KMS's clock. */
  inDays(days: number): string {
    return rfc3339(this.emulator.now().getTime() + days * 86_400_000);
  }

  /** Every key that was ever in the state. */
  async look(): Promise<ReadonlyMap<string, Seen>> {
    const seen = new Map<string, Seen>();
    for (const keyId of this.boundTo.keys()) {
      const key = await this.#describe(keyId);
      if (key !== undefined) {
        seen.set(keyId, { state: key.key_state, expiry: expiryOf(key), alias: key.key_alias });
      }
      if (key?.key_state === '2' && this.boundTo.get(keyId) === undefined) {
        const names = Object.keys(this.materials) as MaterialName[];
        const held = await Promise.all(
          names.map((name) => this.materials[name].isIn(this.emulator, keyId)),
        );
        this.boundTo.set(keyId, names[held.indexOf(true)]);
      }
    }
    return seen;
  }

  violate(what: string): void {
    this.violations.push(what);
    this.trace.push(`VIOLATION: ${what}`);
  }

  async #describe(keyId: string): Promise<KeyInfo | undefined> {
    let info: KeyInfo | undefined;
    for (let read = 0; read <= this.#staleReads; read += 1) {
      const { text } = await call(this.emulator, 'describe-key', { key_id: keyId });
      info = (JSON.parse(text) as { key_info?: KeyInfo }).key_info;
    }
    return info;
  }

  #file(name: MaterialName): string {
    return join(this.#folder, `${name}.key`);
  }
}
