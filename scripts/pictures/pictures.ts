/** Which picture of docs/ is drawn from what. */
import { createHash } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { pageHtmlOf } from '../../lib/report/watch/page-html';
import type { ReadText } from '../docs/pages';
import { commentPage } from './comment-page';
import { sampleOverview } from './sample-report';

export interface Picture {
  /** From the root of the repository. */
  readonly path: string;
  readonly html: string;
  /** Of the window, in CSS pixels. */
  readonly width: number;
  /** What is below is left out; undefined if nothing is. */
  readonly height: number | undefined;
}

/** What `node examples/review/run.mjs` shows. */
export const commentPath = 'examples/review/comment.md';

export function pictures(read: ReadText): readonly Picture[] {
  return [
    {
      path: 'docs/pictures/review-comment.png',
      html: commentPage(read(commentPath) ?? ''),
      width: 920,
      height: undefined,
    },
    {
      path: 'docs/pictures/report-page.png',
      html: pageHtmlOf(sampleOverview()),
      width: 1120,
      height: 1384,
    },
  ];
}

/** Of what a picture is drawn from; in the picture as its note. */
export function digestOf({ html, width, height }: Picture): string {
  const source = JSON.stringify([html, width, height]);
  return `sha256:${createHash('sha256').update(source).digest('hex')}`;
}

/** Sharp on most screens. */
const scale = 1.5;

export async function draw(browser: Browser, { html, width, height }: Picture): Promise<Buffer> {
  const page = await browser.newPage({
    viewport: { width, height: height ?? 600 },
    deviceScaleFactor: scale,
    colorScheme: 'light',
  });
  await page.setContent(html);
  const png = await page.screenshot({ fullPage: height === undefined });
  await page.close();
  return png;
}
