/** A wish of an expiry, as tests spell it: an instant, never, or a wish already. */
import { type ExpirationWish, fixed } from '../../lib/lifecycle/expiration-wish';

export type Spelled = Date | undefined | ExpirationWish;

export const asWish = (spelled: Spelled): ExpirationWish =>
  spelled instanceof Date || spelled === undefined ? fixed(spelled) : spelled;
