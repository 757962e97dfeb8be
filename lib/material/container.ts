/** Recognizes the forms in which private keys come. */
import {
  childrenOf,
  type DerElement,
  derTags,
  tryReadElement,
  tryReadInteger,
  tryReadOid,
} from './der';
import { looksLikePem } from './pem';

export type Container = 'pem' | 'der' | 'pkcs12';

/** Undefined if it is none of them, or not whole. */
export function tryFindContainer(bytes: Buffer): Container | undefined {
  if (looksLikePem(bytes)) {
    return 'pem';
  }
  const element = bytes[0] === derTags.sequence ? tryReadElement(bytes) : undefined;
  return element === undefined ? undefined : isPkcs12(childrenOf(element)) ? 'pkcs12' : 'der';
}

/** A PFX (RFC 7292): version 3, and a ContentInfo. */
export function isPkcs12([version, authSafe]: readonly DerElement[]): boolean {
  return (
    tryReadInteger(version) === 3 &&
    (tryReadOid(childrenOf(authSafe)[0]) ?? '').startsWith('1.2.840.113549.1.7.')
  );
}
