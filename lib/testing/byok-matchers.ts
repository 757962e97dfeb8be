/** The matchers, for `expect.extend` of jest and of frameworks that call matchers as jest does. */
import { Construct } from 'constructs';
import { ByokError } from '../errors';
import { formatInstant, parseExpirationTime } from '../terms/expiration-time';
import { refuseUnknownNames } from '../terms/known-names';
import { describeExpiration, expirationOf } from './expiration';
import {
  type Difference,
  differencesFrom,
  expectedNames,
  type ImportExpectation,
} from './import-expectation';
import type { ExpireBeforeOptions } from './matcher-types';
import { propertyNames } from './property-names';
import { readSynthesis, type Synthesis, synth } from './synthesis';
import type { SynthesizedImport } from './synthesized-import';

/** The part of `this` that the matchers use. jest and vitest both provide it. */
interface MatcherContext {
  readonly isNot?: boolean | undefined;
  equals(actual: unknown, expected: unknown): boolean;
  readonly utils: {
    matcherHint(
      name: string,
      received?: string,
      expected?: string,
      options?: { isNot?: boolean },
    ): string;
    printExpected(value: unknown): string;
    printReceived(value: unknown): string;
  };
}

interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/**
 * Matchers for the declarations of imported keys. `ByokMatchers` documents them.
 *
 * @example
 * expect.extend(byokMatchers);
 *
 * test('the payments key is pinned and expires with the contract', () => {
 *   expect(stack).toImportKeyMaterial({ alias: 'payments', fingerprint: expect.any(String) });
 *   expect(stack).toExpireBefore('2031-01-01T00:00:00Z');
 * });
 */
export const byokMatchers = { toImportKeyMaterial, toExpireBefore };

function toImportKeyMaterial(
  this: MatcherContext,
  received: unknown,
  expected: ImportExpectation = {},
): MatcherResult {
  refuseUnknownNames(expected, expectedNames, 'an import of key material');
  const compared = importsOf(received).map((subject) => ({
    address: subject.address,
    differences: differencesFrom(expected, subject, this.equals),
  }));
  const matching = compared.filter(({ differences }) => differences.length === 0);
  const { printExpected, printReceived } = this.utils;
  const wishes = Object.entries(expected).map(
    ([property, value]) => `${property} ${printExpected(value)}`,
  );
  const wanted = `import of key material${wishes.length === 0 ? '' : ` with ${wishes.join(', ')}`}`;
  const has = ({ property, actual }: Difference): string =>
    actual === undefined ? `no ${property}` : `${property} ${printReceived(actual)}`;
  return {
    pass: matching.length > 0,
    message: () => {
      const hint = hintOf(this, 'toImportKeyMaterial', 'expected');
      if (matching.length > 0) {
        return lines(
          hint,
          '',
          `expected no ${wanted}, but there is`,
          ...matching.map(({ address }) => `  ${address}`),
        );
      }
      if (compared.length === 0) {
        return lines(hint, '', `expected an ${wanted}, but the stack imports none`);
      }
      const found = compared.map(
        ({ address, differences }) => `  ${address} has ${differences.map(has).join(', ')}`,
      );
      return lines(hint, '', `expected an ${wanted}, but`, ...found);
    },
  };
}

function toExpireBefore(
  this: MatcherContext,
  received: unknown,
  instant: Date | string,
  options: ExpireBeforeOptions = {},
): MatcherResult {
  refuseUnknownNames(options, propertyNames.ExpireBeforeOptions, 'toExpireBefore');
  const { now = () => new Date() } = options;
  const limit = limitOf(instant);
  const imports = importsOf(received);
  if (imports.length === 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'the stack imports no key material, so there is nothing that could expire; test a stack that does',
    );
  }
  const moment = now();
  const expiries = imports.map((subject) => expirationOf(subject, moment));
  const late = expiries.filter((expiry) => expiry.instant === undefined || expiry.instant >= limit);
  const pass = late.length === 0;
  return {
    pass,
    message: () =>
      lines(
        hintOf(this, 'toExpireBefore', 'instant'),
        '',
        `expected ${pass ? 'not ' : ''}every import of key material to expire before ` +
          `${this.utils.printExpected(formatInstant(limit))}, but`,
        ...(pass ? expiries : late).map((expiry) => `  ${describeExpiration(expiry)}`),
      ),
  };
}

function hintOf({ utils, isNot }: MatcherContext, name: string, argument: string): string {
  return utils.matcherHint(name, 'stack', argument, { isNot: isNot ?? false });
}

function lines(...all: readonly string[]): string {
  return all.join('\n');
}

function limitOf(instant: Date | string): Date {
  const limit = instant instanceof Date ? instant : tryParse(instant);
  if (limit === undefined || Number.isNaN(limit.getTime())) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'the instant to expire before is ' +
        `${instant instanceof Date ? 'an invalid Date' : `"${instant}"`}; allowed is a Date, or ` +
        'RFC 3339 such as "2030-01-31T00:00:00Z"',
    );
  }
  return limit;
}

/** Undefined also for "never", which is not an instant. */
function tryParse(text: string): Date | undefined {
  try {
    return parseExpirationTime(text);
  } catch {
    return undefined;
  }
}

/** @throws ByokError ERR_ARGUMENT when the value cannot declare imports */
function importsOf(received: unknown): readonly SynthesizedImport[] {
  if (typeof received === 'string') {
    return readSynthesis(received).imports;
  }
  if (typeof received !== 'object' || received === null) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `the tested value is ${received === null ? 'null' : `of type ${typeof received}`}; ` +
        'allowed are a stack, what synth returns, one of its imports, or the content of ' +
        'cdk.tf.json',
    );
  }
  if (Construct.isConstruct(received)) {
    return synth(received).imports;
  }
  if (isImport(received)) {
    return [received];
  }
  return isSynthesis(received) ? received.imports : readSynthesis(received).imports;
}

function isImport(value: object): value is SynthesizedImport {
  return 'address' in value && 'attributes' in value;
}

function isSynthesis(value: object): value is Synthesis {
  return 'imports' in value && 'json' in value;
}
