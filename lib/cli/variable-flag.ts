/**
 * Flags that take the name of an environment variable, checked before the variable is looked up.
 */
import { Option } from 'commander';
import { ByokError } from '../errors';
import { materialRules } from '../terms/rules';

/**
 * The value may be the secret itself, so the message never shows it.
 *
 * @param flag for example "--material-env"
 * @returns an option that throws ByokError ERR_ARGUMENT while it is parsed
 */
export function variableFlag(flag: string, description: string): Option {
  return new Option(`${flag} <NAME>`, description).argParser((name) => {
    const { accepts, allowed } = materialRules.variableName;
    if (!accepts(name)) {
      throw new ByokError(
        'ERR_ARGUMENT',
        `${flag} is no name of an environment variable (not shown, it may be the secret ` +
          `itself); allowed are ${allowed}`,
      );
    }
    return name;
  });
}
