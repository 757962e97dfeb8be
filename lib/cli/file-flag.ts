/** Flags that take a path: content that was given in its place is refused before anything is done. */
import { existsSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { ByokError } from '../errors';
import { isContent } from '../terms/given-content';

/** Every flag of the command and those below it whose value is a FILE or DIR. */
export function refuseContentAsPath(command: Command): void {
  for (const option of command.options.filter(takesPath)) {
    const parse = option.parseArg;
    option.argParser((text: string, previous: unknown) => {
      requirePath(option, text);
      return parse === undefined ? text : parse(text, previous);
    });
  }
  for (const subcommand of command.commands) {
    refuseContentAsPath(subcommand);
  }
}

export function takesPath({ flags }: Option): boolean {
  return /[<[](?:\[NAME=\])?(?:FILE|DIR)[>\]]$/.test(flags);
}

/** Connections accept authorities as a path or as their content, as the vendors' providers do. */
const mayHoldContent = '--ca-file';

/** A message must not show content that was given in place of its path. */
function requirePath({ long: flag }: Option, text: string): void {
  const path = text.replace(/^[\w.-]{1,60}=(?=[^=])/, '');
  if (flag !== mayHoldContent && (isContent(text) || isContent(path)) && !existsSync(text)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${flag} is no path but a text of ${text.length} characters, which is not shown, since it may be the content itself; give a path, or ./NAME if this is a name`,
    );
  }
}
