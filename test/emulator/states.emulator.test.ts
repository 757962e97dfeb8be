/**
 * Key states and what each call answers in each of them, aliases, and the refusals of the import
 * itself.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { type Emulator, startEmulator } from '../support/emulator';
import {
  createKey,
  describe as describeKey,
  getParameters,
  importMaterial,
  wrapMaterial,
  wrapWithOpenssl,
} from './external-key';
import { call, ok, verdict } from './plain-http';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

type Start = 'enabled' | 'disabled' | 'pending deletion' | 'pending import';

const material = randomBytes(32);

/** An external key in the state that is named. */
async function keyThatIs(start: Start): Promise<string> {
  const keyId = await createKey(emulator);
  if (start === 'pending import') {
    return keyId;
  }
  await importMaterial(emulator, keyId, material);
  if (start === 'disabled') {
    await ok(emulator, 'disable-key', { key_id: keyId });
  }
  if (start === 'pending deletion') {
    await ok(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '7' });
  }
  return keyId;
}

describe('a call that changes the state', () => {
  test.each<[Start, string, string, string]>([
    ['enabled', 'disable-key', '200', '3'],
    ['enabled', 'enable-key', '400 KMS.1201', '2'],
    ['enabled', 'delete-imported-key-material', '200', '5'],
    ['enabled', 'schedule-key-deletion', '200', '4'],
    ['enabled', 'cancel-key-deletion', '400 KMS.1501', '2'],
    ['enabled', 'get-parameters-for-import', '400 KMS.0310', '2'],
    ['disabled', 'enable-key', '200', '2'],
    ['disabled', 'disable-key', '400 KMS.1301', '3'],
    ['disabled', 'delete-imported-key-material', '200', '5'],
    ['disabled', 'schedule-key-deletion', '200', '4'],
    ['disabled', 'get-parameters-for-import', '400 KMS.0310', '3'],
    ['pending deletion', 'enable-key', '400 KMS.1201', '4'],
    ['pending deletion', 'disable-key', '400 KMS.1301', '4'],
    ['pending deletion', 'delete-imported-key-material', '400 KMS.2701', '4'],
    ['pending deletion', 'schedule-key-deletion', '400 KMS.1402', '4'],
    ['pending deletion', 'cancel-key-deletion', '200', '3'],
    ['pending deletion', 'get-parameters-for-import', '400 KMS.0310', '4'],
    ['pending import', 'enable-key', '400 KMS.1201', '5'],
    ['pending import', 'disable-key', '400 KMS.1301', '5'],
    ['pending import', 'delete-imported-key-material', '400 KMS.2701', '5'],
    ['pending import', 'schedule-key-deletion', '200', '4'],
    ['pending import', 'get-parameters-for-import', '200', '5'],
  ])(
    'on a key that is %s: %s answers %s, and the state is %s',
    async (start, verb, answer, state) => {
      const keyId = await keyThatIs(start);
      const body = { key_id: keyId, pending_days: '7', wrapping_algorithm: 'RSAES_OAEP_SHA_256' };
      expect(verdict(await call(emulator, verb, body))).toBe(answer);
      expect((await describeKey(emulator, keyId)).key_state).toBe(state);
    },
  );

  test('cancelling the deletion of a key without material leads back to pending import', async () => {
    const keyId = await keyThatIs('pending import');
    await ok(emulator, 'schedule-key-deletion', { key_id: keyId, pending_days: '1096' });
    expect(await ok(emulator, 'cancel-key-deletion', { key_id: keyId })).toEqual({
      key_id: keyId,
      key_state: '5',
    });
  });

  test('wraps its answer in key_info for enable and disable, and not for the deletion calls', async () => {
    const keyId = await keyThatIs('enabled');
    const body = { key_id: keyId };
    expect(await ok(emulator, 'disable-key', body)).toEqual({
      key_info: { key_id: keyId, key_state: '3' },
    });
    expect(await ok(emulator, 'enable-key', body)).toEqual({
      key_info: { key_id: keyId, key_state: '2' },
    });
    expect(await ok(emulator, 'schedule-key-deletion', { ...body, pending_days: '7' })).toEqual({
      key_id: keyId,
      key_state: '4',
    });
    expect(await ok(emulator, 'cancel-key-deletion', body)).toEqual({
      key_id: keyId,
      key_state: '3',
    });
  });
});

describe('encrypt-data and decrypt-data', () => {
  test.each<[Start, string]>([
    ['disabled', '400 KMS.0209'],
    ['pending deletion', '400 KMS.0210'],
    ['pending import', '400 KMS.1301'],
  ])('on a key that is %s answer %s', async (start, answer) => {
    expect(
      verdict(
        await call(emulator, 'encrypt-data', { key_id: await keyThatIs(start), plain_text: 'x' }),
      ),
    ).toBe(answer);
  });

  test('on a frozen key answer KMS.0320', async () => {
    const keyId = await keyThatIs('enabled');
    emulator.setKeyState(keyId, '7');
    expect((await describeKey(emulator, keyId)).key_state).toBe('7');
    expect(verdict(await call(emulator, 'encrypt-data', { key_id: keyId, plain_text: 'x' }))).toBe(
      '400 KMS.0320',
    );
  });
});

