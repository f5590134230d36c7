/** How many rows of each table, the same for a recording and for a file of one. */
import { wholeNumber } from '../../options.ts';

export const SHOW = wholeNumber(
  '--show <rows>',
  { en: 'rows of each table (8)', ko: '표마다 보일 줄 수 (8)' },
  1,
  10_000,
);
export const DEFAULT_ROWS = 8;
