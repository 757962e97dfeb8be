/**
 * The help of a command, as wide as the terminal. Paragraphs are filled, columns hang, and command
 * lines are broken where a shell allows it, so that they can be copied.
 */
import type { Command, Help } from 'commander';

const defaultWidth = 80;

/** A column that is narrower holds hardly more than a word in each line. */
const narrowestColumn = 30;

/** Options and commands. Commander alone wraps no description in a terminal below 75 columns. */
export const helpLayout: Partial<Help> = {
  minWidthToWrap: 1,
  formatItem(this: Partial<Help>, term: string, termWidth: number, description: string) {
    const width = this.helpWidth ?? defaultWidth;
    const column = termWidth + 4;
    if (width - column >= narrowestColumn) {
      return beside(`  ${term.padEnd(termWidth)}  `, description, width)
        .join('\n')
        .trimEnd();
    }
    return [...indented(term, 2, width), ...indented(description, 6, width)].join('\n');
  },
};

/**
 * The text below the options.
 *
 * @param text paragraphs of lines that begin at the margin; examples and columns are indented
 */
export function epilogue(text: string): (context: { command: Command }) => string {
  return ({ command }) =>
    fitted(text, command.configureOutput().getOutHelpWidth?.() ?? defaultWidth);
}

/** No line is longer than `width`, unless a single word is. */
export function fitted(text: string, width: number): string {
  return blocksOf(text.split('\n'))
    .flatMap((block) => (block.startsWith(' ') ? fittedLine(block, width) : wrapped(block, width)))
    .join('\n');
}

/** Adjacent lines at the margin form one paragraph; so do the descriptions of a column. */
function blocksOf(lines: readonly string[]): string[] {
  const blocks: string[] = [];
  for (const line of lines) {
    const last = blocks.at(-1);
    const column = last === undefined ? undefined : columnIn(last);
    if (
      last !== undefined &&
      last !== '' &&
      line !== '' &&
      !last.startsWith(' ') &&
      !line.startsWith(' ')
    ) {
      blocks[blocks.length - 1] = `${last} ${line}`;
    } else if (column !== undefined && line.startsWith(' '.repeat(column.at))) {
      blocks[blocks.length - 1] = `${last} ${line.trim()}`;
    } else {
      blocks.push(line);
    }
  }
  return blocks;
}

/** The column of a description that stands beside a command line. */
function columnIn(line: string): { readonly at: number } | undefined {
  const match = /^( {2}\$ .*?\S {2,})\S/.exec(line);
  return match?.[1] === undefined ? undefined : { at: match[1].length };
}

function fittedLine(line: string, width: number): string[] {
  if (line.length <= width) {
    return [line];
  }
  const column = columnIn(line);
  if (column !== undefined) {
    return beside(line.slice(0, column.at), line.slice(column.at), width);
  }
  const indent = line.length - line.trimStart().length;
  return line.startsWith('  $ ') || line.endsWith('\\')
    ? brokenCommand(line, width)
    : indented(line.trim(), indent, width);
}

function indented(text: string, indent: number, width: number): string[] {
  return wrapped(text, width - indent).map((part) => ' '.repeat(indent) + part);
}

function beside(command: string, description: string, width: number): string[] {
  const narrow = width - command.length < 20;
  const indent = narrow ? 6 : command.length;
  const parts = wrapped(description, width - indent);
  return narrow
    ? [command.trimEnd(), ...indented(description, indent, width)]
    : parts.map((part, index) => (index === 0 ? command : ' '.repeat(indent)) + part);
}

/** A shell continues a line that ends in a backslash. */
function brokenCommand(line: string, width: number): string[] {
  const room = width - 2;
  const lines: string[] = [];
  let current = '';
  for (const word of shellWords(line)) {
    if (
      current.trim() !== '' &&
      current.trim() !== '$' &&
      current.length + word.trimEnd().length > room
    ) {
      lines.push(`${current.trimEnd()} \\`);
      current = '      ';
    }
    current += word;
  }
  return [...lines, current.trimEnd()];
}

/** Words with the spaces after them; quoted text is one word. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (const character of line) {
    if (quote !== '') {
      quote = character === quote ? '' : quote;
    } else if (character === '"' || character === "'") {
      quote = character;
    }
    word += character;
    if (character === ' ' && quote === '' && word.trim() !== '') {
      words.push(word);
      word = '';
    }
  }
  return [...words, word];
}

function wrapped(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
