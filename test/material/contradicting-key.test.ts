/**
 * A private key that contradicts itself is refused, however it is spelt; one that does not is the
 * same key as ever.
 */
import { execFileSync } from 'node:child_process';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generatePrimeSync,
  randomBytes,
} from 'node:crypto';
import fc from 'fast-check';
import { isByokError } from '../../lib/errors';
import type { Material } from '../../lib/material/material';
import { openContent } from '../../lib/material/open-content';
import { tryParsePrivateKey } from '../../lib/material/private-key';
import { wording } from '../../lib/provider/wording';
import { Secret } from '../../lib/secret';
import type { MaterialEncoding } from '../../lib/terms/material';
import {
  type CurveName,
  der,
  integer,
  numberBytes,
  orders,
  pemOf,
  pkcs1,
  pkcs8OfEc,
  pkcs8OfRsa,
  pointOf,
  type RsaIntegers,
  type RsaName,
  rsaIntegersFrom,
  rsaIntegersOf,
  rsaNames,
  scalarBytes,
  sec1,
} from '../support/der-keys';

const password = 'open sesame';

function openssl(args: string, input?: Buffer): Buffer {
  return execFileSync('openssl', args.split(' '), {
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PASSWORD: password },
  });
}

type Spelling = readonly [
  name: string,
  encoding: MaterialEncoding,
  spell: (pkcs8: Buffer, traditional: Buffer) => Buffer,
];

const oneLine = (bytes: Buffer, encoding: 'base64' | 'hex') =>
  Buffer.from(`${bytes.toString(encoding)}\n`);

/** Every way in; openssl packs what it is given, right or wrong. */
const spellings: readonly Spelling[] = [
  ['PKCS#8 DER', 'der', (pkcs8) => pkcs8],
  ['traditional DER', 'der', (_pkcs8, traditional) => traditional],
  ['PKCS#8 PEM', 'pem', (pkcs8) => pemOf('PRIVATE KEY', pkcs8)],
  ['PKCS#8 in Base64', 'base64', (pkcs8) => oneLine(pkcs8, 'base64')],
  ['traditional DER in Base64', 'base64', (_pkcs8, traditional) => oneLine(traditional, 'base64')],
  ['PKCS#8 in hex', 'hex', (pkcs8) => oneLine(pkcs8, 'hex')],
  [
    'encrypted PEM',
    'pem',
    (pkcs8) =>
      openssl(
        'pkcs8 -topk8 -v2 aes-256-cbc -iter 1000 -passout env:PASSWORD',
        pemOf('PRIVATE KEY', pkcs8),
      ),
  ],
  [
    'encrypted DER',
    'der',
    (pkcs8) =>
      openssl(
        'pkcs8 -topk8 -outform DER -v2 aes-256-cbc -iter 1000 -passout env:PASSWORD',
        pemOf('PRIVATE KEY', pkcs8),
      ),
  ],
  [
    'PKCS#12',
    'pkcs12',
    (pkcs8) =>
      openssl(
        'pkcs12 -export -nocerts -iter 1000 -passout env:PASSWORD',
        pemOf('PRIVATE KEY', pkcs8),
      ),
  ],
];

function open(content: Buffer, encoding: MaterialEncoding): Material {
  return openContent(Buffer.from(content), {
    encoding,
    password: Secret.fromText(password),
    attribute: 'material_file',
    spelling: wording,
    source: 'file "signing.key"',
  });
}

/** What `open` throws; undefined when it throws nothing. */
function refusalOf(
  content: Buffer,
  encoding: MaterialEncoding = 'der',
): { code: string; message: string } | undefined {
  try {
    open(content, encoding);
    return undefined;
  } catch (error) {
    if (!isByokError(error)) {
      throw error;
    }
    return { code: error.code, message: error.message };
  }
}

/** What would be imported. */
function sentOf(key: Buffer): string | undefined {
  return tryParsePrivateKey(key, 'der', undefined)?.pkcs8.reveal().toString('hex');
}

const contradicts =
  'the key material in file "signing.key" is a private key that contradicts itself: its ';

const rsaPem = openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048');
const rsa = rsaIntegersOf(rsaPem);

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

const middleFlipped = (name: RsaName): RsaIntegers => ({
  ...rsa,
  [name]: rsa[name] ^ (1n << 500n),
});

