/** Private keys under the real terraform: imported, proven by their public half, permanent. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { ok } from '../emulator/plain-http';
import { describeKey, writesOf } from '../support/emulated-key';
import { useWorkbench } from './workbench';

const bench = useWorkbench();

const generators: Readonly<Record<string, string>> = {
  RSA_2048: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048',
  RSA_3072: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072',
  RSA_4096: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096',
  EC_P256: 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  EC_P384: 'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384',
};

function openssl(args: string, input?: Buffer): Buffer {
  return execFileSync('openssl', args.split(' '), { input, stdio: ['pipe', 'pipe', 'pipe'] });
}

function publicKeyOf(privateKey: Buffer): Buffer {
  return openssl('pkey -pubout -outform DER', privateKey);
}

function fingerprintOf(privateKey: Buffer): string {
  return `sha256:${createHash('sha256').update(publicKeyOf(privateKey)).digest('hex')}`;
}

/** What get-publickey answers, read by openssl. */
async function publicKeyInKms(keyId: string): Promise<Buffer> {
  const { public_key } = await ok<{ public_key: string }>(bench.emulator, 'get-publickey', {
    key_id: keyId,
  });
  return openssl('pkey -pubin -outform DER', Buffer.from(public_key));
}

function signingKey(
  spec: string,
  attributes = 'material_file = "signing.pem"\n  material_encoding = "pem"',
): string {
  return `resource "byok_external_key" "signing" {
  alias = "signing"
  key_spec = "${spec}"
}
resource "byok_key_material" "signing" {
  key_id = byok_external_key.signing.key_id
  ${attributes}
}`;
}

async function prepared(body: string, privateKey: Buffer): Promise<void> {
  await bench.begin(body);
  bench.workspace.write('signing.pem', privateKey);
}

test.each(Object.keys(generators))(
  'imports %s, proves it by the public key, and then has nothing to do',
  async (spec) => {
    const privateKey = openssl(generators[spec] ?? '');
    await prepared(signingKey(spec), privateKey);
    const plan = await bench.workspace.plan();
    expect(plan.text).toContain(`fingerprint = "${fingerprintOf(privateKey)}"`);
    expect((await bench.workspace.apply()).code).toBe(0);
    const attributes = bench.workspace.attributes('byok_key_material');
    expect(attributes).toMatchObject({
      key_spec: spec,
      fingerprint: fingerprintOf(privateKey),
      fingerprint_verified: true,
      expiration_time: 'never',
    });
    expect((await publicKeyInKms(String(attributes.key_id))).equals(publicKeyOf(privateKey))).toBe(
      true,
    );
    bench.emulator.clearCalls();
    expect((await bench.workspace.plan()).code).toBe(0);
    expect(bench.emulator.calls().map(({ operation }) => operation)).toEqual([
      'describe-key',
      'describe-key',
    ]);
  },
);

