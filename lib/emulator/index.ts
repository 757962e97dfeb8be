/** Public subpath `cdktf-byok/emulator`. */
export type { AccessKey, TemporaryAccessKey } from './access-keys';
export type { EmulatorControl } from './control';
export { type Emulator, type EmulatorOptions, startEmulator } from './emulator';
export type { Fault } from './faults';
export type { JournalEntry } from './journal';