describe('RSA', () => {
  test('written by hand and right, it is the key that openssl made', () => {
    expect(tryParsePrivateKey(pkcs1(rsa), 'der', undefined)?.pkcs8.reveal()).toEqual(
      openssl('pkcs8 -topk8 -nocrypt -outform DER', rsaPem),
    );
  });

  describe.each(spellings)('as %s', (_name, encoding, spell) => {
    test.each([
      ['d', 'private exponent d does not belong to its public exponent e'],
      ['p', 'modulus n is not the product of its two primes p and q'],
      ['q', 'modulus n is not the product of its two primes p and q'],
      ['dp', 'number dp is not d modulo p - 1'],
      ['dq', 'number dq is not d modulo q - 1'],
      ['qi', 'number qInv is not the inverse of q modulo p'],
      ['n', 'modulus n is not the product of its two primes p and q'],
    ] as const)('a flipped bit in %s is found', (name, why) => {
      const key = pkcs1(middleFlipped(name));
      const refusal = refusalOf(spell(pkcs8OfRsa(key), key), encoding);
      expect(refusal).toEqual({
        code: 'ERR_MATERIAL_INVALID',
        message: expect.stringContaining(`${contradicts}${why};`),
      });
    });
  });

  const small = 'public exponent e is even, below 3, or not below its modulus';
  const broken: readonly [string, Buffer, string][] = [
    ['an exponent of 1', pkcs1({ ...rsa, e: 1n, d: 1n, dp: 1n, dq: 1n }), small],
    ['an exponent of 0', pkcs1({ ...rsa, e: 0n }), small],
    ['an even exponent', pkcs1({ ...rsa, e: 65536n }), small],
    ['another odd exponent', pkcs1({ ...rsa, e: 65539n }), 'private exponent d does not belong'],
    ['an exponent above its modulus', pkcs1({ ...rsa, e: rsa.n + 2n }), small],
    [
      'an exponent of 16,000 bits',
      pkcs1({ ...rsa, e: (1n << 16000n) + 1n }),
      'number e is negative or longer than its modulus',
    ],
    [
      'a private exponent of 30,000 bits',
      pkcs1({ ...rsa, d: 1n << 30000n }),
      'number d is negative or longer than its modulus',
    ],
    ['no private exponent', pkcs1({ ...rsa, d: 0n }), 'private exponent d does not belong'],
    [
      'a private exponent above its modulus',
      pkcs1({ ...rsa, d: rsa.n + 1n }),
      'private exponent d does not belong',
    ],
    [
      'no primes',
      pkcs1({ ...rsa, p: 0n, q: 0n, dp: 0n, dq: 0n, qi: 0n }),
      'modulus n is not the product',
    ],
    ['1 for a prime', pkcs1({ ...rsa, p: rsa.n, q: 1n }), 'modulus n is not the product'],
    [
      'one prime twice',
      pkcs1({ ...rsa, n: rsa.p * rsa.p, q: rsa.p, dq: rsa.dp }),
      'modulus n is not the product',
    ],
    [
      'its primes exchanged, and nothing else',
      pkcs1({ ...rsa, p: rsa.q, q: rsa.p }),
      'number dp is not',
    ],
    ['dp above p', pkcs1({ ...rsa, dp: rsa.dp + rsa.p - 1n }), 'number dp is not'],
    ['qInv above p', pkcs1({ ...rsa, qi: rsa.qi + rsa.p }), 'number qInv is not'],
    [
      'a negative exponent',
      pkcs1(rsa, { contents: { e: Buffer.from([0xff]) } }),
      'private exponent d does not belong',
    ],
    [
      'a version that nobody made',
      pkcs1(rsa, { version: 5n }),
      'version is not one that RSA keys have',
    ],
  ];
  test.each(broken)('with %s it is refused', (_name, key, why) => {
    expect(refusalOf(key)).toEqual({
      code: 'ERR_MATERIAL_INVALID',
      message: expect.stringContaining(`${contradicts}${why}`),
    });
  });

  test('with a product for a prime it is refused, though all its numbers belong together', () => {
    for (let round = 0; ; round += 1) {
      const [a, b, q] = [512, 512, 1024].map((bits) =>
        generatePrimeSync(bits, { bigint: true }),
      ) as [bigint, bigint, bigint];
      try {
        const numbers = rsaIntegersFrom(a * b, q, 65537n, (a * b - 1n) * (q - 1n));
        if (numbers.n >> 2047n === 1n) {
          expect(refusalOf(pkcs1(numbers))?.message).toContain(
            `${contradicts}numbers p and q are not both prime;`,
          );
          return;
        }
      } catch (error) {
        // 65537 divides one of the two, once in 30,000 times.
        expect([round < 5, String(error)]).toEqual([true, 'Error: has no inverse']);
      }
    }
  });

  test('the smaller prime may come first, and d may be the inverse for either period', () => {
    const exchanged = rsaIntegersFrom(rsa.q, rsa.p, rsa.e);
    const fingerprints = [pkcs1(rsa), pkcs1(exchanged)].map((key) => open(key, 'der').fingerprint);
    expect(fingerprints[1]).toBe(fingerprints[0]);
  });

  test('below 65537 the exponent is weak, which may be allowed', () => {
    for (const exponent of ['3', '17', '65535']) {
      const pem = openssl(
        `genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:${exponent}`,
      );
      const material = open(pem, 'pem');
      expect(() => material.checkFits('RSA_2048')).not.toThrow();
      expect(() => material.checkStrength()).toThrow('plainly weak (an RSA exponent below 65537)');
    }
    expect(() => open(rsaPem, 'pem').checkStrength()).not.toThrow();
  });

  test('property: a flipped bit in any number is refused, or leaves the very same key', () => {
    const same = sentOf(pkcs1(rsa));
    const places = fc.constantFrom(...rsaNames).chain((name) => {
      const bytes = numberBytes(rsa[name]);
      return fc.record({
        name: fc.constant(name),
        bytes: fc.constant(bytes),
        bit: fc.nat(bytes.length * 8 - 1),
      });
    });
    fc.assert(
      fc.property(places, ({ name, bytes, bit }) => {
        const key = pkcs1(rsa, { contents: { [name]: flipped(bytes, bit) } });
        const refusal = refusalOf(key);
        expect(refusal?.code ?? sentOf(key)).toBe(
          refusal === undefined ? same : 'ERR_MATERIAL_INVALID',
        );
      }),
      { numRuns: process.env.SLOW === '1' ? 5000 : 300 },
    );
  });
});

