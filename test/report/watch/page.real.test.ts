/** The page, the timeline and the badge in a real browser. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { badgeSvgOf } from '../../../lib/report/watch/badge-svg';
import type { Overview } from '../../../lib/report/watch/overview';
import { pageHtmlOf } from '../../../lib/report/watch/page-html';
import { timelineSvgOf } from '../../../lib/report/watch/timeline-svg';
import { readText } from '../../../scripts/docs/pages';
import { findChromium, howToInstall, launchChromium } from '../../../scripts/pictures/chromium';
import { draw, pictures } from '../../../scripts/pictures/pictures';
import { sizeOf } from '../../../scripts/pictures/png';
import { root } from '../../support/checkout';
import { scratchFolder } from '../../support/scratch-folder';
import {
  dayMs,
  everyKindOfKey,
  liveResult,
  manyKeys,
  now,
  overviewAt,
  stateResult,
} from './results';

const executable = findChromium(process.env);

if (executable === undefined) {
  console.warn(`skipped: ${howToInstall}`);
}

const wide = { width: 1280, height: 800 };
/** Keys may have to be scrolled, but within their table. */
const tablet = { width: 820, height: 1180 };
/** What is left of the wide one at 200 %. */
const zoomed = { width: 640, height: 400 };
const phone = { width: 360, height: 640 };

/** Every verdict, hostile names, several sources and one that nothing looked at. */
const every = overviewAt(
  now,
  liveResult([
    ...everyKindOfKey(),
    { key_id: 'n', alias: 'ledger', verdict: 'unverified', reason: 'nothing proves it' },
  ]),
  stateResult([{ key_id: 'u', alias: 'archive' }], new Date(now.getTime() - 5 * dayMs)),
);
const ofKeys = (count: number) => overviewAt(now, liveResult(manyKeys(count)));

/** A script of a page: tests are compiled without the types of the DOM. */
const overflowing = `[...document.querySelectorAll('body *:not(svg *)')]
  .filter((one) => one.closest('details:not([open])') === null)
  .filter((one) => getComputedStyle(one).position !== 'absolute')
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 200))`;

const scrollsSideways = 'document.documentElement.scrollWidth > innerWidth';

