/** What a table leaves out, and how to see it. */
import type { Look } from './look.ts';

/** Nothing where all rows are shown. */
export function moreLine(all: number, shown: number, look: Look): string[] {
  const more = all - shown;
  if (more <= 0) return [];
  return [look.say({ en: `  ${more} more: --show ${all}`, ko: `  그 밖에 ${more}개: --show ${all}` })];
}