describe('with an EC key', () => {
  const privateKey = openssl(generators.EC_P256 ?? '');
  const other = openssl(generators.EC_P256 ?? '');

  test('an expiry is an error at plan', async () => {
    await prepared(
      signingKey(
        'EC_P256',
        'material_file = "signing.pem"\n  material_encoding = "pem"\n  expiration_time = "2035-01-01T00:00:00Z"',
      ),
      privateKey,
    );
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain('never expires; leave it out, or give "never"');
  });

  test('destroy knows at plan that the material cannot be deleted', async () => {
    await prepared(
      signingKey(
        'EC_P256',
        'material_file = "signing.pem"\n  material_encoding = "pem"\n  on_destroy = "delete_material"',
      ),
      privateKey,
    );
    expect((await bench.workspace.apply()).code).toBe(0);
    bench.emulator.clearCalls();
    expect((await bench.workspace.plan('-destroy')).text).toContain(
      'The private key stays in the KMS',
    );
    expect((await bench.workspace.destroy()).code).toBe(0);
    expect(writesOf(bench.emulator)).toEqual(['schedule-key-deletion']);
  });

  test('another private key is refused at plan, while the key works', async () => {
    await prepared(signingKey('EC_P256'), privateKey);
    expect((await bench.workspace.apply()).code).toBe(0);
    bench.workspace.write('signing.pem', other);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text).toContain(`bound for ever to ${fingerprintOf(privateKey)}`);
  });

  test('a key of another spec is refused before any call that touches material', async () => {
    await prepared(signingKey('EC_P384'), privateKey);
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(1);
    expect(apply.text).toContain('EC on prime256v1; EC_P384 needs EC on secp384r1');
    expect(writesOf(bench.emulator)).toEqual(['create-key']);
  });

  test('an adopted key is proven at once, without the private key at hand', async () => {
    await prepared(signingKey('EC_P256'), privateKey);
    expect((await bench.workspace.apply()).code).toBe(0);
    const keyId = String(bench.workspace.attributes('byok_key_material').key_id);
    await bench.workspace.succeed(['state', 'rm', 'byok_key_material.signing']);
    bench.configure(signingKey('EC_P256', 'material_env = "NOT_SET"\n  material_encoding = "pem"'));
    await bench.workspace.succeed(['import', '-no-color', 'byok_key_material.signing', keyId]);
    expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
      fingerprint: fingerprintOf(privateKey),
      fingerprint_verified: true,
    });
    bench.emulator.clearCalls();
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(writesOf(bench.emulator)).toEqual([]);
  });

  test('a first import that meets another private key stops', async () => {
    await prepared(signingKey('EC_P256'), privateKey);
    expect((await bench.workspace.apply()).code).toBe(0);
    await bench.workspace.succeed(['state', 'rm', 'byok_key_material.signing']);
    bench.workspace.write('signing.pem', other);
    const apply = await bench.workspace.apply();
    expect(apply.code).toBe(1);
    expect(apply.text).toContain(`this key is bound for ever to ${fingerprintOf(privateKey)}`);
    expect(apply.text).not.toContain('will be adopted');
  });

  test('an encrypted key is opened with the password of a variable', async () => {
    const encrypted = openssl('pkcs8 -topk8 -v2 aes-256-cbc -passout pass:sesame', privateKey);
    await prepared(
      signingKey(
        'EC_P256',
        'material_file = "signing.pem"\n  material_encoding = "pem"\n  material_password_env = "SIGNING_PASSWORD"',
      ),
      encrypted,
    );
    const without = await bench.workspace.apply();
    expect(without.text).toContain('the password of the key material is not set');
    bench.workspace.env.SIGNING_PASSWORD = 'sesame';
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material').fingerprint).toBe(
      fingerprintOf(privateKey),
    );
  });

  test('a PKCS#12 file is opened with a write-only password', async () => {
    const file = openssl('pkcs12 -export -nocerts -passout pass:sesame', privateKey);
    await prepared(
      `variable "password" {\n  type = string\n  ephemeral = true\n}\n${signingKey('EC_P256', 'material_file = "signing.p12"\n  material_encoding = "pkcs12"\n  material_password_wo = var.password')}`,
      privateKey,
    );
    bench.workspace.write('signing.p12', file);
    bench.workspace.env.TF_VAR_password = 'sesame';
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material').fingerprint).toBe(
      fingerprintOf(privateKey),
    );
    expect(
      (
        await describeKey(
          bench.emulator,
          String(bench.workspace.attributes('byok_key_material').key_id),
        )
      ).key_state,
    ).toBe('2');
  });
});

describe('a first plan refuses, and nothing is sent:', () => {
  const [first, second] = [1, 2].map(() =>
    openssl('ecparam -name prime256v1 -genkey -noout -outform DER'),
  ) as [Buffer, Buffer];
  const asDer = 'material_file = "signing.pem"\n  material_encoding = "der"';

  test('a private key with the public half of another one, also where that one is pinned', async () => {
    const mixed = Buffer.concat([first.subarray(0, -64), second.subarray(-64)]);
    await prepared(
      signingKey('EC_P256', `${asDer}\n  fingerprint = "${fingerprintOf(second)}"`),
      mixed,
    );
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text.replaceAll(/\s+(?:│ )?/g, ' ')).toContain(
      'its public half belongs to another private key',
    );
    expect((await bench.workspace.apply()).code).toBe(1);
    expect(writesOf(bench.emulator)).toEqual([]);
  });

  test('a kind that no key_spec takes, by name', async () => {
    await prepared(signingKey('EC_P256'), openssl('genpkey -algorithm ED25519'));
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text.replaceAll(/\s+(?:│ )?/g, ' ')).toContain(
      'is a private key, Ed25519, which no key_spec takes',
    );
  });

  test('a small RSA exponent, unless it is allowed', async () => {
    const weak = openssl(
      'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3',
    );
    await prepared(signingKey('RSA_2048'), weak);
    const plan = await bench.workspace.plan();
    expect(plan.code).toBe(1);
    expect(plan.text.replaceAll(/\s+(?:│ )?/g, ' ')).toContain(
      'plainly weak (an RSA exponent below 65537)',
    );
    expect(writesOf(bench.emulator)).toEqual([]);
    const allowing =
      'material_file = "signing.pem"\n  material_encoding = "pem"\n  allow_weak_material = true';
    bench.configure(signingKey('RSA_2048', allowing));
    expect((await bench.workspace.apply()).code).toBe(0);
    expect(bench.workspace.attributes('byok_key_material')).toMatchObject({
      fingerprint: fingerprintOf(weak),
      fingerprint_verified: true,
    });
  });
});

test.each(['SM2', 'SM4', 'HMAC_256'])('refuses %s by name', async (spec) => {
  await prepared(signingKey(spec), Buffer.from(''));
  const plan = await bench.workspace.plan();
  expect(plan.code).toBe(1);
  expect(plan.text).toContain(`key_spec is "${spec}"; allowed are "AES_256", "RSA_2048"`);
});
