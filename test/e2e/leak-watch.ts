/**
 * An emulator behind a recording proxy, secrets that must be written nowhere, and the question
 * whether any of them was.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { holdsMaterial } from '../support/emulated-key';
import { type Emulator, type EmulatorOptions, startEmulator } from '../support/emulator';
import { findLeaks, type Needle, needlesOf, type Place } from '../support/leak-scanner';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy';
import { type Run, TerraformWorkspace } from '../support/terraform-workspace';

interface ImportCall {
  readonly key_id: string;
  readonly import_token: string;
  readonly encrypted_key_material: string;
  readonly encrypted_privatekey?: string;
}

export class LeakWatch {
  readonly emulator: Emulator;
  readonly proxy: RecordingProxy;
  readonly #printed: Place[] = [];
  readonly #kept: Needle[] = [];
  readonly #passing: Needle[] = [];

  constructor(emulator: Emulator, proxy: RecordingProxy) {
    this.emulator = emulator;
    this.proxy = proxy;
  }

  static async start(options: EmulatorOptions = {}): Promise<LeakWatch> {
    const emulator = await startEmulator(options);
    const watch = new LeakWatch(emulator, await startRecordingProxy(emulator.url));
    const { authToken, password, secretKey, temporaryCredentials } = emulator;
    const { secretKey: temporaryKey, securityToken } = temporaryCredentials;
    watch.passing({
      'auth token': authToken,
      password,
      'secret key': secretKey,
      'temporary secret key': temporaryKey,
    });
    watch.passing({ 'security token': securityToken });
    return watch;
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.emulator.close();
  }

  /** Secrets that are neither written nor sent. */
  keeps(secrets: Readonly<Record<string, Buffer | string>>): void {
    this.#kept.push(
      ...Object.entries(secrets).flatMap(([name, secret]) => needlesOf(name, secret)),
    );
  }

  /**
   * Secrets that are sent, and not written. Long ones count by their beginning, which is also found
   * where they were cut off.
   */
  passing(secrets: Readonly<Record<string, string>>): void {
    this.#passing.push(
      ...Object.entries(secrets).flatMap(([name, secret]) => needlesOf(name, beginning(secret))),
    );
  }

  /**
   * Waits for a command, and keeps what it prints. @throws Error with all of it unless it ends with
   * this code
   */
  async run(name: string, expectedCode: number, running: Promise<Run>): Promise<Run> {
    const run = await running;
    this.#printed.push({ name: `output of ${name}`, content: Buffer.from(run.output) });
    if (run.code !== expectedCode) {
      throw new Error(`${name} ended with ${run.code} instead of ${expectedCode}:\n${run.output}`);
    }
    return run;
  }

  importCalls(): ImportCall[] {
    const calls = this.proxy.exchanges.filter(
      ({ operation }) => operation === 'import-key-material',
    );
    return calls.map(({ sent }) => JSON.parse(sent) as ImportCall);
  }

  /** Keys that something was imported into. */
  keyIds(): string[] {
    return [...new Set(this.importCalls().map(({ key_id }) => key_id))];
  }

  deleteAllMaterial(): void {
    for (const keyId of this.keyIds()) {
      this.emulator.deleteMaterial(keyId);
    }
  }

  /**
   * No secret is in these files nor in any output, and no material in any request.
   * @param control for some of the places a text that is no secret and stands there: the search
   *   does look into them
   */
  expectNoLeak(files: readonly Place[], control: Readonly<Record<string, string>>): void {
    const places = [...files, ...this.#printed];
    expect(findLeaks(places, this.needles())).toEqual([]);
    expect(findLeaks(this.#wire(), this.#kept)).toEqual([]);
    const holds = (name: string, text: string) =>
      places.some((place) => place.name === name && place.content.includes(text));
    expect(Object.entries(control).filter(([name, text]) => !holds(name, text))).toEqual([]);
  }

  /** Everything that may stand nowhere. */
  needles(): Needle[] {
    const begins = (name: string, value: string | undefined) =>
      value === undefined ? [] : needlesOf(name, beginning(value));
    const { exchanges } = this.proxy;
    // Also from an answer that broke off.
    const tokens = exchanges.flatMap(
      ({ received }) => /"import_token": ?"([^"]{64,})/.exec(received)?.[1] ?? [],
    );
    return [
      ...this.#kept,
      ...this.#passing,
      ...exchanges.flatMap(({ issuedToken }) => begins('issued token', issuedToken)),
      ...tokens.flatMap((token) => begins('import token', token)),
      ...this.importCalls().flatMap((call) => [
        ...begins('used import token', call.import_token),
        ...begins('wrapped material', call.encrypted_key_material),
        ...begins('wrapped private key', call.encrypted_privatekey),
      ]),
    ];
  }

  #wire(): Place[] {
    return this.proxy.exchanges.map(({ operation, sent, received }, index) => ({
      name: `call ${index} ${operation}`,
      content: Buffer.from(`${sent}\n${received}`),
    }));
  }
}

/** The bytes that Base64 stands for; a text of other characters is its own bytes. */
function beginning(secret: string): Buffer {
  const bytes = Buffer.from(secret, 'base64');
  const isLongBase64 = secret.length > 64 && bytes.toString('base64') === secret;
  return isLongBase64 ? bytes.subarray(0, 48) : Buffer.from(secret.slice(0, 64));
}

/**
 * A workspace that logs all there is to `trace.log`, with home and temporary folder inside, so that
 * they are searched as well.
 */
export function tracedWorkspace(env: Readonly<Record<string, string>> = {}): TerraformWorkspace {
  const workspace = new TerraformWorkspace({ TF_LOG: 'TRACE', ...env });
  const inside = (name: string) => join(workspace.folder, name);
  Object.assign(workspace.env, {
    HOME: inside('home'),
    TMPDIR: inside('t'),
    TF_LOG_PATH: inside('trace.log'),
  });
  mkdirSync(inside('home'));
  mkdirSync(inside('t'));
  return workspace;
}

/** The sources that hold symmetric material. */
export const sources = ['file', 'env', 'variable'] as const;
export type Source = (typeof sources)[number];
export type Materials = Readonly<Record<Source, Buffer>>;

/** Material for each source, watched from now on. @param name for the report */
export function watchedMaterials(watch: LeakWatch, name: string): Materials {
  const materials = { file: randomBytes(32), env: randomBytes(32), variable: randomBytes(32) };
  watch.keeps(
    Object.fromEntries(sources.map((source) => [`${name} of ${source}`, materials[source]])),
  );
  return materials;
}

/** Each source's material is in one key, and in no two. */
export async function expectHeld(watch: LeakWatch, materials: Materials): Promise<void> {
  const keyIds = watch.keyIds();
  expect(keyIds).toHaveLength(sources.length);
  for (const source of sources) {
    const held = await Promise.all(
      keyIds.map((keyId) => holdsMaterial(watch.emulator, keyId, materials[source])),
    );
    expect(held.filter(Boolean)).toHaveLength(1);
  }
}
