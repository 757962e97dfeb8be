import { createHash, createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { ok } from '../emulator/plain-http';
import { describeKey, fingerprintOf, holdsMaterial, writesOf } from '../support/emulated-key';
import { derOf, ecKey, encryptedPem, pkcs12, randomPassword } from '../support/private-keys';
import { inDays, Lambda, metricsIn } from './lambda';

let lambda: Lambda;

beforeAll(async () => {
  lambda = await Lambda.start();
});

beforeEach(() => lambda.kms.clearCalls());

afterAll(() => lambda.close());

/** Of the public half, by Node alone. */
function fingerprintOfKey(pem: Buffer): string {
  const der = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

describe('Create', () => {
  test('makes the key, imports the material, and answers as CloudFormation wants it', async () => {
    const expirationTime = inDays(30);
    const { keyId, material, properties, answer } = await lambda.create({
      expirationTime,
      tags: { owner: 'payments' },
    });
    const fingerprint = fingerprintOf(material);
    expect(answer).toEqual({
      Status: 'SUCCESS',
      Reason: '',
      PhysicalResourceId: keyId,
      StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/stack/1',
      RequestId: expect.any(String),
      LogicalResourceId: 'Payments',
      Data: {
        KeyId: keyId,
        Fingerprint: fingerprint,
        ExpirationTime: expirationTime,
        MaterialStatus: 'present',
      },
    });
    expect(lambda.aws.answers.at(-1)).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': '' },
    });
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
    expect(await describeKey(lambda.kms, keyId)).toMatchObject({ key_alias: properties.alias });
    expect(lambda.rememberedProof(properties, keyId)).toEqual({ fingerprint, proof: 'imported' });
    expect(metricsIn(lambda.log).at(-1)).toMatchObject({
      Key: 'stack/payments',
      DaysUntilExpiry: expect.closeTo(30, 1),
      NeedsAttention: 0,
    });
  });

  test('costs no more calls than it must', async () => {
    await lambda.create({ expirationTime: inDays(30) });
    expect(lambda.kms.calls().map(({ operation }) => operation)).toEqual([
      ...['create-key', 'get-parameters-for-import', 'import-key-material', 'describe-key'],
    ]);
  });

  test('comes twice and makes one key, even when the answer to the first was lost', async () => {
    const requestId = randomUUID();
    const properties = lambda.properties(lambda.newMaterial());
    const first = await lambda.request('Create', properties, { requestId });
    const second = await lambda.request('Create', properties, { requestId });
    expect(second).toEqual(first);
    expect(lambda.keysMade()).toBe(1);
    expect(
      writesOf(lambda.kms).filter((operation) => operation === 'import-key-material'),
    ).toHaveLength(1);
  });

  test('comes again after one that ended right behind its import, and says that nothing is proven', async () => {
    const { keyId, properties } = await lambda.create();
    const begun = {
      version: 1,
      keys: { [keyId]: { alias: properties.alias, keySpec: 'AES_256', ours: false } },
    };
    lambda.aws.parameters.set(properties.memory, JSON.stringify(begun));
    const answer = await lambda.request('Create', properties);
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: keyId,
      Data: { Fingerprint: 'unproven' },
    });
    expect(lambda.keysMade()).toBe(1);
  });

  test('takes up the empty key that an interrupted one left, though nothing is remembered of it', async () => {
    const material = lambda.newMaterial();
    const properties = lambda.properties(material);
    lambda.kms.injectFaults([{ operation: 'create-key', drop: 'after', times: 1 }]);
    const answer = await lambda.request('Create', properties);
    expect(answer).toMatchObject({ Status: 'SUCCESS', Reason: '' });
    expect(await holdsMaterial(lambda.kms, answer.PhysicalResourceId, material)).toBe(true);
    expect(lambda.keysMade()).toBe(1);
  });

  test('fails when the alias belongs to a key with material, and says how to take that one', async () => {
    const { keyId, properties } = await lambda.create();
    const answer = await lambda.request('Create', {
      ...lambda.properties(lambda.newMaterial()),
      alias: properties.alias,
    });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(answer.Reason).toContain(
      `choose another alias, or give keyId "${keyId}" instead of alias (ERR_KEY_UNSUITABLE)`,
    );
  });

  test('fails when the alias belongs to a key that is scheduled for deletion, and names no tool but its own', async () => {
    const { keyId, properties } = await lambda.create();
    await ok(lambda.kms, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
    const answer = await lambda.request('Create', {
      ...lambda.properties(lambda.newMaterial()),
      alias: properties.alias,
    });
    expect(answer.Reason).toContain(
      `cancel its deletion in the console of the cloud and give keyId "${keyId}" instead of alias, or choose`,
    );
    expect(answer.Reason).not.toMatch(/terraform|cancel_pending/);
  });

  test('that failed is deleted without a call, and the next one takes up its key', async () => {
    const material = lambda.newMaterial();
    const properties = lambda.properties(material, {
      fingerprint: fingerprintOf(lambda.newMaterial()),
    });
    const failed = await lambda.request('Create', properties);
    expect(failed).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(failed.Reason).toMatch(
      /^the given material has fingerprint sha256:\w+, but fingerprint is pinned to .* will use it \(ERR_MATERIAL_DIFFERS\)$/,
    );
    const [begun] = Object.values(
      JSON.parse(lambda.aws.parameters.get(properties.memory) ?? '').keys,
    );
    expect(begun).toEqual({ alias: properties.alias, keySpec: 'AES_256', made: true, ours: false });
    lambda.kms.clearCalls();
    const deleted = await lambda.request('Delete', properties, {
      physicalId: failed.PhysicalResourceId,
    });
    expect(deleted).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'not-created' });
    expect(lambda.kms.calls()).toEqual([]);
    const again = await lambda.request('Create', {
      ...properties,
      fingerprint: fingerprintOf(material),
    });
    expect(again).toMatchObject({ Status: 'SUCCESS' });
    expect(await holdsMaterial(lambda.kms, again.PhysicalResourceId, material)).toBe(true);
    expect(lambda.keysMade()).toBe(0);
  });

  test('fills an existing key, which its removal leaves alone', async () => {
    const { keyId, material, properties } = await lambda.create({
      onDestroy: 'delete_material',
      keyOnDestroy: 'retain',
    });
    await lambda.request('Delete', properties, { physicalId: keyId });
    const existing = { ...lambda.properties(material), alias: undefined, keyId };
    expect(await lambda.request('Create', existing)).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: keyId,
    });
    lambda.kms.clearCalls();
    expect(await lambda.request('Delete', existing, { physicalId: keyId })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(writesOf(lambda.kms)).toEqual([]);
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('of an existing key refuses to delete its material some day, which another construct may go on with', async () => {
    const { keyId, material } = await lambda.create();
    const existing = {
      ...lambda.properties(material),
      alias: undefined,
      keyId,
      onDestroy: 'delete_material',
    };
    const answer = await lambda.request('Create', existing);
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
    expect(answer.Reason).toMatch(
      /^onDestroy is "delete_material" for a key given by keyId, .* \(ERR_ARGUMENT\)$/,
    );
    expect(await lambda.request('Delete', existing, { physicalId: keyId })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(await holdsMaterial(lambda.kms, keyId, material)).toBe(true);
  });

  test('adopts what an existing key holds, and says that nothing is proven', async () => {
    const { keyId, material } = await lambda.create();
    const answer = await lambda.request('Create', {
      ...lambda.properties(material),
      alias: undefined,
      keyId,
    });
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      Data: { Fingerprint: 'unproven', ExpirationTime: 'never' },
    });
    expect(
      writesOf(lambda.kms).filter((operation) => operation === 'import-key-material'),
    ).toHaveLength(1);
  });

  test.each([
    [
      'a field of a JSON secret',
      (material: Buffer) => JSON.stringify({ key: material.toString('hex') }),
      { jsonField: 'key' },
      'hex',
    ],
    ['a binary secret', (material: Buffer) => material, {}, 'raw'],
  ])('reads the material from %s', async (_, spell, part, encoding) => {
    const material = lambda.newMaterial();
    const secret = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${randomUUID()}`;
    lambda.aws.secrets.set(secret, spell(material));
    const answer = await lambda.request(
      'Create',
      lambda.properties(material, { source: { secret, ...part }, encoding }),
    );
    expect(await holdsMaterial(lambda.kms, answer.PhysicalResourceId, material)).toBe(true);
  });

  test('imports a private key from an encrypted PEM beside its password, and from a PKCS#12 file', async () => {
    const [pem, password] = [ecKey(), randomPassword()];
    lambda.materials.push(derOf(pem));
    const secret = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${randomUUID()}`;
    const spellings = [
      ['pem', encryptedPem(pem, password).content.toString('latin1')],
      ['pkcs12', pkcs12(pem, '').content],
    ] as const;
    for (const [encoding, content] of spellings) {
      const whole = typeof content !== 'string';
      lambda.aws.secrets.set(secret, whole ? content : JSON.stringify({ key: content, password }));
      const source = whole ? { secret } : { secret, jsonField: 'key', passwordField: 'password' };
      const answer = await lambda.request(
        'Create',
        lambda.properties(pem, { keySpec: 'EC_P256', source, encoding }),
      );
      expect(answer).toMatchObject({
        Status: 'SUCCESS',
        Data: { Fingerprint: fingerprintOfKey(pem), ExpirationTime: 'never' },
      });
    }
  });

  test('reads the material from a SecureString', async () => {
    const material = lambda.newMaterial();
    const parameter = `/keys/${randomUUID()}`;
    lambda.aws.parameters.set(parameter, material.toString('base64'));
    const answer = await lambda.request(
      'Create',
      lambda.properties(material, { source: { parameter } }),
    );
    lambda.aws.parameters.delete(parameter);
    expect(await holdsMaterial(lambda.kms, answer.PhysicalResourceId, material)).toBe(true);
  });
});

test('waits for a policy that was attached just now', async () => {
  const properties = lambda.properties(lambda.newMaterial());
  lambda.aws.denied.set(properties.memory, 1);
  expect(await lambda.request('Create', properties)).toMatchObject({ Status: 'SUCCESS' });
});

test('nothing of all this told a secret', () => {
  expect(lambda.aws.answers.length).toBeGreaterThan(0);
  expect(lambda.leaks()).toEqual([]);
});
