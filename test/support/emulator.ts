/**
 * The emulator as most tests want it: they make hundreds of imports, and an RSA pair for each would
 * take more time than all the rest.
 */
import { type Emulator, type EmulatorOptions, startEmulator as start } from '../../lib/emulator';

export * from '../../lib/emulator';

/** With one wrapping key, unless the options say otherwise. */
export function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  return start({ oneWrappingKey: true, ...options });
}
