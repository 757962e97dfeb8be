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
  const file = forge.pkcs12.pkcs12FromAsn1(asn1, password?.revealText() ?? '');
  const keys = [pkcs8ShroudedKeyBag, keyBag].flatMap((bagType) =>
    bagType === undefined ? [] : (file.getBags({ bagType })[bagType] ?? []),
  );
  const [only, ...others] = keys;
  if (only === undefined || others.length > 0) {
    return undefined;
  }
  // An RSA key was parsed already; any other kind is left as the PKCS#8 structure that it came in.
  const info = only.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(only.key)) : only.asn1;
  return Buffer.from(forge.asn1.toDer(info).getBytes(), 'binary');
}