describe('import-key-material refuses', () => {
  async function importVerdict(keyId: string, change: object): Promise<string> {
    return verdict(await call(emulator, 'import-key-material', { key_id: keyId, ...change }));
  }

  async function wrapped(
    keyId: string,
    plain: Buffer,
    algorithm = 'RSAES_OAEP_SHA_256',
  ): Promise<Record<string, string>> {
    const { import_token, public_key } = await getParameters(emulator, keyId, algorithm);
    return { import_token, encrypted_key_material: wrapMaterial(public_key, plain, algorithm) };
  }

  test.each([0, 16, 31, 33, 64])('material of %i bytes', async (length) => {
    const keyId = await createKey(emulator);
    expect(await importVerdict(keyId, await wrapped(keyId, randomBytes(length)))).toBe(
      '400 KMS.2604',
    );
  });

  test('a key that has material already', async () => {
    const keyId = await createKey(emulator);
    const request = await wrapped(keyId, material);
    expect(await importVerdict(keyId, request)).toBe('200');
    expect(await importVerdict(keyId, request)).toBe('400 KMS.0310');
  });

  test('a key that is not external', async () => {
    const [own, foreign] = [await createKey(emulator, 'kms'), await createKey(emulator)];
    expect(await importVerdict(own, await wrapped(foreign, material))).toBe('400 KMS.0309');
    for (const verb of ['get-parameters-for-import', 'delete-imported-key-material']) {
      expect(
        verdict(
          await call(emulator, verb, { key_id: own, wrapping_algorithm: 'RSAES_OAEP_SHA_256' }),
        ),
      ).toBe('400 KMS.0309');
    }
  });

  test('the token of another key', async () => {
    const [first, second] = [await createKey(emulator), await createKey(emulator)];
    expect(await importVerdict(second, await wrapped(first, material))).toBe('400 KMS.2603');
  });

  test('a token with any one part changed', async () => {
    const keyId = await createKey(emulator);
    const request = await wrapped(keyId, material);
    const token = Buffer.from(request.import_token ?? '', 'base64');
    // Magic, token id, nonce, tag, content: one byte of each.
    for (const offset of [0, 10, 45, 60, 100, token.length - 1]) {
      const tampered = Buffer.from(token);
      tampered.writeUInt8(tampered.readUInt8(offset) ^ 1, offset);
      expect(
        await importVerdict(keyId, { ...request, import_token: tampered.toString('base64') }),
      ).toBe('400 KMS.2605');
    }
    expect(
      await importVerdict(keyId, { ...request, import_token: `${request.import_token}AAAA` }),
    ).toBe('400 KMS.2605');
    expect(await importVerdict(keyId, request)).toBe('200');
  });

  test('a token of another emulator', async () => {
    const other = await startEmulator();
    try {
      const foreign = await getParameters(other, await createKey(other));
      const keyId = await createKey(emulator);
      const encrypted = wrapMaterial(foreign.public_key, material);
      expect(
        await importVerdict(keyId, {
          import_token: foreign.import_token,
          encrypted_key_material: encrypted,
        }),
      ).toBe('400 KMS.2605');
    } finally {
      await other.close();
    }
  });

  test('a wrapping that is not the one of the token', async () => {
    const keyId = await createKey(emulator);
    const { import_token, public_key } = await getParameters(emulator, keyId, 'RSAES_OAEP_SHA_256');
    for (const algorithm of ['RSAES_OAEP_SHA_1', 'RSAES_PKCS1_V1_5']) {
      const encrypted_key_material = wrapMaterial(public_key, material, algorithm);
      expect(await importVerdict(keyId, { import_token, encrypted_key_material })).toBe(
        '400 KMS.0311',
      );
    }
    const javaDefault =
      'pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out EncryptedKeyMaterial.bin -keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha1';
    const encrypted_key_material = wrapWithOpenssl(
      public_key,
      material,
      'RSAES_OAEP_SHA_256',
      javaDefault,
    );
    expect(await importVerdict(keyId, { import_token, encrypted_key_material })).toBe(
      '400 KMS.0311',
    );
  });

  test('ciphertext that is not Base64 of 256 bytes', async () => {
    const keyId = await createKey(emulator);
    const { import_token } = await getParameters(emulator, keyId);
    for (const encrypted_key_material of ['A'.repeat(344), 'A'.repeat(360), '='.repeat(344)]) {
      expect(await importVerdict(keyId, { import_token, encrypted_key_material })).toBe(
        '400 KMS.0311',
      );
    }
  });

  test('a used token, when tokens are for single use', async () => {
    const strict = await startEmulator({ singleUseImportTokens: true });
    try {
      for (const [target, second] of [
        [strict, '400 KMS.2605'],
        [emulator, '200'],
      ] as const) {
        const keyId = await createKey(target);
        const { import_token, public_key } = await getParameters(target, keyId);
        const body = {
          key_id: keyId,
          import_token,
          encrypted_key_material: wrapMaterial(public_key, material),
        };
        expect(verdict(await call(target, 'import-key-material', body))).toBe('200');
        await ok(target, 'delete-imported-key-material', { key_id: keyId });
        expect(verdict(await call(target, 'import-key-material', body))).toBe(second);
      }
    } finally {
      await strict.close();
    }
  });
});