(executable === undefined ? describe.skip : describe)('in Chromium', () => {
  const folder = scratchFolder();
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium(executable ?? '');
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(() => browser?.close());

  /** From a file, as people open it; with everything that it asks for and complains of. */
  async function open(
    content: string,
    options: BrowserContextOptions = {},
    name = 'index.html',
  ): Promise<{ page: Page; told: string[] }> {
    const file = join(folder, name);
    writeFileSync(file, content);
    const context = await browser.newContext({ viewport: wide, ...options });
    const page = await context.newPage();
    const told: string[] = [];
    const { href } = pathToFileURL(file);
    page.on('request', (request) => {
      if (request.url() !== href) {
        told.push(`request: ${request.url()}`);
      }
    });
    page.on('console', (message) => told.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => told.push(`error: ${error.message}`));
    await page.goto(href);
    return { page, told };
  }

  async function violations(page: Page, rules: axe.RuleObject = {}): Promise<string[]> {
    await page.evaluate(axe.source);
    const options: axe.RunOptions = { resultTypes: ['violations'], rules };
    const found: axe.AxeResults = await page.evaluate(`axe.run(${JSON.stringify(options)})`);
    return found.violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html} ${failureSummary}`),
    );
  }

  test.each([
    ['no key', ofKeys(0)],
    ['1 key', ofKeys(1)],
    ['20 keys', ofKeys(20)],
    ['1,000 keys', ofKeys(1000)],
    ['every kind of key', every],
  ] as const)(
    '%s: no request, no complaint, and no scrolling sideways',
    async (_name, overview) => {
      const { page, told } = await open(pageHtmlOf(overview));
      for (const viewport of [wide, zoomed, phone]) {
        await page.setViewportSize(viewport);
        expect(await page.evaluate(scrollsSideways)).toBe(false);
        expect(await page.evaluate(overflowing)).toEqual([]);
      }
      await page.setViewportSize(tablet);
      expect(await page.evaluate(scrollsSideways)).toBe(false);
      expect(told).toEqual([]);
    },
  );

  test('a page that runs or asks is noticed, and its policy forbids that', async () => {
    const more = '<script>document.title = "ran"</script><img src="picture.png" alt=""/></main>';
    const { page, told } = await open(pageHtmlOf(ofKeys(1)).replace('</main>', more));
    expect(told.filter((line) => line.includes('Content Security Policy'))).toHaveLength(2);
    expect(await page.title()).toBe('Key material: 1 fine');
  });

  test.each([
    ['no key', ofKeys(0), 'light'],
    ['20 keys', ofKeys(20), 'dark'],
    ['every kind of key', every, 'light'],
    ['every kind of key', every, 'dark'],
  ] as const)(
    '%s (%#): axe finds nothing, nor on a phone',
    async (_name, overview, colorScheme) => {
      const { page } = await open(pageHtmlOf(overview), { colorScheme });
      expect(await violations(page)).toEqual([]);
      await page.setViewportSize(phone);
      expect(await violations(page)).toEqual([]);
    },
  );

  test('1,000 keys: axe finds nothing', async () => {
    const { page } = await open(pageHtmlOf(ofKeys(1000)));
    // Their colours are those of twenty, and cost axe ten times as much as all else.
    expect(await violations(page, { 'color-contrast': { enabled: false } })).toEqual([]);
  });

  test('by the keyboard, every group opens, and a name leads to the row of its key', async () => {
    const { page } = await open(pageHtmlOf(ofKeys(20)));
    const folded = 'document.querySelectorAll("details:not([open])").length';
    const focused = 'document.activeElement.localName';
    const inFoldedGroup = 'document.activeElement.matches("details:not([open]) > summary")';
    expect(await page.evaluate(folded)).toBeGreaterThan(0);
    const path: unknown[] = [];
    do {
      await page.keyboard.press('Tab');
      path.push(await page.evaluate(focused));
      if (await page.evaluate(inFoldedGroup)) {
        await page.keyboard.press('Enter');
      }
    } while (path.at(-1) !== 'body');
    expect(await page.evaluate(folded)).toBe(0);
    const focusable = 'document.querySelectorAll("a, summary, [tabindex]").length';
    expect(path).toHaveLength(1 + Number(await page.evaluate(focusable)));

    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const row = await page.evaluate(`(() => {
      const row = document.querySelector(':target');
      const { top, bottom } = row.getBoundingClientRect();
      return [row.localName, row.querySelector('b').textContent, top > 0 && bottom < innerHeight];
    })()`);
    const first = await page.evaluate('document.querySelector("a").textContent');
    expect(row).toEqual(['tr', first, true]);
  });

  test('bars keep clear of names and of what is said beside them', async () => {
    const { page } = await open(pageHtmlOf(every));
    const touching = `[...document.querySelectorAll('.chart li')].filter((row) => {
      const [name, bars, fate] = [...row.children].map((one) => one.getBoundingClientRect());
      return name.right > bars.left || bars.right > fate.left || fate.height > 30;
    }).length`;
    expect(await page.evaluate(touching)).toBe(0);
  });

  test('is light or dark as the reader wishes, and light on paper, where nothing is folded', async () => {
    const { page } = await open(pageHtmlOf(ofKeys(20)), { colorScheme: 'light' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const hiddenBars = `[...document.querySelectorAll('.chart li')]
      .filter((one) => !one.checkVisibility() || one.offsetHeight === 0).length`;
    expect(await ground()).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(hiddenBars)).toBeGreaterThan(0);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await ground()).toBe('rgb(20, 23, 26)');
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect(await ground()).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(hiddenBars)).toBe(0);
  });

  test('prints 200 keys into less than a megabyte', async () => {
    const { page } = await open(pageHtmlOf(ofKeys(200)));
    expect((await page.pdf({ format: 'A4' })).length).toBeLessThan(1_000_000);
  });

  test.each([
    ['timeline', timelineSvgOf],
    ['badge', badgeSvgOf],
  ] as const)('the %s alone asks for nothing, and its words stay within it', async (name, make) => {
    const { page, told } = await open(make(every), {}, `${name}.svg`);
    const outside = `[...document.querySelectorAll('text')]
      .filter((one) => one.getBoundingClientRect().right > document.documentElement.width.baseVal.value)
      .map((one) => one.textContent)`;
    expect(await page.evaluate('document.querySelectorAll("text").length')).toBeGreaterThan(1);
    expect(await page.evaluate(outside)).toEqual([]);
    expect(told).toEqual([]);
  });

  test.each(pictures(readText(root)))('$path can be drawn anew, and opened', async (picture) => {
    const committed = readFileSync(join(root, picture.path));
    const { width } = sizeOf(committed);
    expect(sizeOf(await draw(browser, picture)).width).toBe(width);
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(root, picture.path)).href);
    expect(await page.evaluate('document.images[0].naturalWidth')).toBe(width);
  });
});

test('the overviews of these tests hold every verdict', () => {
  const verdicts = (overview: Overview) =>
    new Set(overview.keys.map(({ verdict }) => verdict)).size;
  expect([verdicts(every), verdicts(ofKeys(20))]).toEqual([6, 5]);
});
