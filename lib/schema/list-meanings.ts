/**
 * Renders a table of names and meanings as one line of Markdown, for descriptions of attributes.
 */
export function listMeanings(table: Readonly<Record<string, string>>): string {
  return Object.entries(table)
    .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
    .join('; ');
}
