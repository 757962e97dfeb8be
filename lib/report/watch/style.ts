/** Colours and sizes: light, dark and for paper. */
import type { KeyLine } from './overview';

/** Of text, of the field that it stands on, and of a bar. */
type Tone = readonly [text: string, field: string, bar: string];

interface Scheme {
  readonly plain: string;
  readonly tones: Readonly<Record<KeyLine['verdict'], Tone>>;
}

const greyOnLight: Tone = ['#555e68', '#eceff2', '#c3cad2'];
const light: Scheme = {
  plain:
    '--ink:#1a1d21;--paper:#fff;--soft:#555e68;--line:#d5dae0;--wash:#f5f7f9;--link:#0a58a8;--edge:#5b6b7b',
  tones: {
    missing: ['#b00020', '#fde9eb', '#b00020'],
    unknown: greyOnLight,
    expiring: ['#8f4500', '#fff0df', '#f0a963'],
    unverified: ['#6d5300', '#fdf3cf', '#e3cb72'],
    scheduled: greyOnLight,
    fine: ['#1a6b2f', '#e5f4e9', '#9ec3e3'],
  },
};

const greyOnDark: Tone = ['#b3bcc6', '#293037', '#4b5560'];
const dark: Scheme = {
  plain:
    '--ink:#e6e9ec;--paper:#14171a;--soft:#a3adb8;--line:#343b43;--wash:#1c2126;--link:#8bbcf0;--edge:#93a1af',
  tones: {
    missing: ['#ff9aa3', '#45181e', '#ff7b88'],
    unknown: greyOnDark,
    expiring: ['#ffbd78', '#40280e', '#b3681c'],
    unverified: ['#efd36b', '#39300a', '#8f7a1c'],
    scheduled: greyOnDark,
    fine: ['#83d99d', '#14341f', '#39699a'],
  },
};

/** Of drawings, also within a page. */
const shapes = [
  '.bar{fill:var(--bar);stroke:var(--edge);stroke-width:1}',
  '.bar.unknown{fill:none;stroke-dasharray:4 3}',
  // Stripes: a pattern would become a picture for each bar when the page is printed.
  '.window{stroke:var(--ink);stroke-width:10;stroke-dasharray:2 3}',
  '.end{stroke:var(--ink);stroke-width:2}',
  '.arrow{fill:var(--ink)}svg svg{overflow:visible}svg .label{overflow:hidden}',
  '.cross{stroke:var(--bar);stroke-width:2.5;fill:none}',
  '.tick{stroke:var(--line)}.tick.today{stroke:var(--ink);stroke-width:2}',
  '.axis text{font-size:12px;fill:var(--soft)}.axis .today{fill:var(--ink)}',
].join('');

function schemeOf({ plain, tones }: Scheme, root: string): string {
  const classes = Object.entries(tones).map(
    ([verdict, [text, field, bar]]) => `.${verdict}{--tone:${text};--field:${field};--bar:${bar}}`,
  );
  return `${root}{${plain}}${classes.join('')}`;
}

function colours(root: string): string {
  return `${schemeOf(light, root)}@media screen and (prefers-color-scheme:dark){${schemeOf(dark, root)}}`;
}

const font = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif';

export const drawingStyle = [
  colours('svg'),
  `.timeline{font:13px ${font}}.ground{fill:var(--paper)}`,
  '.timeline text{fill:var(--ink)}.timeline .verdict-text{fill:var(--tone);font-weight:600}.timeline .heading{font-weight:600}.timeline .small{font-size:12px;fill:var(--soft)}',
  shapes,
].join('');

const text = [
  `body{font:15px/1.5 ${font};color:var(--ink);background:var(--paper);max-width:78rem;margin:0 auto;padding:2rem clamp(1rem,3vw,2.5rem) 4rem}`,
  'h1{font-size:1.75rem;line-height:1.2;margin:0}h2{font-size:1.25rem;margin:2.75rem 0 .5rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}',
  'p,ul,ol{margin:.25rem 0;padding:0}ul,ol{list-style:none}.soft,small,caption{color:var(--soft)}small{font-size:.8125rem;font-weight:400}',
  'a{color:var(--link);text-underline-offset:.15em}:focus-visible{outline:2px solid var(--link);outline-offset:2px}',
  'b,code,small,.what{unicode-bidi:isolate}code{font:.8125rem/1.45 ui-monospace,"SF Mono",Menlo,Consolas,monospace;color:var(--soft)}',
  '.verdict{display:inline-block;padding:0 .6em;border-radius:1em;font-size:.8125rem;font-weight:600;line-height:1.6;color:var(--tone);background:var(--field)}',
].join('');

const top = [
  '.counts{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0}',
  '.counts li{min-width:6rem;padding:.5rem 1rem .6rem;border-left:4px solid var(--tone);border-radius:4px;color:var(--tone);background:var(--field);line-height:1.3}',
  '.counts b{display:block;font-size:1.75rem}',
  '.notice{margin:.5rem 0;padding:.5rem 1rem;border-left:4px solid var(--tone);border-radius:4px;background:var(--field);overflow-wrap:anywhere}',
  '.to-do li{display:grid;grid-template-columns:6.5rem minmax(12rem,1fr) 2fr;gap:0 1rem;padding:.45rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}',
  '.to-do small{display:block}.to-do .day{font-variant-numeric:tabular-nums}',
].join('');