describe('a key', () => {
  const unknown = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

  test.each<[string, object]>([
    ['describe-key', {}],
    ['get-publickey', {}],
    ['enable-key', {}],
    ['disable-key', {}],
    ['schedule-key-deletion', { pending_days: '7' }],
    ['cancel-key-deletion', {}],
    ['get-parameters-for-import', { wrapping_algorithm: 'RSAES_OAEP_SHA_256' }],
    ['delete-imported-key-material', {}],
    ['update-key-alias', { key_alias: 'a' }],
    ['update-key-description', { key_description: 'd' }],
    ['encrypt-data', { plain_text: 'x' }],
  ])('that does not exist: %s answers 404', async (verb, body) => {
    expect(verdict(await call(emulator, verb, { key_id: unknown, ...body }))).toBe('404 KMS.0207');
  });

  test('of origin kms is enabled at once, and shows every field as a string', async () => {
    const keyId = await createKey(emulator, 'kms');
    const { key_info } = await ok<{ key_info: Record<string, string> }>(emulator, 'describe-key', {
      key_id: keyId,
    });
    expect(Object.values(key_info).map((value) => typeof value)).toEqual(
      Object.keys(key_info).map(() => 'string'),
    );
    expect(key_info).toMatchObject({
      key_state: '2',
      origin: 'kms',
      key_spec: 'AES_256',
      key_usage: 'ENCRYPT_DECRYPT',
    });
    expect(key_info).toMatchObject({
      default_key_flag: '0',
      expiration_time: '',
      scheduled_deletion_date: '',
      key_description: '',
    });
    expect(key_info.creation_date).toMatch(/^\d{13}$/);
  });

  test('of origin kms is what create-key makes when no origin is named', async () => {
    const { key_info } = await ok<{ key_info: { key_id: string } }>(emulator, 'create-key', {
      key_alias: `k-${randomUUID()}`,
    });
    expect(await describeKey(emulator, key_info.key_id)).toMatchObject({
      key_state: '2',
      origin: 'kms',
    });
  });

  test('has one alias, which no other key may take', async () => {
    const [keyId, alias] = [await createKey(emulator), `taken-${randomUUID()}`];
    const other = await createKey(emulator);
    const answer = await ok(emulator, 'update-key-alias', { key_id: keyId, key_alias: alias });
    expect(answer).toEqual({ key_info: { key_id: keyId, key_alias: alias } });
    expect(verdict(await call(emulator, 'create-key', { key_alias: alias }))).toBe('400 KMS.1104');
    expect(
      verdict(await call(emulator, 'update-key-alias', { key_id: other, key_alias: alias })),
    ).toBe('400 KMS.1104');
    expect(
      verdict(await call(emulator, 'update-key-alias', { key_id: keyId, key_alias: alias })),
    ).toBe('200');
  });

  test('keeps alias and description while its deletion is pending', async () => {
    const keyId = await keyThatIs('pending deletion');
    expect(
      verdict(await call(emulator, 'update-key-alias', { key_id: keyId, key_alias: 'new' })),
    ).toBe('400 KMS.0210');
    expect(
      verdict(
        await call(emulator, 'update-key-description', { key_id: keyId, key_description: 'new' }),
      ),
    ).toBe('400 KMS.0210');
  });

  test('takes a new description, also an empty one', async () => {
    const keyId = await createKey(emulator);
    for (const description of ['of many words', '']) {
      const answer = await ok(emulator, 'update-key-description', {
        key_id: keyId,
        key_description: description,
      });
      expect(answer).toEqual({ key_info: { key_id: keyId, key_description: description } });
      expect(await describeKey(emulator, keyId)).toMatchObject({ key_description: description });
    }
  });

  test('that is symmetric has no public key', async () => {
    expect(
      verdict(await call(emulator, 'get-publickey', { key_id: await createKey(emulator) })),
    ).toBe('400 KMS.0331');
  });
});
