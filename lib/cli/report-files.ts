/** The files that `byok report` writes: a flag for each, and how it is made. */
import { packageVersion } from '../mirror/provider-bundle';
import type { Overview } from '../report/watch/overview';
import type { loadOutputs } from './load-outputs';

/** What flags say about how files look. */
export interface ReportStyle {
  readonly calendarName: string;
  readonly calendarDetail: 'alias' | 'full';
}

interface ReportFile {
  readonly description: string;
  readonly make: (
    outputs: ReturnType<typeof loadOutputs>,
    overview: Overview,
    style: ReportStyle,
  ) => string | Promise<string>;
}

export const reportFiles = {
  metrics: {
    description: 'for the textfile collector of Prometheus; its name ends in .prom',
    make: ({ metricsOf }, overview) => metricsOf(overview),
  },
  calendar: {
    description: 'a calendar to subscribe to: when material ends, and from when on to act',
    make: ({ calendarOf }, overview, { calendarName: name, calendarDetail: detail }) =>
      calendarOf(overview, { name, detail }),
  },
  page: {
    description: 'a page of all keys; in a folder, its index.html',
    make: ({ pageHtmlOf }, overview) => pageHtmlOf(overview),
  },
  svg: {
    description: 'the timeline as a drawing',
    make: ({ timelineSvgOf }, overview) => timelineSvgOf(overview),
  },
  badge: {
    description: 'the worst verdict and its number, as a small drawing',
    make: ({ badgeSvgOf }, overview) => badgeSvgOf(overview),
  },
  cbom: {
    description: 'an inventory in CycloneDX 1.6',
    make: ({ cbomOf }, overview) => cbomOf(overview, packageVersion()),
  },
} as const satisfies Readonly<Record<string, ReportFile>>;

export type FileFlag = keyof typeof reportFiles;

export const fileFlags = Object.keys(reportFiles) as FileFlag[];
