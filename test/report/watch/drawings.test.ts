/** Page, timeline and badge: well-formed, without anything that runs or asks, and the same in words. */
import { DOMParser, type Document, type Element, onErrorStopParsing } from '@xmldom/xmldom';
import { badgeSvgOf } from '../../../lib/report/watch/badge-svg';
import { pageHtmlOf } from '../../../lib/report/watch/page-html';
import { timelineSvgOf } from '../../../lib/report/watch/timeline-svg';
import { toDoOf } from '../../../lib/report/watch/to-do';
import {
  dayMs,
  everyKindOfKey,
  hostileNames,
  liveResult,
  now,
  overviewAt,
  stateResult,
} from './results';

const [payments, invoices, reports, cards, old] = everyKindOfKey();
const ago = (days: number) => new Date(now.getTime() - days * dayMs);
const unknown = stateResult([{ key_id: 'u', alias: 'archive' }], ago(5));
const all = overviewAt(now, liveResult(everyKindOfKey()), unknown);

function parsed(text: string, type: string): Document {
  return new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, type);
}

const elements = (document: Document, name: string): Element[] => [
  ...document.getElementsByTagName(name),
];
const texts = (document: Document, name: string) =>
  elements(document, name).map(({ textContent }) => textContent);

describe.each([
  ['page', pageHtmlOf, 'application/xhtml+xml'],
  ['timeline', timelineSvgOf, 'image/svg+xml'],
  ['badge', badgeSvgOf, 'image/svg+xml'],
] as const)('the %s', (_name, make, type) => {
  const document = parsed(make(all), type);

  test('is well-formed, with ids that are there once', () => {
    const ids = [...make(all).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, names = ''] of make(all).matchAll(/aria-labelledby="([^"]*)"/g)) {
      expect(names.split(' ').filter((name) => !ids.includes(name))).toEqual([]);
    }
  });

  test('runs nothing and asks for nothing', () => {
    const plain = make(overviewAt(now, liveResult([{ ...payments }, { ...invoices }])));
    const namespaces = plain.replaceAll(/ xmlns="[^"]*"/g, '');
    expect(namespaces).not.toMatch(
      /<script|<link|<img|<iframe|\bsrc=|href="[^#]|https?:|url\(|@import|\bon\w+=/i,
    );
  });

  test('names of others become no element and no attribute', () => {
    const shapeOf = (names: readonly string[]) => {
      const keys = names.map((alias, index) => ({
        ...invoices,
        key_id: `h${index}`,
        alias,
        address: alias,
        reason: alias,
      }));
      const made = parsed(make(overviewAt(now, liveResult(keys))), type);
      return elements(made, '*')
        .map(({ tagName, attributes }) => `${tagName} ${[...attributes].map(({ name }) => name)}`)
        .sort();
    };
    expect(shapeOf(hostileNames)).toEqual(shapeOf(hostileNames.map((_one, index) => `n${index}`)));
    expect(make(all)).not.toMatch(/[\p{Cf}\p{Cs}]|[^\P{Cc}\n]/u);
  });

  test('has the same bytes for the same keys', () => {
    const reversed = overviewAt(now, liveResult(everyKindOfKey().reverse()), unknown);
    expect(make(reversed).replaceAll('1.json', '')).toBe(make(all).replaceAll('1.json', ''));
  });

  test('is there without any key', () => {
    expect(() => parsed(make(overviewAt(now, liveResult([]))), type)).not.toThrow();
  });

  test('says in words what it is', () => {
    expect(texts(document, 'title')[0]).toMatch(
      /^(?:Key material: 2 missing|Timeline of the material of \d+ keys|keys: 2 missing)$/,
    );
  });
});

