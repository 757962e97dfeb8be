/** An emulator behind a recording proxy, the materials of three sources, and the question whether any of it was written anywhere. */
import { randomBytes } from 'node:crypto';
import { type Emulator, startEmulator } from '../../lib/emulator';
import { holdsMaterial } from '../support/emulated-key';
import { findLeaks, type Needle, needlesOf, type Place } from '../support/leak-scanner';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy';
import type { Run } from '../support/terraform-workspace';

export const sources = ['file', 'env', 'variable'] as const;
export type Source = (typeof sources)[number];
export type Materials = Readonly<Record<Source, Buffer>>;

interface ImportCall {
  readonly key_id: string;
  readonly encrypted_key_material: string;
}

export class LeakWatch {
  readonly emulator: Emulator;
  readonly proxy: RecordingProxy;
  readonly right = newMaterials();
  readonly wrong = newMaterials();
  readonly #printed: Place[] = [];

  constructor(emulator: Emulator, proxy: RecordingProxy) {
    this.emulator = emulator;
    this.proxy = proxy;
  }

  static async start(): Promise<LeakWatch> {
    const emulator = await startEmulator();
    return new LeakWatch(emulator, await startRecordingProxy(emulator.url));
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.emulator.close();
  }

  /** Waits for a command, and keeps what it prints. @throws Error with all of it unless it ends with this code */
  async run(name: string, expectedCode: number, running: Promise<Run>): Promise<Run> {
    const run = await running;
    this.#printed.push({ name: `output of ${name}`, content: Buffer.from(run.output) });
    if (run.code !== expectedCode) {
      throw new Error(`${name} ended with ${run.code} instead of ${expectedCode}:\n${run.output}`);
    }
    return run;
  }

  importCalls(): ImportCall[] {
    const calls = this.proxy.exchanges.filter(({ operation }) => operation === 'import-key-material');
    return calls.map(({ sent }) => JSON.parse(sent) as ImportCall);
  }

  deleteAllMaterial(): void {
    for (const keyId of this.#keyIds()) {
      this.emulator.deleteMaterial(keyId);
    }
  }

  /** Each source's material is in one key, and in no two. */
  async expectHeld(): Promise<void> {
    const keyIds = this.#keyIds();
    expect(keyIds).toHaveLength(sources.length);
    for (const source of sources) {
      const held = await Promise.all(keyIds.map((keyId) => holdsMaterial(this.emulator, keyId, this.right[source])));
      expect(held.filter(Boolean)).toHaveLength(1);
    }
  }

  /**
   * No secret is in these files nor in any output, and no material in any request.
   * @param control for some of the places a text that is no secret and stands there: the search does look into them
   */
  expectNoLeak(files: readonly Place[], control: Readonly<Record<string, string>>): void {
    const places = [...files, ...this.#printed];
    expect(findLeaks(places, this.materialNeedles())).toEqual([]);
    expect(findLeaks(places, this.#passingNeedles())).toEqual([]);
    expect(findLeaks(this.#wire(), this.materialNeedles())).toEqual([]);
    const holds = (name: string, text: string) => places.some((place) => place.name === name && place.content.includes(text));
    expect(Object.entries(control).filter(([name, text]) => !holds(name, text))).toEqual([]);
  }

  materialNeedles(): Needle[] {
    return sources.flatMap((source) => [
      ...needlesOf(`material of ${source}`, this.right[source]),
      ...needlesOf(`wrong material of ${source}`, this.wrong[source]),
    ]);
  }

  /** Secrets of one session and one import: long ones by their first 48 bytes, which also finds them where they were cut off. */
  #passingNeedles(): Needle[] {
    const fromBase64 = (name: string, value: string) => needlesOf(name, Buffer.from(value, 'base64').subarray(0, 48));
    const tokens = this.proxy.exchanges
      .filter(({ operation, received }) => operation === 'get-parameters-for-import' && received.includes('import_token'))
      .map(({ received }) => (JSON.parse(received) as { import_token: string }).import_token);
    return [
      ...needlesOf('auth token', this.emulator.authToken),
      ...tokens.flatMap((token) => fromBase64('import token', token)),
      ...this.importCalls().flatMap(({ encrypted_key_material: wrapped }) => fromBase64('wrapped material', wrapped)),
    ];
  }

  #wire(): Place[] {
    return this.proxy.exchanges.map(({ operation, sent, received }, index) => ({
      name: `call ${index} ${operation}`,
      content: Buffer.from(`${sent}\n${received}`),
    }));
  }

  #keyIds(): string[] {
    return [...new Set(this.importCalls().map(({ key_id }) => key_id))];
  }
}

function newMaterials(): Materials {
  return { file: randomBytes(32), env: randomBytes(32), variable: randomBytes(32) };
}
