/**
 * Finds where the `provider` blocks of a lock file begin and end, by the tokens of HCL.
 * Comments, strings and heredocs contain no blocks. Pure.
 */
export interface ProviderBlock {
  /** Source address as the label writes it. */
  readonly address: string;
  /** Index of the word `provider`. */
  readonly start: number;
  /** Index after the closing brace, or the end of the text if there is no closing brace. */
  readonly end: number;
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Blocks in the order of the text. */
export function providerBlocksOf(text: string): readonly ProviderBlock[] {
  const tokens = tokensOf(text);
  const blocks: ProviderBlock[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const [word, label, brace] = tokens.slice(at, at + 3);
    if (brace?.text === '{' || word?.text === '{') {
      const close = closingBrace(tokens, brace?.text === '{' ? at + 2 : at);
      if (word?.text === 'provider' && label?.text.startsWith('"')) {
        blocks.push({
          address: labelOf(label.text),
          start: word.start,
          end: tokens[close]?.end ?? text.length,
        });
      }
      at = close;
    }
  }
  return blocks;
}

/** True for a text that holds provider blocks, comments and nothing else. */
export function isLockFile(text: string): boolean {
  const blocks = providerBlocksOf(text);
  const rest = blocks.reduceRight(
    (left, { start, end }) => left.slice(0, start) + left.slice(end),
    text,
  );
  return blocks.length > 0 && tokensOf(rest).length === 0;
}

/** Index of the brace that closes the one at this index. */
function closingBrace(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    depth += tokens[at]?.text === '{' ? 1 : tokens[at]?.text === '}' ? -1 : 0;
    if (depth === 0) {
      return at;
    }
  }
  return tokens.length;
}

/** HCL has the escapes of JSON. */
function labelOf(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}

const comment = /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const heredoc = /<<-?([\w-]+)[ \t]*\r?\n(?:[\s\S]*?\n)??[ \t]*\1[ \t]*(?=\r?\n|$)/y;
const word = /[\w.-]+/y;

/** Tokens without comments and white space. */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const end =
      text[at] === '"'
        ? endOfString(text, at)
        : (matchEnd(heredoc, text, at) ?? matchEnd(word, text, at) ?? at + 1);
    const skipped = matchEnd(comment, text, at);
    if (skipped === undefined && /\S/.test(text[at] ?? '')) {
      tokens.push({ text: text.slice(at, end), start: at, end });
    }
    at = skipped ?? end;
  }
  return tokens;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/**
 * Index after the closing quote, or the end of the line, because a quoted string cannot span lines.
 * Templates in the string may hold strings again.
 */
function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at += 1) {
    const [character, next] = [text[at], text[at + 1]];
    if (character === '"') {
      return at + 1;
    }
    if (character === '\n') {
      return at;
    }
    if (character === '\\') {
      at += 1;
    } else if ((character === '$' || character === '%') && next === '{') {
      at = text[at - 1] === character ? at + 1 : endOfTemplate(text, at + 2) - 1;
    }
  }
  return text.length;
}

function endOfTemplate(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; ) {
    const character = text[at];
    depth += character === '{' ? 1 : character === '}' ? -1 : 0;
    if (depth === 0) {
      return at + 1;
    }
    at = character === '"' ? endOfString(text, at) : at + 1;
  }
  return text.length;
}
