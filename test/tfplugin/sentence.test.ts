import { sentence } from '../../lib/tfplugin/calls/diagnostics';

test.each([
  ['the key is disabled', 'The key is disabled.'],
  ['fingerprint is pinned to something else', 'Fingerprint is pinned to something else.'],
  ['material_file is a folder', 'material_file is a folder.'],
  ['enabled = false is declared', 'enabled = false is declared.'],
  ['"orders" is no key', '"orders" is no key.'],
  ['provider::byok::fingerprint takes text', 'provider::byok::fingerprint takes text.'],
])('%s: only a word of ours gets a capital', (message, printed) => {
  expect(sentence(message)).toBe(printed);
});
