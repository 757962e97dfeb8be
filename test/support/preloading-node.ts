/**
 * Environment in which the provider, whose launcher clears NODE_OPTIONS, loads a script before
 * everything else.
 */
import { delimiter, join } from 'node:path';

export function preloading(script: string): Record<string, string> {
  return {
    PATH: [join(__dirname, 'preloading-node'), process.env.PATH].join(delimiter),
    TEST_PRELOAD: script,
  };
}
