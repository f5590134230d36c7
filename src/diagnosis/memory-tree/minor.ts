/** Faults that needed no reading: memory that is new, taken again, copied, cleared, moved. */
import { FAULT_CAUSES, STORAGE_CAUSES } from '../../model/faults/cause.ts';
import { coldStart } from '../rules/cold-start.ts';
import { forkCopies } from '../rules/fork-copies.ts';
import { hugePages } from '../rules/huge-pages.ts';
import { lockLimit } from '../rules/lock-limit.ts';
import { newMemory } from '../rules/new-memory.ts';
import { numaHinting } from '../rules/numa-hinting.ts';
import { refaults } from '../rules/refaults.ts';
import { steal } from '../rules/steal.ts';
import { userfaultfd } from '../rules/userfaultfd.ts';
import { leaf } from './branch.ts';
import { stallBranch } from './stall-branch.ts';

export const minorFaultBranch = stallBranch(
  'minor',
  { en: 'do they need nothing from storage?', ko: '저장 장치가 필요 없는 폴트입니까?' },
  FAULT_CAUSES.filter((cause) => !STORAGE_CAUSES.includes(cause)),
  [
    coldStart,
    newMemory,
    refaults,
    forkCopies,
    hugePages,
    userfaultfd,
    numaHinting,
    lockLimit,
    // Below a hypervisor each new page costs a second, hidden fault; time that it takes away is all that shows of it.
    steal,
  ].map(leaf),
);
