/** What users install, from `dist/`: types from the sources, code from the build. */
type Emulator = typeof import('../lib/emulator');
type ProviderBundle = typeof import('../lib/mirror/provider-bundle');
type WriteMirror = typeof import('../lib/mirror/write-mirror');

export const built = {
  emulator: require('../dist/emulator/index.js') as Emulator,
  providerBundle: require('../dist/mirror/provider-bundle.js') as ProviderBundle,
  writeMirror: require('../dist/mirror/write-mirror.js') as WriteMirror,
};
