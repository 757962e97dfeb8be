/** Colours and sizes: light, dark and for paper. */

const light =
  '--ink:#1b1b1b;--paper:#fff;--soft:#5a5a5a;--line:#c8c8c8;--bar:#9ec1e0;--bad:#b00020';
const dark = '--ink:#e8e8e8;--paper:#161616;--soft:#a8a8a8;--line:#444;--bar:#35648c;--bad:#ff8a80';

/** Of drawings, also within a page. */
const shapes = [
  '.timeline{font:13px system-ui,sans-serif;color:var(--ink);width:100%;min-width:640px}',
  '.timeline text{fill:var(--ink)}',
  '.timeline .small{font-size:11px;fill:var(--soft)}',
  '.timeline .heading{font-weight:600}',
  '.tick{stroke:var(--line);stroke-width:1}',
  '.today{stroke:var(--ink);stroke-width:2}',
  '.bar{fill:var(--bar);stroke:var(--ink);stroke-width:.5}',
  '.unknown{fill:none;stroke:var(--soft);stroke-dasharray:4 3}',
  '.hatch,.end{stroke:var(--ink);stroke-width:1.2;fill:none}',
  '.end{stroke-width:2}',
  '.arrow{fill:var(--ink)}',
  '.cross{stroke:var(--bad);stroke-width:2.5;fill:none}',
].join('');

const colours = (root: string) =>
  `${root}{${light}}@media(prefers-color-scheme:dark){${root}{${dark}}}`;

export const drawingStyle = `${colours('svg')}svg{background:var(--paper)}${shapes}`;

export const pageStyle = [
  colours(':root'),
  ':root{color-scheme:light dark}',
  'body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:75rem;margin:2rem auto;padding:0 1rem}',
  'h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}',
  'p{margin:.25rem 0}.soft{color:var(--soft)}.bad{color:var(--bad);font-weight:600}',
  'table{border-collapse:collapse;width:100%;font-size:.875rem}',
  'caption{text-align:left;color:var(--soft)}',
  'th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}',
  '.wide{overflow-x:auto}code{font-size:.8125rem}td,th{overflow-wrap:anywhere}th{overflow-wrap:normal}',
  'summary{font-weight:600;padding:.25rem 0;cursor:pointer}',
  shapes,
  `@media print{:root{${light}}body{max-width:none;margin:0;font-size:10pt}.wide{overflow:visible}tr,svg{break-inside:avoid}thead{display:table-header-group}}`,
].join('');
