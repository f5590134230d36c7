/** Columns of text: as wide as their widest cell, right-aligned where they hold numbers. */
import { cells, padEnd, padStart } from './look.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Lines of a table, the header first. Two blanks between columns; no trailing blanks. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, i) =>
    Math.max(cells(column.title), ...rows.map((row) => cells(row[i] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    columns
      .map((column, i) => (column.align === 'right' ? padStart : padEnd)(row[i] ?? '', widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [columns.map((column) => column.title), ...rows].map(line);
}
