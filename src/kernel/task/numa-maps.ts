/** /proc/PID/numa_maps: on which NUMA nodes the pages of a process are. Needs CONFIG_NUMA. */
import { FormatError } from '../../base/errors.ts';
import { KIB } from '../../base/units.ts';
import { need } from '../../host/facts.ts';
import { fileReader } from '../../host/reader.ts';
import { numberedLines } from '../lines.ts';

export interface MappingNodes {
  /** Where the mapping begins. */
  readonly address: number;
  /** Resident bytes by node number, shared pages included; ascending. */
  readonly byNode: ReadonlyMap<number, number>;
}

/**
 * The kernel walks every page table of the process under its mmap lock: slow for a large one, and its own page faults
 * wait meanwhile. Read it only where the answer can be more than one node.
 */
export const numaMaps = fileReader({
  path: '/proc/{pid}/numa_maps',
  doc: 'man 5 proc_pid_numa_maps',
  capture: 'never', // holds addresses and file names
  parse(text, facts): readonly MappingNodes[] {
    return numberedLines(text).map(({ text: content, line }) => {
      const address = /^[0-9a-f]{1,16}(?= )/.exec(content)?.[0];
      if (address === undefined) throw new FormatError('an address', content, line);
      // Blanks in a file name are written as \040, so no name can look like a field.
      const pageKib = / kernelpagesize_kB=(\d{1,9})\b/.exec(content)?.[1];
      const pageBytes = pageKib === undefined ? need(facts, 'pageBytes') : Number(pageKib) * KIB;
      const byNode = new Map<number, number>();
      for (const [, node, pages] of content.matchAll(/ N(\d{1,5})=(\d{1,15})(?= |$)/g)) {
        byNode.set(Number(node), Number(pages) * pageBytes);
      }
      return { address: Number.parseInt(address, 16), byNode: inOrder(byNode) };
    });
  },
});

/** Resident bytes of the whole process by node number, ascending. */
export function residentByNode(mappings: readonly MappingNodes[]): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>();
  for (const { byNode } of mappings) {
    for (const [node, some] of byNode) bytes.set(node, (bytes.get(node) ?? 0) + some);
  }
  return inOrder(bytes);
}

function inOrder(bytes: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  return new Map([...bytes].sort(([a], [b]) => a - b));
}
