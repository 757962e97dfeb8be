/** Kinds of keys by the object identifier of their algorithm, in the words of messages. */

const kinds: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'RSA',
  '1.2.840.113549.1.1.7': 'RSA for OAEP only',
  '1.2.840.113549.1.1.10': 'RSA for PSS signatures only (RSA-PSS)',
  '1.2.840.10045.2.1': 'EC',
  '1.2.840.10040.4.1': 'DSA',
  '1.2.840.113549.1.3.1': 'Diffie-Hellman',
  '1.2.840.10046.2.1': 'Diffie-Hellman of X9.42',
  '1.3.101.110': 'X25519',
  '1.3.101.111': 'X448',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
  '1.2.156.10197.1.301': 'SM2',
  '1.2.643.2.2.19': 'GOST R 34.10-2001',
  '1.2.643.7.1.1.1.1': 'GOST R 34.10-2012',
  '1.2.643.7.1.1.1.2': 'GOST R 34.10-2012',
  '2.16.840.1.101.3.4.4.1': 'ML-KEM-512',
  '2.16.840.1.101.3.4.4.2': 'ML-KEM-768',
  '2.16.840.1.101.3.4.4.3': 'ML-KEM-1024',
  '2.16.840.1.101.3.4.3.17': 'ML-DSA-44',
  '2.16.840.1.101.3.4.3.18': 'ML-DSA-65',
  '2.16.840.1.101.3.4.3.19': 'ML-DSA-87',
};

/** SLH-DSA has twelve, one after the other. */
const slhDsa = /^2\.16\.840\.1\.101\.3\.4\.3\.(?:2\d|3[01])$/;

export function nameKeyAlgorithm(oid: string | undefined): string {
  const name = kinds[oid ?? ''] ?? (slhDsa.test(oid ?? '') ? 'SLH-DSA' : undefined);
  return (
    name ??
    `of an algorithm that this program does not know (object identifier ${oid ?? 'missing'})`
  );
}
