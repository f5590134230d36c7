/** /proc/zoneinfo: from where to where the memory of each NUMA node lies, zone by zone. */
import { need } from '../../host/facts.ts';
import { fileReader } from '../../host/reader.ts';
import { numberedLines, wholeNumber } from '../lines.ts';

export interface MemoryZone {
  readonly node: number;
  /** Physical address of its first page. */
  readonly startBytes: number;
  /** To its last page, with holes; zones of nodes may lie in each other. */
  readonly spannedBytes: number;
}

/** Zones with memory. */
export const memoryZones = fileReader({
  path: '/proc/zoneinfo',
  doc: 'mm/vmstat.c zoneinfo_show_print',
  capture: 'never',
  parse(text, facts): readonly MemoryZone[] {
    const pageBytes = need(facts, 'pageBytes');
    const zones: MemoryZone[] = [];
    let node = Number.NaN;
    let spanned = 0;
    for (const { line, text: content } of numberedLines(text)) {
      const [, name, value = ''] = /^\s*(Node|spanned|start_pfn:)\s+(\d+)/.exec(content) ?? [];
      if (name === undefined) continue;
      const number = wholeNumber(value, line);
      if (name === 'Node') node = number;
      else if (name === 'spanned') spanned = number;
      else if (spanned > 0 && !Number.isNaN(node))
        zones.push({ node, startBytes: number * pageBytes, spannedBytes: spanned * pageBytes });
    }
    return zones;
  },
});