const chart = [
  'details{border-top:1px solid var(--line)}details:last-of-type{border-bottom:1px solid var(--line)}',
  'summary{padding:.5rem .25rem;cursor:pointer;overflow-wrap:anywhere}summary:hover{background:var(--wash)}summary small{margin-left:.5rem}',
  '.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0 .75rem;color:var(--soft);font-size:.875rem}',
  '.legend span{display:inline-flex;align-items:center;gap:.5rem}.legend span>svg{width:34px;height:16px;overflow:visible}',
  '.chart{--name:15rem;--fate:17rem;position:relative;padding:34px 0 .75rem;font-size:.875rem}',
  '.chart .axis{position:absolute;top:0;left:var(--name);width:calc(100% - var(--name) - var(--fate));height:100%}',
  '.chart li{position:relative;display:grid;grid-template-columns:var(--name) minmax(0,1fr) var(--fate);align-items:center}',
  '.chart li>a,.chart li>span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;line-height:1.6rem}',
  '.chart li>a{padding-right:1rem;color:inherit;text-decoration:none}.chart li>a:hover{text-decoration:underline}.chart li>a:focus-visible{outline-offset:-2px}',
  '.chart li>span{padding-left:1.25rem}.chart li>.verdict-text{color:var(--tone);font-weight:600}',
  '.chart li>svg{display:block;width:100%;height:16px;overflow:visible}',
].join('');

const table = [
  'table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}#keys table{min-width:56rem}',
  'caption{text-align:left;padding-bottom:.25rem}',
  'th,td{text-align:left;vertical-align:top;padding:.45rem 1rem .45rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}',
  'thead th{white-space:nowrap}tbody th{font-weight:400;min-width:16rem}th code,td small,td code{display:block}.whole{white-space:nowrap}',
  'tbody .place th{padding:1rem 0 .35rem;font-weight:600}:target{background:var(--wash);outline:2px solid var(--link);outline-offset:-2px}',
  '#keys td:nth-child(2){min-width:13rem}#sources table{width:auto}#sources th,#sources td{padding-right:2.5rem}',
  '.wide{overflow-x:auto}',
  '@media screen and (min-width:60rem){.wide{overflow:visible}tr{scroll-margin-top:3rem}thead th{position:sticky;top:0;background:var(--paper);box-shadow:inset 0 -1px var(--line)}}',
].join('');

/** For windows as narrow as a phone, or as one at 200 %. */
export function ifNarrow(rules: string): string {
  return `@media screen and (max-width:48rem){${rules}}`;
}

const narrow = [
  '.counts{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.25rem,1fr));gap:.5rem}.counts li{min-width:0;padding:.4rem .75rem}',
  '.to-do li{grid-template-columns:minmax(0,1fr)}',
  '#sources th,#sources td{min-width:0;padding-right:.75rem}.chart{--name:0px;--fate:0px}.chart li{grid-template-columns:minmax(0,1fr) auto;padding:.25rem 0}.chart li>svg{grid-row:2;grid-column:1/-1}',
  '.chart li>a,.chart li>span{background:var(--paper)}.chart li>span{padding-left:.5rem}.axis .other{display:none}',
  '#keys,#keys table,#keys caption,#keys tbody,#keys th,#keys td{display:block;min-width:0}#keys thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}',
  '#keys tr{display:grid;grid-template-columns:repeat(3,1fr);gap:0 .5rem;padding:.5rem 0;border-bottom:1px solid var(--line)}#keys th,#keys td{border:0;padding:.1rem 0}',
  '#keys th,#keys td:nth-child(2){grid-column:1/-1}#keys td:nth-child(n+3)::before{color:var(--soft);font-size:.8125rem;display:block}',
].join('');

const paper = [
  '@page{margin:12mm}@media print{',
  'body{max-width:none;padding:0;font-size:10pt}h2,h3,summary{break-after:avoid}',
  'tr,li{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}#keys table{min-width:0;table-layout:fixed;font-size:7.5pt}#keys th,#keys td{padding-right:.4rem}small,.verdict{font-size:7.5pt}code{font-size:6.5pt}#keys thead th{white-space:normal}#keys thead th:first-child{width:36%}#keys thead th:nth-child(2){width:16%}.whole{white-space:normal}',
  'a{color:inherit;text-decoration:none}.verdict,.counts li,.notice{print-color-adjust:exact;-webkit-print-color-adjust:exact}',
  // What is folded on the screen is on paper, too.
  'details::details-content{content-visibility:visible;block-size:auto}',
  '.chart{--name:13rem;--fate:11.5rem;font-size:8pt}.chart li>a,.chart li>span{line-height:1.5}tr.place{break-after:avoid}',
  '.to-do li{padding:.2rem 0}th,td{padding-top:.2rem;padding-bottom:.2rem}',
  '}',
].join('');

export const pageStyle = [
  colours(':root'),
  ':root{color-scheme:light dark}*{box-sizing:border-box}',
  text,
  top,
  chart,
  shapes,
  table,
  ifNarrow(narrow),
  paper,
].join('');
