/**
 * PKCS#12 files (.p12, .pfx) by node-forge, which Node itself cannot open. Loaded only where one is declared: the library is larger
 * than everything else the provider has.
 */
import forge from 'node-forge';
import type { Secret } from '../secret';

/**
 * @returns PKCS#8 DER of the only private key; undefined when there is none or more than one
 * @throws Error when the file is none, or the password is wrong
 */
export function privateKeyOfPkcs12(content: Buffer, password: Secret | undefined): Buffer | undefined {
  const asn1 = forge.asn1.fromDer(content.toString('binary'));
  const { pkcs8ShroudedKeyBag, keyBag } = forge.pki.oids as Record<string, string>;
  const file = withoutParsingKeys(() => forge.pkcs12.pkcs12FromAsn1(asn1, password?.revealText() ?? ''));
  const keys = [pkcs8ShroudedKeyBag, keyBag].flatMap((bagType) =>
    bagType === undefined ? [] : (file.getBags({ bagType })[bagType] ?? []),
  );
  const [only, ...others] = keys;
  if (only === undefined || others.length > 0) {
    return undefined;
  }
  return Buffer.from(forge.asn1.toDer(only.asn1).getBytes(), 'binary');
}

/**
 * Where node-forge can read a key as RSA it keeps the eight numbers and drops the rest: that it has more than two primes, or is for PSS
 * only. What it cannot read it leaves as the PKCS#8 structure that it came in.
 */
function withoutParsingKeys<T>(open: () => T): T {
  const pki = forge.pki as { privateKeyFromAsn1: unknown };
  const { privateKeyFromAsn1 } = pki;
  pki.privateKeyFromAsn1 = () => {
    throw new Error('is left unread');
  };
  try {
    return open();
  } finally {
    pki.privateKeyFromAsn1 = privateKeyFromAsn1;
  }
}
