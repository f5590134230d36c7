/**
 * Terminal output as an SVG picture, for the README: the lines a program wrote, with their colours. Each run of letters
 * is set at its column and stretched to its width, so that columns meet in every font, Korean ones too.
 */
import { cells } from '../../src/cli/output/look.ts';

const CELL_X = 8.4;
const LINE_Y = 19;
const PADDING = 16;
const TITLE_Y = 30;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const COLORS: Readonly<Record<string, string>> = {
  31: '#ff8fa0',
  32: '#7fd18b',
  33: '#e5c07b',
  34: '#7ba4fd',
  35: '#d58fe0',
  36: '#63d3e6',
};

interface Run {
  readonly text: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly color: string | null;
}

/** @param text lines with SGR escapes; everything else that steers a terminal must be gone */
export function terminalSvg(text: string, title: string, columns = 80): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const width = Math.ceil(columns * CELL_X + 2 * PADDING);
  const height = TITLE_Y + lines.length * LINE_Y + PADDING;
  const rows = lines
    .map((line, i) => rowOf(line, TITLE_Y + (i + 1) * LINE_Y - 5))
    .filter((row) => row !== '');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#131a21"/>
<g fill="#3b4853"><circle cx="18" cy="15" r="5"/><circle cx="34" cy="15" r="5"/><circle cx="50" cy="15" r="5"/></g>
<g font-family="${FONT}" font-size="14" fill="#e8eef3" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`;
}

function rowOf(line: string, y: number): string {
  let column = 0;
  const parts = runsOf(line).map((run) => {
    const from = column;
    column += cells(run.text);
    return run.text.trim() === '' ? '' : textOf(run, PADDING + from * CELL_X, y);
  });
  return parts.join('');
}

function textOf({ text, bold, dim, color }: Run, x: number, y: number): string {
  const look = [
    bold ? ' font-weight="700"' : '',
    color === null ? (dim ? ' fill="#91a0ad"' : '') : ` fill="${color}"`,
  ].join('');
  const length = (cells(text) * CELL_X).toFixed(1);
  return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${look}>${escaped(text)}</text>`;
}

/** Runs of one look; runs are cut at wide gaps too, so that stretching never moves a column. */
function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let look: Omit<Run, 'text'> = { bold: false, dim: false, color: null };
  for (const part of line.split(/(\u001b\[[\d;]*m| {2,})/)) {
    const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes === undefined) runs.push({ text: part, ...look });
    else for (const code of codes.split(';')) look = afterCode(look, code);
  }
  return runs.filter((run) => run.text !== '');
}

function afterCode(look: Omit<Run, 'text'>, code: string): Omit<Run, 'text'> {
  if (code === '' || code === '0') return { bold: false, dim: false, color: null };
  if (code === '1') return { ...look, bold: true };
  if (code === '2') return { ...look, dim: true };
  if (code === '22') return { ...look, bold: false, dim: false };
  if (code === '39') return { ...look, color: null };
  return { ...look, color: COLORS[code] ?? look.color };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
