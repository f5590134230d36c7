/** `keel map` as JSON. */
import { GapList, missing } from '../../../base/missing.ts';
import { type MappedPages, type MemoryMap, memoryGroups, totalOf } from '../../../model/memory-map.ts';
import type { DocumentOutput } from '../../command.ts';

export function mapJson(map: MemoryMap): DocumentOutput['json'] {
  const gaps = new GapList();
  const groups = memoryGroups(map.mappings);
  const { kind: _, path: __, ...total } = totalOf(groups);
  const byNode = gaps.take('byNode', map.byNode);
  if (map.unknownStacks > 0) {
    gaps.take(
      'stackOf',
      missing('absent', `the stacks of ${map.unknownStacks} threads`, 'they were running'),
    );
  }
  return {
    schema: 'keel.map/1',
    tgid: map.tgid,
    comm: map.comm,
    ...total,
    byNode: byNode === null ? null : Object.fromEntries(byNode),
    groups: groups.map((group) => ({ ...group })),
    mappings: map.mappings.map(mappingJson),
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

/** Addresses are hexadecimal text: those of the kernel's own mappings are beyond what a number holds. */
function mappingJson(mapping: MappedPages) {
  return {
    address: mapping.address.toString(16),
    bytes: mapping.bytes,
    kind: mapping.kind,
    path: mapping.path,
    fileOffsetBytes: mapping.kind === 'file' ? mapping.offset : null,
    rights: rightsOf(mapping),
    residentBytes: mapping.residentBytes,
    proportionalBytes: mapping.proportionalBytes,
    dirtyBytes: mapping.dirtyBytes,
    swapBytes: mapping.swapBytes,
    hugeBytes: mapping.hugeBytes,
    hugetlbBytes: mapping.hugetlbBytes,
    isLocked: mapping.isLocked,
    stackOf: mapping.stackOf,
    byNode: mapping.byNode === null ? null : Object.fromEntries(mapping.byNode),
  };
}

/** As in /proc/PID/maps: `rw-p`. */
export function rightsOf({ readable, writable, executable, shared }: MappedPages): string {
  return [readable ? 'r' : '-', writable ? 'w' : '-', executable ? 'x' : '-', shared ? 's' : 'p'].join('');
}
