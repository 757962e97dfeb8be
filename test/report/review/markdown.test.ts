/**
 * Text that others wrote stays text in a comment. The judge is a Markdown parser that also makes
 * links of whatever looks like one.
 */
import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import type { KeyReview } from '../../../lib/report/review/key-review';
import { code, htmlCode, marker, markerIn, prose } from '../../../lib/report/review/markdown';
import type { PolicyResult } from '../../../lib/report/review/policy-review';
import { reviewOf } from '../../../lib/report/review/review';
import { toMarkdown } from '../../../lib/report/review/review-markdown';

const parser = new MarkdownIt({ html: true, linkify: true });

type Token = ReturnType<typeof parser.parse>[number];

const all = (tokens: readonly Token[]): readonly Token[] =>
  tokens.flatMap((token) => [token, ...all(token.children ?? [])]);

/** What a forge would make of it beside text and code. */
function liveParts(markdown: string): readonly string[] {
  return all(parser.parse(markdown, {})).flatMap(({ type, content }) => {
    if (['link_open', 'image', 'html_inline', 'html_block', 'fence', 'code_block'].includes(type)) {
      return [`${type} ${content}`];
    }
    // Mentions, references to issues and requests, emoji, workflow commands.
    return type === 'text' && /[@#!][\w]|:[a-z_]+:|::|https?:|\b[a-z]+-\d/i.test(content)
      ? [`text ${content}`]
      : [];
  });
}

const hostile: readonly string[] = [
  '@all',
  'see @octocat now',
  '#123 and GH-1',
  '"GH-1" (JIRA-22)',
  'seen="GH-1"',
  '!42',
  '`',
  '``` fence',
  'a|b|c',
  '[click](https://evil.example)',
  '![x](https://evil.example/x.png)',
  '<img src=x onerror=alert(1)>',
  '<!-- byok-review {"v":1} -->',
  '-->',
  '</details></summary>',
  'https://evil.example/path',
  'www.evil.example',
  'me@evil.example',
  'line\nbreak\r\n# heading',
  '::set-output name=x::y',
  '##[error]x',
  '\u202Egnp.exe',
  '\u200bzero\u2066width',
  '\u001b[31mred',
  ':fire: :+1:',
  'x:1:fire:',
  '*bold* _em_ ~~del~~ **x**',
  '\\` \\| \\[',
  '    indented',
  '> [!CAUTION]',
  '| --- |',
  '$x^2$',
  'x'.repeat(10_000),
  '',
  ' ',
  '&lt;b&gt; &#64;all',
  '4f1c2a9e0d0466b0e7274d9cb35df84bb474a37f',
];
const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom(...hostile, ' ', '`', '|', '\n', '<', '-', '@', '\\'), { maxLength: 6 })
    .map((parts) => parts.join('')),
);

test('nothing in a sentence or a name comes to life', () => {
  fc.assert(
    fc.property(text, (given) => {
      const inTable = prose(given, { inTable: true });
      for (const written of [code(given), `- ${prose(given)}`, `Why: ${prose(given)}`, inTable]) {
        expect(liveParts(written)).toEqual([]);
      }
      expect(htmlCode(given)).toMatch(/^<code>[^<>]*<\/code>$/);
    }),
    { numRuns: 300 },
  );
});

test('a name or a sentence in a table stays in its cell', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const cells = [code(one, { inTable: true }), prose(other, { inTable: true })];
      const tokens = parser.parse(`| a | b |\n| --- | --- |\n| ${cells.join(' | ')} |\n`, {});
      expect(tokens.filter(({ type }) => type === 'td_open')).toHaveLength(2);
      expect(tokens.filter(({ type }) => type === 'tr_open')).toHaveLength(2);
    }),
    { numRuns: 300 },
  );
});

test('plain words stay as they are', () => {
  const said =
    'expiration_time changes from 2035-01-01T00:00:00Z to never: the key (alias "x") waits';
  expect(parser.renderInline(prose(said))).toBe(said.replaceAll('"', '&quot;'));
});

test('a marker is one comment, and is read back', () => {
  fc.assert(
    fc.property(text, (id) => {
      const written = marker({ v: 1, id, digest: 'sha256:0' });
      expect(written.match(/-->/g)).toHaveLength(1);
      expect(written.match(/<!--/g)).toHaveLength(1);
      expect(markerIn(`${written}\n\ntext`)).toEqual({ v: 1, id, digest: 'sha256:0' });
    }),
  );
});

const keyOf = (given: string): KeyReview => ({
  stack: given,
  name: given,
  key_id: null,
  addresses: [given],
  path: given,
  effects: [
    { effect: 'material_deleted', address: given, reason: given, days: null },
    { effect: 'key_scheduled', address: given, reason: given, days: 7 },
    { effect: 'first_import', address: given, reason: given, days: null },
  ],
  expiration_before: given,
  expiration_after: given,
  pin: 'constant',
  fingerprint: given,
  fingerprint_before: null,
  source: { kind: 'material_file', name: given },
  used_by: [{ address: given, attribute: given }],
  found_changed: true,
});

const resultOf = (given: string): PolicyResult => ({
  stack: given,
  key: given,
  address: given,
  rule: 'requirePin',
  level: 'error',
  message: given,
});

/** Ours, and nothing else, in this order. */
const ownHtml = [/^<!-- byok-review .* -->\n$/s, /^<details><summary>/, /^<\/details>/, /^<sub>$/];

test('a whole comment of hostile text has one marker, and no HTML but ours', () => {
  fc.assert(
    fc.property(text, (given) => {
      const review = reviewOf(
        [{ name: given, status: 'planned', unchanged: 0, hooks: 0, modules: 0, judged: 1 }],
        [keyOf(given)],
        [resultOf(given)],
      );
      const { text: written } = toMarkdown(review, {
        limit: 65_000,
        marker: { v: 1, id: given },
        commit: '4f1c2a9e',
      });
      const tokens = all(parser.parse(written, {}));
      const html = tokens.filter(({ type }) => type.startsWith('html_'));
      expect(html.filter(({ content }) => content.startsWith('<!--'))).toHaveLength(1);
      for (const { content } of html) {
        expect([...ownHtml, /^<\/sub>$/].some((form) => form.test(content))).toBe(true);
      }
      expect(tokens.filter(({ type }) => ['link_open', 'image'].includes(type))).toEqual([]);
      // Of the keys, and of the policy.
      expect(tokens.filter(({ type }) => type === 'tr_open')).toHaveLength(4);
      expect(tokens.filter(({ type }) => type === 'td_open')).toHaveLength(5 + 3);
    }),
    { numRuns: 100 },
  );
});
