/** How a report looks: one column, light and dark by the reader's system, two pages of A4 on paper. */
export const STYLE = `
:root { --ink: #14202b; --dim: #43515d; --line: #d5dce2; --back: #ffffff; --soft: #f3f6f8; --mark: #1f5f8b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --dim: #a9b6c2; --line: #33414d; --back: #10171d; --soft: #1a242d; --mark: #7cc0ee; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, 'Noto Sans KR', 'DejaVu Sans', sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 28px 0 8px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
h3 { font-size: 14px; margin: 12px 0 4px; color: var(--dim); }
p { margin: 6px 0; overflow-wrap: anywhere; }
p.second { font-weight: 600; }
.about { color: var(--dim); }
.figures { list-style: none; display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0; padding: 0; }
.figures li { flex: 1 1 180px; background: var(--soft); border-left: 4px solid var(--mark); padding: 10px 14px; }
.figures strong { display: block; font-size: 24px; line-height: 1.2; }
.figures span { color: var(--dim); }
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 10px 3px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--dim); font-weight: 600; }
.left { text-align: left; }
.right { text-align: right; white-space: nowrap; }
tfoot td { font-weight: 600; border-bottom: 0; }
pre { background: var(--soft); padding: 8px 12px; margin: 4px 0; overflow-x: auto; font: 13px/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.picture { overflow-x: auto; margin: 8px 0; }
img { display: block; max-width: 100%; height: auto; background: #ffffff; border-radius: 4px; }
@media screen and (max-width: 620px) {
  .picture img { max-width: none; }
  thead { display: none; }
  tr { display: flex; flex-wrap: wrap; gap: 0 14px; padding: 5px 0; border-bottom: 1px solid var(--line); }
  td { border: 0; padding: 0; white-space: normal; text-align: left; }
  td:first-child { flex: 1 0 100%; font-weight: 600; }
  td:empty { display: none; }
  td[data-title]::before { content: attr(data-title) ' '; color: var(--dim); }
  tfoot tr { border-bottom: 0; }
}
@page { size: A4; margin: 12mm; }
@media print {
  :root { --ink: #000000; --dim: #333333; --line: #bbbbbb; --back: #ffffff; --soft: #f3f3f3; --mark: #1f5f8b; }
  body { font-size: 8.5pt; line-height: 1.3; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 13pt; }
  h2 { font-size: 10.5pt; margin: 10px 0 4px; break-after: avoid; }
  h3 { font-size: 8.5pt; margin: 4px 0 0; break-after: avoid; }
  p, pre, table { margin: 2px 0; }
  th, td { padding: 1px 8px 1px 0; }
  .figures { margin: 6px 0; }
  .figures li { padding: 4px 10px; }
  .figures strong { font-size: 14pt; }
  pre { font-size: 7.5pt; padding: 3px 8px; }
  img { max-height: 55mm; }
  li, tr, pre, img { break-inside: avoid; }
}
`;
