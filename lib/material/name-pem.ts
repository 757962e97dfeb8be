/**
 * Names a PEM by its label, and one of a private key by what keeps us from opening it. Loaded only
 * if something could not be opened.
 */
import { getCipherInfo } from 'node:crypto';
import type { Phrase } from '../terms/setting';
import { hasCipher } from './encryption';
import { nameEncrypted, noPrivateKey, tryNameDer } from './name-der';
import { nameOpenSsh } from './name-ssh';
import { encryptionOf, type PemBlock, tryDecodeBlock } from './pem';

export const makeOne =
  'make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out NEW.pem';

export const openPgp = `an OpenPGP private key, which OpenSSL cannot convert; ${makeOne}`;

/** By the labels of RFC 7468, and of programs that have their own. */
export const labels: readonly (readonly [label: RegExp, name: Phrase])[] = [
  [/^(?:X509 |TRUSTED )?CERTIFICATE$/, `a certificate (X.509), ${noPrivateKey}`],
  [/^(?:NEW )?CERTIFICATE REQUEST$/, `a certificate request (CSR), ${noPrivateKey}`],
  [/^X509 CRL$/, `a revocation list (CRL), ${noPrivateKey}`],
  [/^PGP PRIVATE KEY BLOCK$/, openPgp],
  [/^PGP PUBLIC KEY BLOCK$/, `an OpenPGP public key, ${noPrivateKey}`],
  [/^PGP MESSAGE$/, 'encrypted with OpenPGP; decrypt it first: gpg --decrypt FILE > NEW'],
  [/PUBLIC KEY$/, `a public key, ${noPrivateKey}`],
  [/^(?:PKCS7|PKCS #7 SIGNED DATA|CMS)$/, `PKCS#7 (CMS), ${noPrivateKey}`],
  [
    /^EC PARAMETERS$/,
    'the parameters of a curve (EC PARAMETERS) without a key; make both: openssl ecparam -name prime256v1 -genkey -noout -out NEW.pem',
  ],
  [/^(?:X9\.42 )?DH PARAMETERS$/, `parameters of Diffie-Hellman (DH PARAMETERS), ${noPrivateKey}`],
  [/^DSA PARAMETERS$/, `parameters of DSA (DSA PARAMETERS), ${noPrivateKey}`],
  [
    /^(?:PKCS12|PFX)$/,
    ({ name }) =>
      'a PKCS#12 file in PEM, as GnuTLS and certutil write it; convert it: grep -v -e ----- FILE > NEW, ' +
      `and set ${name('materialEncoding')} to "base64"`,
  ],
  [
    /^AGE ENCRYPTED FILE$/,
    'encrypted with age; decrypt it first: age --decrypt -i IDENTITY FILE > NEW',
  ],
];

/** Labels of private keys in forms other than PKCS#8, PKCS#1 or SEC 1. */
const privateLabels: readonly (readonly [label: RegExp, name: Phrase])[] = [
  [
    /^ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY$/,
    `a private key of Cosign (Sigstore), which no other program opens; ${makeOne}`,
  ],
  [/^TSS2 PRIVATE KEY$/, `a private key of a TPM (TSS2), which it leaves in no form; ${makeOne}`],
  [
    /^NEBULA /,
    ({ name }) => `a private key of Nebula, which no ${name('keySpec')} takes; ${makeOne}`,
  ],
];

/** A PEM whose label says that it is a private key. */
export function nameUnopened(block: PemBlock, hasPassword: boolean): Phrase {
  if (block.body === undefined) {
    return (
      'cut off: its line "-----END ' +
      `${/^(?:(?:ENCRYPTED|RSA|EC|DSA|OPENSSH) )?PRIVATE KEY$/.test(block.label) ? block.label : '…'}-----" ` +
      'is missing; get a complete copy from where it was made'
    );
  }
  const cipher = encryptionOf(block);
  if (cipher !== undefined) {
    const isKnown = getCipherInfo(cipher.toLowerCase()) !== undefined;
    const encryption = {
      name: isKnown ? cipher.toUpperCase() : 'of an unknown cipher',
      isHere: hasCipher(cipher),
    };
    return nameEncrypted(encryption, hasPassword, 'openssl pkcs8 -topk8');
  }
  const named = privateLabels.find(([label]) => label.test(block.label))?.[1];
  if (named !== undefined) {
    return named;
  }
  const der = tryDecodeBlock(block);
  if (der === undefined) {
    return 'PEM with characters other than Base64 between its BEGIN and END lines; get an undamaged copy from where it was made';
  }
  try {
    const name = block.label.startsWith('OPENSSH')
      ? nameOpenSsh(der)
      : tryNameDer(der, hasPassword, 'openssl pkcs8 -topk8');
    return (
      name ??
      'PEM that is damaged: there is no private key between its BEGIN and END lines; get an undamaged copy from where it was made'
    );
  } finally {
    der.fill(0);
  }
}