describe('the page', () => {
  const document = parsed(pageHtmlOf(all), 'application/xhtml+xml');

  test('forbids by its policy what it does not do', () => {
    const [policy] = elements(document, 'meta').filter(
      (one) => one.getAttribute('http-equiv') === 'Content-Security-Policy',
    );
    expect(policy?.getAttribute('content')).toBe("default-src 'none'; style-src 'unsafe-inline'");
  });

  test('counts, and tells where nothing looked', () => {
    const [counts] = elements(document, 'ul');
    expect([...(counts?.childNodes ?? [])].map(({ textContent }) => textContent)).toEqual([
      ...['2 missing', '1 unknown', '1 expiring', '1 scheduled'],
      `${1 + 1 + hostileNames.length} fine`,
    ]);
    expect(texts(document, 'p')).toContain(
      'state "terraform.tfstate" of 1.json: not looked at since 2026-02-25 06:00 UTC',
    );
  });

  test('has a row for each key, with heads for a screen reader', () => {
    const [table] = elements(document, 'table');
    const rows = [...(table?.getElementsByTagName('tr') ?? [])];
    expect(rows.filter((row) => row.hasAttribute('id'))).toHaveLength(all.keys.length);
    const heads = elements(document, 'th').map((head) => head.getAttribute('scope'));
    expect(new Set(heads)).toEqual(new Set(['col', 'row', 'rowgroup']));
    const cellsOf = (name: string) =>
      [...(rows.find((one) => one.textContent?.startsWith(name))?.childNodes ?? [])].map((cell) =>
        [...cell.childNodes].map(({ textContent }) => textContent).join(' '),
      );
    expect(cellsOf('payments')).toEqual([
      'payments byok_key_material.payments 0d0466b0-e727-4d9c-b35d-f84bb474a37f',
      'fine',
      '2026-06-30 119 days',
      'from  2026-06-16',
      '2026-01-01',
      'yes',
      'AES_256',
    ]);
    expect(cellsOf('invoices').slice(1, 3)).toEqual([
      'missing deleted_outside the key no longer holds material',
      '–',
    ]);
    expect(cellsOf('archive')[1]).toBe('unknown fine on 2026-02-25');
    expect(cellsOf('old')[2]).toBe('2026-03-09 with its key');
  });

  test('leads from what is to do, and from each bar, to the row of the key', () => {
    const links = elements(document, 'a').map((link) => [
      link.textContent,
      link.getAttribute('href')?.slice(1),
    ]);
    expect(links).toHaveLength(toDoOf(all).length + all.keys.length);
    const rows = new Map(
      elements(document, 'tr').map((row) => [
        row.getAttribute('id'),
        row.getElementsByTagName('b')[0]?.textContent,
      ]),
    );
    expect(links.filter(([name, id]) => rows.get(id ?? '') !== name)).toEqual([]);
  });

  test('tells what was looked at, and when', () => {
    const rows = elements(document, 'table').at(-1)?.getElementsByTagName('tr') ?? [];
    expect([...rows].slice(1).map(({ textContent }) => textContent)).toEqual([
      `otc/eu-de/prod2026-03-02 06:00 UTC${everyKindOfKey().length}`,
      'state "terraform.tfstate" of 1.json2026-02-25 06:00 UTC too old1',
    ]);
  });

  test('opens the groups in which something is to be said', () => {
    const fine = stateResult([{ key_id: 'f' }]);
    const page = parsed(pageHtmlOf(overviewAt(now, fine, unknown)), 'application/xhtml+xml');
    expect(
      elements(page, 'details').map((one) => [
        one.getElementsByTagName('summary')[0]?.textContent,
        one.hasAttribute('open'),
      ]),
    ).toEqual([
      ['state "terraform.tfstate" of 0.json 1 fine', false],
      ['state "terraform.tfstate" of 1.json 1 unknown', true],
    ]);
  });

  test('stays under 1 MiB with a thousand keys, of which each has something to do', () => {
    const many = Array.from({ length: 1000 }, (_one, index) => ({
      ...(index % 2 === 0 ? payments : invoices),
      verdict: index % 2 === 0 ? ('unverified' as const) : ('missing' as const),
      reason: 'why it is so '.repeat(30),
      key_id: `${String(index).padStart(8, '0')}-e727-4d9c-b35d-f84bb474a37f`,
      alias: `team-payments-service-${index}`,
      address: `module.keys["team-payments"].byok_key_material.service_${index}`,
      project: `4ec959a7c3d9c977d18c430fdbb576c${index % 8}`,
    }));
    const page = pageHtmlOf(overviewAt(now, liveResult(many)));
    expect(Buffer.byteLength(page)).toBeLessThan(1 << 20);
    expect(page).toContain('<h3>Now <small>1000</small></h3>');
    expect(page).toContain('And 950 more, in the table of all keys.');
  });
});

test('what there is to do is sorted by day, the worst of what is due first', () => {
  expect(
    toDoOf(
      overviewAt(
        now,
        liveResult([{ ...payments }, { ...cards }, { ...old }, { ...reports }, { ...invoices }]),
        unknown,
      ),
    ).map(({ day, key, what }) => [day, key.alias, what]),
  ).toEqual([
    ['now', 'invoices', 'the key no longer holds material'],
    ['now', 'archive', 'not looked at since 2026-02-25'],
    ['now', 'reports', 'expires 2026-03-13, and nothing renews it; move the expiry'],
    ['now', 'old', 'scheduled for deletion on 2026-03-09; cancel that if the key is used'],
    ['2026-06-16', 'payments', 'renewed by the next deployment'],
  ]);
});

test.each([
  [[payments, cards], 'keys: 2 fine'],
  [[payments, reports], 'keys: 1 expiring'],
  [[invoices, invoices, reports], 'keys: 1 missing'],
  [[], 'keys: none'],
])('the badge tells the worst, and how many (%#)', (keys, title) => {
  const badge = badgeSvgOf(overviewAt(now, liveResult(keys.map((key) => ({ ...key })))));
  expect(badge).toContain(`<title>${title}</title>`);
});

test('the badge of a source that nothing looked at is not fine', () => {
  expect(badgeSvgOf(overviewAt(now, liveResult([], ago(5))))).toContain('keys: unknown');
});
