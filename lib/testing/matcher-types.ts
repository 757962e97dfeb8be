/**
 * Types of the matchers, and how jest's `expect` comes to have them. Whoever imports `cdktf-byok/testing` needs neither jest nor its
 * types for that: without them these declarations add to nothing.
 */
import type { ImportExpectation } from './import-expectation';

/** How `toExpireBefore` counts. */
export interface ExpireBeforeOptions {
  /**
   * The moment of the import, from which a rolling expiry counts.
   * @default - the real time
   */
  readonly now?: () => Date;
}

/**
 * What `expect.extend(byokMatchers)` adds. The received value is a `Synthesis`, one of its imports, a stack of a cdktf or cdktn app, or the
 * content of `cdk.tf.json`. For vitest: `declare module 'vitest' { interface Assertion<T = any> extends ByokMatchers<void> {} }`.
 */
export interface ByokMatchers<R = unknown> {
  /** An import of key material is declared, with all of these properties. */
  toImportKeyMaterial(expected?: ImportExpectation): R;
  /**
   * Every import of key material is declared to expire before this instant.
   * @param instant a Date, or RFC 3339 such as "2030-01-31T00:00:00Z"
   */
  toExpireBefore(instant: Date | string, options?: ExpireBeforeOptions): R;
}

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: declared like this in @types/jest
    interface Matchers<R, T = {}> extends ByokMatchers<R> {}
  }
}

// biome-ignore lint/suspicious/noTsIgnore: an error only where there is no jest
/** @ts-ignore: for the `expect` of `@jest/globals`, a module that is not there without jest */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends ByokMatchers<R> {}
}
