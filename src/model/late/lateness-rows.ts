/** The rows of a histogram of lateness: fine below the limit, doubling above it, the same in each watch. */

/** Upper ends of the rows as multiples of the limit; the last row has none. */
export const ROW_ENDS = [1 / 20, 1 / 4, 1, 2, 4, 8, 16] as const;
/** Rows from this one on are late. */
export const FIRST_LATE_ROW = 3;
/** What the rows are made of where every lateness counts. */
const USUAL_LIMIT_NS = 1e6;

export function emptyRows(): number[] {
  return new Array<number>(ROW_ENDS.length + 1).fill(0);
}

export function rowOf(ns: number, limitNs: number): number {
  const unitNs = limitNs > 0 ? limitNs : USUAL_LIMIT_NS;
  const row = ROW_ENDS.findIndex((end) => ns < end * unitNs);
  return row < 0 ? ROW_ENDS.length : row;
}

/** From the first to below the second; no upper end for the last row. */
export function rowBounds(row: number, limitNs: number): readonly [fromNs: number, toNs: number | null] {
  const unitNs = limitNs > 0 ? limitNs : USUAL_LIMIT_NS;
  const end = ROW_ENDS[row];
  return [(ROW_ENDS[row - 1] ?? 0) * unitNs, end === undefined ? null : end * unitNs];
}

export function countRows(values: readonly number[], limitNs: number): number[] {
  const rows = emptyRows();
  for (const value of values) {
    const row = rowOf(value, limitNs);
    rows[row] = (rows[row] ?? 0) + 1;
  }
  return rows;
}
