/**
 * Types of the matchers, and how they join jest's `expect`.
 * You can import `cdktf-byok/testing` without jest and without its types:
 * then these declarations extend nothing.
 */
import type { ImportExpectation } from './import-expectation';

/** Options of `toExpireBefore`. */
export interface ExpireBeforeOptions {
  /**
   * The moment of the import; a rolling expiry counts from it.
   * @default - the real time
   */
  readonly now?: () => Date;
}

/**
 * What `expect.extend(byokMatchers)` adds. The received value is a `Synthesis`,
 * one of its imports, a stack of a cdktf or cdktn app, or the content of `cdk.tf.json`. For vitest:
 * `declare module 'vitest' { interface Assertion<T = any> extends ByokMatchers<void> {} }`.
 */
export interface ByokMatchers<R = unknown> {
  /** The stack declares an import of key material with all of these properties. */
  toImportKeyMaterial(expected?: ImportExpectation): R;
  /**
   * Every import of key material in the stack expires before this instant.
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
