/** The one way of others' text into HTML and SVG. */
import { sentence, shortText } from './foreign-text';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A name, for text and for values of attributes. @param length in characters; as in shortText */
export function markup(text: string, length?: number): string {
  return withEntities(shortText(text, length));
}

/** A reason. */
export function markupOfSentence(text: string): string {
  return withEntities(sentence(text));
}

function withEntities(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
