/**
 * An emulator for the tests of one file or `describe`.
 * It starts before the first test and closes after the last.
 */
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator/emulator';
import { ByokError } from '../errors';

/** The hooks of a test framework that run code before and after all tests. */
export interface TestHooks {
  /** Runs `act` before the first test. */
  readonly beforeAll: (act: () => Promise<void>) => unknown;
  /** Runs `act` after the last test. */
  readonly afterAll: (act: () => Promise<void>) => unknown;
}

/**
 * Starts an emulator for the tests of this file or `describe`.
 *
 * @param hooks for frameworks without global hooks: `{ beforeAll, afterAll }` of `@jest/globals`
 * or vitest, `{ beforeAll: before, afterAll: after }` of `node:test`
 * @returns a function that gives the emulator; call it in tests and hooks, while the emulator runs
 * @throws ByokError ERR_ARGUMENT when there are no hooks
 *
 * @example
 * const emulator = useEmulator();
 *
 * test('the emulator listens', () => expect(emulator().url).toMatch(/^http:/));
 */
export function useEmulator(
  options: EmulatorOptions = {},
  hooks: TestHooks = globalHooks(),
): () => Emulator {
  let emulator: Emulator | undefined;
  hooks.beforeAll(async () => {
    emulator = await startEmulator(options);
  });
  hooks.afterAll(async () => {
    await emulator?.close();
    emulator = undefined;
  });
  return () => {
    if (emulator === undefined) {
      throw new ByokError(
        'ERR_ARGUMENT',
        'the emulator is not running; ask for it in a test, a beforeEach, or a beforeAll that comes later',
      );
    }
    return emulator;
  };
}

function globalHooks(): TestHooks {
  const { beforeAll, afterAll } = globalThis as Partial<TestHooks>;
  if (beforeAll === undefined || afterAll === undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      'useEmulator finds no global beforeAll and afterAll; pass those of your test framework: useEmulator({}, { beforeAll, afterAll })',
    );
  }
  return { beforeAll, afterAll };
}
