/** The switches of material as flags, each described once for the commands that offer it. */
import type { Command } from 'commander';
import { type Switch, switches } from '../terms/material-options';
import { flagOf } from './wording';

const meanings: Readonly<Record<Switch, string>> = {
  allowInterruption: 'refuse a change of expiry, during which the key cannot be used',
  allowUnverifiedRenewal:
    'delete and import material again even if nothing proves that it is the same',
  allowWeakMaterial:
    'import material even if it is plainly weak (few different bytes, a repeated pattern, text, a counter, an RSA exponent below 65537)',
};

export function addSwitchFlags(command: Command, offered: readonly Switch[] = switches): Command {
  return offered.reduce((extended, name) => extended.option(flagOf(name), meanings[name]), command);
}
