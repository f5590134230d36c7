/** The blocks of docs/performance.md that benchmarks write. Pure. */
import { code, table } from '../scripts/generate/markdown.ts';
import type { Outcome } from './benchmark.ts';

export function renderOutcome({ about, header, rows, absent, goals }: Outcome): string {
  const parts = [about, table(header, rows)];
  if (absent.length > 0)
    parts.push(`Not measured, because it did not run here: ${absent.map(code).join(', ')}.`);
  if (goals.length > 0) {
    const verdict = (isReached: boolean) => (isReached ? 'reached' : '**missed**');
    parts.push(
      table(
        ['goal', 'measured', ''],
        goals.map(({ what, measured, isReached }) => [what, measured, verdict(isReached)]),
      ),
    );
  }
  return parts.join('\n\n');
}

/** @throws Error for a page without a block of that name */
export function withBlock(page: string, name: string, text: string): string {
  const [before, after] = [`<!-- bench: ${name} -->`, `<!-- end of bench: ${name} -->`];
  const [start, end] = [page.indexOf(before), page.indexOf(after)];
  if (start < 0 || end < start) throw new Error(`docs/performance.md has no block for ${name}`);
  return `${page.slice(0, start)}${before}\n\n${text}\n\n${page.slice(end)}`;
}
