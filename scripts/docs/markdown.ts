/** Markdown, as generated pages need it. */

/** @param title for example "byok_key Data Source - byok" */
export function frontMatter(title: string, description: string): string {
  return `---\npage_title: "${title}"\ndescription: |-\n  ${description}\n---\n\n<!-- Written by "npm run docs" from lib/schema, scripts/docs and examples; edit there. -->`;
}

export function hcl(text: string): string {
  return fenced('terraform', text);
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

export function joined(paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