describe.each(['prime256v1', 'secp384r1'] as const)('EC on %s', (curve: CurveName) => {
  const order = orders[curve];
  const [a, b] = [1, 2].map(() =>
    scalarBytes(BigInt(`0x${randomBytes(64).toString('hex')}`) % (order - 1n), curve),
  ) as [Buffer, Buffer];
  const keySpec = curve === 'prime256v1' ? 'EC_P256' : 'EC_P384';
  const right = sec1(a, curve, pointOf(a, curve));

  test('with, without and with a short public half it is the same key, and what is sent is the same', () => {
    const halves = [
      pointOf(a, curve),
      undefined,
      pointOf(a, curve, 'compressed'),
      pointOf(a, curve, 'hybrid'),
    ];
    const keys = halves.map((half) => tryParsePrivateKey(sec1(a, curve, half), 'der', undefined));
    const expected = openssl('pkcs8 -topk8 -nocrypt -outform DER', pemOf('EC PRIVATE KEY', right));
    expect(keys.map((key) => key?.pkcs8.reveal())).toEqual(halves.map(() => expected));
    const publicKey = createPublicKey(
      createPrivateKey({ key: expected, format: 'der', type: 'pkcs8' }),
    ).export({
      type: 'spki',
      format: 'der',
    });
    expect(keys.map((key) => key?.publicKey)).toEqual(halves.map(() => publicKey));
  });

  test('with the numbers of its curve in place of its name it is the same key', () => {
    const name = curve === 'prime256v1' ? 'P-256' : 'P-384';
    const pem = openssl(
      `genpkey -algorithm EC -pkeyopt ec_paramgen_curve:${name} -pkeyopt ec_param_enc:explicit`,
    );
    const named = openssl('pkey -outform DER -pubout', openssl('ec -param_enc named_curve', pem));
    expect(open(pem, 'pem').fingerprint).toBe(
      `sha256:${createHash('sha256').update(named).digest('hex')}`,
    );
  });

  describe.each(spellings)('as %s', (_name, encoding, spell) => {
    test.each(['uncompressed', 'compressed'] as const)(
      'the public half of another key (%s) is found',
      (format) => {
        const key = sec1(a, curve, pointOf(b, curve, format));
        expect(refusalOf(spell(pkcs8OfEc(key, curve), key), encoding)).toEqual({
          code: 'ERR_MATERIAL_INVALID',
          message: `${contradicts}public half belongs to another private key; get an undamaged copy from where it was made`,
        });
      },
    );
  });

  const top = (1n << BigInt(a.length * 8)) - 1n;
  test.each([
    ['0', scalarBytes(0n, curve)],
    ['its order', scalarBytes(order, curve)],
    ['above its order', scalarBytes(top, curve)],
    ['nothing at all', Buffer.alloc(0)],
  ])('a private number that is %s is refused', (_name, scalar) => {
    for (const half of [undefined, pointOf(a, curve)]) {
      const key = sec1(scalar, curve, half);
      for (const content of [key, pkcs8OfEc(key, curve)]) {
        expect(refusalOf(content)?.message).toContain(
          `${contradicts}private number is zero, or not below the order of ${curve};`,
        );
      }
    }
  });

  test.each([1, 100, 5000])(
    'a private number that is %d bytes too long is refused, and Node lives on',
    (more) => {
      const key = sec1(Buffer.concat([Buffer.alloc(more, 1), a]), curve, undefined);
      expect(refusalOf(key)?.message).toContain(`${contradicts}number is too long for its curve;`);
    },
  );

  test('1 and the order less 1 are private numbers', () => {
    for (const scalar of [scalarBytes(1n, curve), scalarBytes(order - 1n, curve)]) {
      expect(() => open(sec1(scalar, curve, undefined), 'der').checkFits(keySpec)).not.toThrow();
    }
  });

  test('a private number that nobody would draw is weak', () => {
    expect(() =>
      open(sec1(Buffer.alloc(a.length, 5), curve, undefined), 'der').checkStrength(),
    ).toThrow('plainly weak (one byte repeated)');
    expect(() => open(right, 'der').checkStrength()).not.toThrow();
  });

  test('property: a flipped bit anywhere is refused, or leaves the very same key', () => {
    const whole = pkcs8OfEc(right, curve);
    const same = sentOf(whole);
    fc.assert(
      fc.property(fc.nat(whole.length * 8 - 1), (bit) => {
        const key = flipped(whole, bit);
        const refusal = refusalOf(key);
        expect(refusal?.code ?? sentOf(key)).toBe(
          refusal === undefined ? same : 'ERR_MATERIAL_INVALID',
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('refuses by name what no key_spec takes, before the spec of the key is known', () => {
  const allowed =
    'allowed are RSA with 2048 bits (RSA_2048), RSA with 3072 bits (RSA_3072), RSA with 4096 bits (RSA_4096), EC on prime256v1 (EC_P256), EC on secp384r1 (EC_P384)';
  const ec = (name: string) => `genpkey -algorithm EC -pkeyopt ec_paramgen_curve:${name}`;
  const kinds: readonly (readonly [string, string])[] = [
    ['Ed25519', 'genpkey -algorithm ED25519'],
    ['Ed448', 'genpkey -algorithm ED448'],
    ['X25519', 'genpkey -algorithm X25519'],
    ['X448', 'genpkey -algorithm X448'],
    [
      'RSA for PSS signatures only (RSA-PSS)',
      'genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048',
    ],
    ['RSA with 2048 bits and more than two primes', 'genrsa -primes 3 2048'],
    ['RSA with 1024 bits', 'genrsa 1024'],
    ['RSA with 2047 bits', 'genrsa 2047'],
    ['RSA with 2056 bits', 'genrsa 2056'],
    ['Diffie-Hellman', 'genpkey -algorithm DH -pkeyopt group:ffdhe2048'],
    ['DSA', 'dsaparam -genkey -noout 1024'],
    ['SM2', 'genpkey -algorithm SM2'],
    ...[
      'secp256k1',
      'secp521r1',
      'secp224r1',
      'brainpoolP256r1',
      'brainpoolP384r1',
      'sect283k1',
    ].map((name) => [`EC on ${name}`, ec(name)] as const),
    ['EC on brainpoolP256r1', `${ec('brainpoolP256r1')} -pkeyopt ec_param_enc:explicit`],
  ];

  test.each(kinds)('%s', (kind, make) => {
    const pem = openssl(make);
    const message = `the key material in file "signing.key" is a private key, ${kind}, which no key_spec takes; ${allowed}`;
    const pkcs8 = openssl('pkcs8 -topk8 -nocrypt -outform DER', pem);
    const contents: readonly [Buffer, MaterialEncoding][] = [
      [pem, 'pem'],
      [pkcs8, 'der'],
      [oneLine(pkcs8, 'base64'), 'base64'],
      [openssl('pkcs12 -export -nocerts -iter 1000 -passout env:PASSWORD', pem), 'pkcs12'],
    ];
    for (const [content, encoding] of contents) {
      expect(refusalOf(content, encoding)).toEqual({ code: 'ERR_MATERIAL_INVALID', message });
    }
  });

  test('a third prime, whatever the version says', () => {
    const third = der(0x30, der(0x30, integer(3n), integer(1n), integer(2n)));
    for (const version of [0n, 1n]) {
      expect(refusalOf(pkcs1(rsa, { version, more: [third] }))?.message).toContain(
        'RSA with 2048 bits and more than two primes',
      );
    }
  });

  test('the name comes before what is wrong with it', () => {
    const short = rsaIntegersOf(openssl('genrsa 1024'));
    expect(refusalOf(pkcs1({ ...short, d: 1n }))?.message).toContain(
      'RSA with 1024 bits, which no key_spec takes',
    );
  });

  test('what is longer than any of them is not calculated with', () => {
    const prime = (1n << 40000n) - 1n;
    const dsa = der(
      0x30,
      integer(0n),
      der(
        0x30,
        Buffer.from('06072a8648ce380401', 'hex'),
        der(0x30, ...[prime, prime, 3n].map(integer)),
      ),
      der(0x04, integer(prime)),
    );
    const reason = `which is longer than any that a key_spec takes; ${allowed}`;
    expect(refusalOf(dsa)?.message).toContain(
      `has a private key of ${dsa.length} bytes, ${reason}`,
    );
    expect(refusalOf(pemOf('PRIVATE KEY', dsa), 'pem')?.message).toContain(reason);
  });
});

describe('of a damaged copy', () => {
  const curve = 'prime256v1';
  const scalar = scalarBytes(orders[curve] - 5n, curve);
  const ecKey = sec1(scalar, curve, pointOf(scalar, curve));
  const keys: readonly [string, Buffer][] = [
    ['PKCS#1', pkcs1(rsa)],
    ['PKCS#8 of RSA', pkcs8OfRsa(pkcs1(rsa))],
    ['SEC1', ecKey],
    ['PKCS#8 of EC', pkcs8OfEc(ecKey, curve)],
  ];

  test.each(keys)('a part is refused: %s', (_name, key) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: key.length - 1 }), (length) => {
        expect(refusalOf(key.subarray(0, length))?.code).toBe('ERR_MATERIAL_INVALID');
      }),
      { numRuns: 60 },
    );
  });

  test.each(keys)('bytes behind the end are refused: %s', (_name, key) => {
    const longer = Buffer.concat([key, Buffer.from('\n')]);
    const message =
      'the key material in file "signing.key" has 1 bytes after the end of its private key; remove them';
    expect(refusalOf(longer)?.message).toBe(message);
    expect(refusalOf(oneLine(longer, 'base64'), 'base64')?.message).toBe(message);
  });

  test.each(keys)(
    'property: any byte replaced is refused or leaves the same key, and nothing worse: %s',
    (_name, key) => {
      const same = sentOf(key);
      fc.assert(
        fc.property(fc.nat(key.length - 1), fc.nat(255), (at, byte) => {
          const changed = Buffer.from(key);
          changed[at] = byte;
          const refusal = refusalOf(changed);
          expect(refusal?.code ?? sentOf(changed)).toBe(
            refusal === undefined ? same : 'ERR_MATERIAL_INVALID',
          );
        }),
        { numRuns: 200 },
      );
    },
  );
});

test('wipes what it refuses', () => {
  const content = pkcs1(middleFlipped('d'));
  const options = { password: undefined, attribute: undefined, spelling: wording, source: 'x' };
  expect(() => openContent(content, { ...options, encoding: 'der' })).toThrow('contradicts itself');
  expect(content.every((byte) => byte === 0)).toBe(true);
});
