/** Public subpath `cdktf-byok/testing`: helpers for tests of stacks that declare imported keys. */
export { type Emulator, type EmulatorOptions, startEmulator } from '../emulator/emulator';
export { byokMatchers } from './byok-matchers';
export { type EmulatorConnection, emulatorConnection } from './emulator-connection';
export type { ImportExpectation } from './import-expectation';
export type { ByokMatchers, ExpireBeforeOptions } from './matcher-types';
export {
  readSynthesis,
  type Synthesis,
  type SynthOptions,
  synth,
  type TerraformJson,
} from './synthesis';
export type { Configured, SynthesizedImport, SynthesizedKey } from './synthesized-import';
export { type TestHooks, useEmulator } from './use-emulator';
