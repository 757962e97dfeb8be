/** Flags that take the path of a file, checked before the file is opened. */
import { existsSync } from 'node:fs';
import { ByokError } from '../errors';
import { isContent } from '../material/given-content';

/**
 * A message must not show content that was given in place of its path.
 *
 * @param flag for example "--material-file"
 * @throws ByokError ERR_ARGUMENT
 */
export function pathOf(flag: string, text: string): string {
  if (isContent(text) && !existsSync(text)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${flag} is no path but a text of ${text.length} characters, which is not shown, since it may be the content itself; give the path of a file`,
    );
  }
  return text;
}
