/**
 * The command lines for the offline machine: those of the vendors' user guides ("Importing Key
 * Materials"), word for word, with their file names. The guides take RSA as their example; for EC
 * only the line that makes the key differs.
 */
import { type KeySpec, type KeySpecRow, keySpecs, type WrappingAlgorithm } from '../terms/kms';

export interface OfflineStep {
  readonly why: string;
  readonly commands: readonly string[];
}

/** Files to take to the offline machine. */
export const publicKeyFile = 'PublicKey.bin';

/** Files to bring back from there. */
export const encryptedMaterialFile = 'EncryptedKeyMaterial.bin';
export const encryptedPrivateKeyFile = 'out_rsa_private_key.der';

/** All other files that the commands make: they must never come back. */
export const plaintextFiles = [
  'PlaintextKeyMaterial.bin',
  '0xPlaintextKeyMaterial.bin',
  'pkcs1_rsa_private_key.pem',
  'ec_private_key.pem',
  'rsa_private_key.pem',
  'rsa_private_key.der',
] as const;

const oaep = (hash: string): string =>
  'openssl pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out ' +
  'EncryptedKeyMaterial.bin -keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep ' +
  `-pkeyopt rsa_oaep_md:${hash}`;

const wrapping: Readonly<Record<WrappingAlgorithm, string>> = {
  RSAES_OAEP_SHA_256: oaep('sha256'),
  RSAES_OAEP_SHA_1: oaep('sha1'),
  RSAES_PKCS1_V1_5:
    'openssl rsautl -encrypt -pubin -keyform der -inkey PublicKey.bin -pkcs -in PlaintextKeyMaterial.bin -out EncryptedKeyMaterial.bin',
};

/** Names of the files that come back. */
export function filesToCarryBack(keySpec: KeySpec): string[] {
  return keySpecs[keySpec].family === 'symmetric'
    ? [encryptedMaterialFile]
    : [encryptedMaterialFile, encryptedPrivateKeyFile];
}

export function offlineSteps(keySpec: KeySpec, algorithm: WrappingAlgorithm): OfflineStep[] {
  const row: KeySpecRow = keySpecs[keySpec];
  const wrap = {
    why: 'wrap it: only the KMS can open the result',
    commands: [wrapping[algorithm]],
  };
  if (row.family === 'symmetric') {
    return [
      {
        why: `draw the key material; leave this out if you bring ${row.materialBytes} bytes of your own in a file of this name`,
        commands: [`openssl rand -out PlaintextKeyMaterial.bin ${row.materialBytes}`],
      },
      wrap,
    ];
  }
  const [file, generate] =
    row.family === 'rsa'
      ? [
          'pkcs1_rsa_private_key.pem',
          `openssl genrsa -out pkcs1_rsa_private_key.pem ${row.modulusBits}`,
        ]
      : [
          'ec_private_key.pem',
          `openssl ecparam -name ${row.curve} -genkey -noout -out ec_private_key.pem`,
        ];
  return [
    {
      why: 'draw an intermediate key: a private key is too long to be wrapped by RSA itself',
      commands: [
        'openssl rand -out 0xPlaintextKeyMaterial.bin -hex 32',
        'cat 0xPlaintextKeyMaterial.bin | xxd -r -ps > PlaintextKeyMaterial.bin',
      ],
    },
    wrap,
    {
      why: 'make the private key; leave this out if you bring your own in a file of this name',
      commands: [generate],
    },
    {
      why: 'spell it as PKCS#8 in DER',
      commands: [
        `openssl pkcs8 -topk8 -inform PEM -in ${file} -outform pem -nocrypt -out rsa_private_key.pem`,
        'openssl pkcs8 -topk8 -inform PEM -outform DER -in rsa_private_key.pem -out rsa_private_key.der -nocrypt',
      ],
    },
    {
      why: 'wrap it with the intermediate key',
      commands: [
        'openssl enc -id-aes256-wrap-pad -K $(cat 0xPlaintextKeyMaterial.bin) -iv A65959A6 ' +
          '-in rsa_private_key.der -out out_rsa_private_key.der',
      ],
    },
  ];
}
