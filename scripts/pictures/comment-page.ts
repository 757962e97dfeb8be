/** The comment of a review, as a forge shows it: Markdown in a frame of our own. */
import MarkdownIt from 'markdown-it';

const style = [
  'body{margin:0;padding:24px;background:#fff;color:#1f2328;font:14px/1.5 "Segoe UI","Noto Sans",Helvetica,Arial,sans-serif}',
  'article{border:1px solid #d1d9e0;border-radius:6px}header{padding:8px 16px;background:#f6f8fa;border-bottom:1px solid #d1d9e0;border-radius:6px 6px 0 0;color:#59636e}header b{color:#1f2328}',
  'section{padding:4px 16px 12px}h2{font-size:21px;margin:12px 0;padding-bottom:6px;border-bottom:1px solid #d1d9e0}',
  'table{border-collapse:collapse;margin:0 0 14px}th,td{padding:6px 12px;border:1px solid #d1d9e0;text-align:left;vertical-align:top}tr:nth-child(2n){background:#f6f8fa}',
  'code{font:85%/1.5 "SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;padding:.2em .4em;background:#818b981f;border-radius:6px;overflow-wrap:anywhere}td code{white-space:nowrap}',
  'blockquote{margin:0 0 14px;padding:6px 16px;border-left:4px solid #cf222e}blockquote p{margin:4px 0}blockquote .title{color:#cf222e;font-weight:600}',
  'details{margin:0 0 8px}summary{cursor:default}ul{margin:8px 0 14px;padding-left:28px}li{margin:3px 0}sub{color:#59636e;font-size:12px;vertical-align:baseline}',
].join('');

export function commentPage(markdown: string): string {
  const body = new MarkdownIt({ html: true })
    .render(markdown)
    .replace(/<p>\[!CAUTION\]\s*/g, '<p class="title">Caution</p><p>')
    // As after one click.
    .replace('<details>', '<details open>');
  return [
    '<!DOCTYPE html>',
    `<html lang="en"><head><meta charset="utf-8"><title>Review</title><style>${style}</style></head>`,
    '<body><article><header><b>byok-review</b> commented</header>',
    `<section>${body}</section></article></body></html>`,
  ].join('\n');
}
