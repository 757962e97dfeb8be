/**
 * Rule 12 at its strictest: a key inside SoftHSM2 becomes key material of the KMS, by the shipped
 * example and the real terraform.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { type Emulator, startEmulator } from '../support/emulator';
import { filesBelow, findLeaks, needlesOf, type Place } from '../support/leak-scanner';
import { cleanEnvironment, type Run, TerraformWorkspace } from '../support/terraform-workspace';

const example = join(__dirname, '..', '..', 'examples', 'hsm-ceremony');
const packages = ['softhsm2', 'opensc', 'python3-pykcs11'];
const pkcs11Module = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'].find(
  existsSync,
);
const tools =
  'command -v softhsm2-util && command -v pkcs11-tool && /usr/bin/python3 -c "import PyKCS11"';
const installed = pkcs11Module !== undefined && spawnSync('sh', ['-c', tools]).status === 0;
const howTo = `HSM wrapping is tested with SoftHSM2 and PyKCS11: apt-get install ${packages.join(' ')}`;

if (!installed && process.env.CI) {
  test('fails in CI without SoftHSM2, OpenSC and PyKCS11', () => {
    throw new Error(howTo);
  });
} else if (!installed) {
  console.warn(`skipped: ${howTo}`);
}

(installed ? describe : describe.skip)('a key in SoftHSM2', () => {
  const pin = String(randomInt(10 ** 11, 10 ** 12));
  const material = randomBytes(32);
  const other = randomBytes(32);
  let token: string;
  let emulator: Emulator;
  let workspace: TerraformWorkspace;
  let printed: Place[];

  beforeAll(() => {
    token = mkdtempSync(join(tmpdir(), 'byok-softhsm-'));
    mkdirSync(join(token, 'tokens'));
    writeFileSync(
      join(token, 'softhsm2.conf'),
      `directories.tokendir = ${join(token, 'tokens')}\nlog.level = ERROR\n`,
    );
    softhsm('softhsm2-util', [
      '--init-token',
      '--free',
      '--label',
      'byok',
      '--so-pin',
      `${pin}0`,
      '--pin',
      pin,
    ]);
    storeSecret('orders', material);
    storeSecret('other', other);
    storeSecret('short', randomBytes(16));
  });

  afterAll(() => rmSync(token, { recursive: true, force: true }));

  beforeEach(async () => {
    emulator = await startEmulator();
    printed = [];
    workspace = new TerraformWorkspace({
      HW_PROJECT_ID: emulator.projectId,
      HW_AUTH_TOKEN: emulator.authToken,
      BYOK_HSM_PIN: pin,
      BYOK_SOFTHSM2_CONF: join(token, 'softhsm2.conf'),
      TF_VAR_pkcs11_module: String(pkcs11Module),
      TF_LOG: 'TRACE',
    });
    workspace.env.TF_LOG_PATH = join(workspace.folder, 'trace.log');
    workspace.env.BYOK_TRACE = join(workspace.folder, 'trace-of-program');
    copyFileSync(join(example, 'main.tf'), join(workspace.folder, 'main.tf'));
    installProgram();
    declare();
    await workspace.init();
  });

  afterEach(async () => {
    workspace.remove();
    await emulator.close();
  });

  function softhsm(program: string, args: readonly string[]): void {
    const env = cleanEnvironment({ SOFTHSM2_CONF: join(token, 'softhsm2.conf'), PIN: pin });
    execFileSync(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /**
   * Known bytes, as no HSM would be given them: so that the test can tell what the KMS holds.
   * Readable by nobody from then on.
   */
  function storeSecret(label: string, bytes: Buffer): void {
    const file = join(token, 'secret');
    writeFileSync(file, bytes);
    const login = [
      '--module',
      String(pkcs11Module),
      '--token-label',
      'byok',
      '--login',
      '--pin',
      'env:PIN',
    ];
    const usage = ['--label', label, '--private', '--sensitive', '--extractable', '--usage-sign'];
    softhsm('pkcs11-tool', [...login, '--write-object', file, '--type', 'secrkey', ...usage]);
    rmSync(file);
    expect(() =>
      softhsm('pkcs11-tool', [...login, '--read-object', '--type', 'secrkey', '--label', label]),
    ).toThrow('get CKA_VALUE failed');
  }

  /** The example's program, which notes each of its runs before. */
  function installProgram(): void {
    const real = join(example, 'wrap.py');
    const content = `#!/bin/sh\nread -r request\nprintf '%s\\n' "$request" >> "$BYOK_TRACE"\nprintf '%s\\n' "$request" | '${real}' "$@"\n`;
    writeFileSync(join(workspace.folder, 'wrap.py'), content);
    chmodSync(join(workspace.folder, 'wrap.py'), 0o755);
  }

  /** Points the example at the emulator, and overrides what a test is about. */
  function declare(attributes = ''): void {
    const provider = `provider "byok" {\n  kms_endpoint = "${emulator.url}"\n}\n`;
    workspace.write(
      'override.tf',
      `${provider}resource "byok_key_material" "orders" {\n  ${attributes}\n}\n`,
    );
  }

  function withKey(label: string): string {
    return `wrap_command = ["\${path.module}/wrap.py", "--module", var.pkcs11_module, "--token", "byok", "--key", "${label}"]`;
  }

  /** Operations that the program was asked for since the last look. */
  function asked(): string[] {
    const path = workspace.env.BYOK_TRACE ?? '';
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
    rmSync(path, { force: true });
    return lines.map((line) => (JSON.parse(line) as { operation: string }).operation);
  }

  async function apply(): Promise<Run> {
    return noted(await workspace.apply());
  }

  async function plan(): Promise<Run> {
    return noted(await workspace.plan());
  }

  function noted(run: Run): Run {
    printed.push({ name: 'output', content: Buffer.from(run.output) });
    return run;
  }

  function keyId(): string {
    return String(workspace.attributes('byok_external_key').key_id);
  }

  /**
   * Neither the key nor the PIN is in state, plans, logs or outputs; the log is there, and is
   * looked into.
   */
  function expectNoLeak(): void {
    const places = [...filesBelow(workspace.folder), ...printed];
    expect(
      places.some(
        ({ name, content }) => name === 'trace.log' && content.includes('serving provider byok'),
      ),
    ).toBe(true);
    expect(
      findLeaks(places, [...needlesOf('material', material), ...needlesOf('PIN', pin)]),
    ).toEqual([]);
  }

  test('the example is formatted', async () => {
    copyFileSync(join(example, 'main.tf'), join(workspace.folder, 'main.tf'));
    rmSync(join(workspace.folder, 'override.tf'));
    expect((await workspace.succeed(['fmt', '-check', '-diff'])).output).toBe('');
  });

  test('is imported, imported again after drift, and given another expiry; it is never outside the HSM', async () => {
    expect((await plan()).code).toBe(2);
    expect(asked()).toEqual([]);

    expect((await apply()).text).toContain('2 added');
    expect(asked()).toEqual(['fingerprint', 'wrap']);
    expect(await holdsMaterial(emulator, keyId(), material)).toBe(true);
    expect(workspace.attributes('byok_key_material')).toMatchObject({
      fingerprint: fingerprintOf(material),
      fingerprint_verified: true,
      material_status: 'present',
    });
    expect((await plan()).code).toBe(0);
    expect(asked()).toEqual([]);

    emulator.deleteMaterial(keyId());
    expect((await plan()).code).toBe(2);
    expect(asked()).toEqual([]);
    expect((await apply()).text).toContain('1 changed');
    expect(asked()).toEqual(['fingerprint', 'wrap']);
    expect(await holdsMaterial(emulator, keyId(), material)).toBe(true);

    emulator.clearCalls();
    declare('expiration_time = "2036-01-31T00:00:00Z"');
    expect((await apply()).text).toContain('1 changed');
    // Wrapped twice: a trial for nobody comes before the deletion.
    expect(asked()).toEqual(['fingerprint', 'wrap', 'wrap']);
    expect(writesOf(emulator)).toContain('delete-imported-key-material');
    expect(await holdsMaterial(emulator, keyId(), material)).toBe(true);
    expect((await describeKey(emulator, keyId())).expiration_time).toBe(
      String(Date.parse('2036-01-31T00:00:00Z')),
    );
    expect((await plan()).code).toBe(0);
    expectNoLeak();
  });

  test('is not imported with a wrong PIN: one sentence, and nothing was changed', async () => {
    expect((await apply()).code).toBe(0);
    const before = workspace.attributes('byok_key_material');
    declare('expiration_time = "2036-01-31T00:00:00Z"');
    emulator.clearCalls();
    workspace.env.BYOK_HSM_PIN = '000000';
    const run = await apply();
    expect(run.code).toBe(1);
    expect(run.text.match(/Error: /g)).toHaveLength(1);
    expect(run.text).toContain(
      'wrap_command "./wrap.py" ended with exit code 1; run it by hand to see its output, which we never log',
    );
    expect(writesOf(emulator)).toEqual([]);
    expect(await holdsMaterial(emulator, keyId(), material)).toBe(true);
    expect(workspace.attributes('byok_key_material')).toEqual(before);
    expectNoLeak();

    workspace.env.BYOK_HSM_PIN = pin;
    expect((await apply()).text).toContain('1 changed');
  });

  test('is not replaced by another key of the token: refused before the material is deleted', async () => {
    expect((await apply()).code).toBe(0);
    emulator.clearCalls();
    declare(`${withKey('other')}\n  expiration_time = "2036-01-31T00:00:00Z"`);
    const run = await apply();
    expect(run.code).toBe(1);
    expect(run.text).toContain(fingerprintOf(other));
    expect(run.text).toContain('ERR_MATERIAL_DIFFERS');
    expect(writesOf(emulator)).not.toContain('delete-imported-key-material');
    expect(await holdsMaterial(emulator, keyId(), material)).toBe(true);
  });

  test('is not deleted for a change of expiry when the token cannot wrap with the declared algorithm', async () => {
    expect((await apply()).code).toBe(0);
    emulator.clearCalls();
    declare(
      'wrapping_algorithm = "RSAES_OAEP_SHA_256"\n  expiration_time = "2036-01-31T00:00:00Z"',
    );
    const run = await apply();
    expect(run.code).toBe(1);
    expect(run.text).toContain('wrap_command "./wrap.py" ended with exit code 1');
    expect(writesOf(emulator)).not.toContain('delete-imported-key-material');
    expect(await holdsMaterial(emulator, keyId(), material)).toBe(true);
  });

  test('fails a first import when the token cannot wrap with the declared algorithm', async () => {
    declare('wrapping_algorithm = "RSAES_OAEP_SHA_256"');
    const run = await apply();
    expect(run.code).toBe(1);
    expect(run.text).toContain('wrap_command "./wrap.py" ended with exit code 1');
    expect(writesOf(emulator)).not.toContain('import-key-material');
  });

  test.each([
    ['short', 'wrap.py: the key in the token has 16 bytes; AES_256 needs 32'],
    ['missing', "wrap.py: 0 secret keys are labelled 'missing'; there must be one"],
  ])('says what is wrong when the program is run by hand: %s', (label, message) => {
    const request = {
      operation: 'wrap',
      wrapping_algorithm: 'RSAES_OAEP_SHA_1',
      key_spec: 'AES_256',
      public_key: '',
    };
    const run = () =>
      execFileSync(
        join(example, 'wrap.py'),
        ['--module', String(pkcs11Module), '--token', 'byok', '--key', label],
        {
          env: cleanEnvironment(workspace.env),
          input: JSON.stringify(request),
          stdio: ['pipe', 'pipe', 'pipe'],
        },
      );
    expect(run).toThrow(message);
  });
});
