/** A table of names and their meanings as one line of Markdown, for the descriptions of attributes. */
export function listMeanings(table: Readonly<Record<string, string>>): string {
  return Object.entries(table)
    .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
    .join('; ');
}
