/** /proc/PID/numa_maps: on which NUMA nodes the pages of a process are. Needs CONFIG_NUMA. */
import { KIB } from '../../base/units.ts';
import { need } from '../../host/facts.ts';
import { fileReader } from '../../host/reader.ts';
import { numberedLines } from '../lines.ts';

/**
 * Resident bytes by node number, shared pages included.
 * The kernel walks every page table of the process under its mmap lock: slow for a large one, and its own page faults
 * wait meanwhile. Read it only where the answer can be more than one node.
 */
export const residentByNode = fileReader({
  path: '/proc/{pid}/numa_maps',
  doc: 'man 5 proc_pid_numa_maps',
  capture: 'never', // holds addresses and file names
  parse(text, facts): ReadonlyMap<number, number> {
    const bytes = new Map<number, number>();
    for (const { text: line } of numberedLines(text)) {
      // Blanks in a file name are written as \040, so no name can look like a field.
      const pageKib = / kernelpagesize_kB=(\d{1,9})\b/.exec(line)?.[1];
      const pageBytes = pageKib === undefined ? need(facts, 'pageBytes') : Number(pageKib) * KIB;
      for (const [, node, pages] of line.matchAll(/ N(\d{1,5})=(\d{1,15})(?= |$)/g)) {
        bytes.set(Number(node), (bytes.get(Number(node)) ?? 0) + Number(pages) * pageBytes);
      }
    }
    return new Map([...bytes].sort(([a], [b]) => a - b));
  },
});
