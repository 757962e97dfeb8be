/**
 * Loads the formats of `byok report` and their libraries, which are bundled in a file of their own:
 * no other command waits for them.
 */
export function loadOutputs(): typeof import('../report/watch/outputs') {
  return require('../report/watch/outputs') as typeof import('../report/watch/outputs');
}
