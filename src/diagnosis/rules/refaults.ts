/** Memory that is given back and touched again: the same pages fault over and over, mostly an allocator's doing. */
import { NEW_MEMORY_CAUSES, SWAP_CAUSES } from '../../model/faults/cause.ts';
import { faultsOf, type WatchedStalls } from '../../model/faults/stalls.ts';
import { restrict, STALL_SOURCE, stallRule, wasGivenBack } from '../fault-stalls.ts';
import { evidence } from '../finding.ts';

const churn = stallRule({
  id: 'refaults',
  looksFor: { en: 'memory that is given back and taken again', ko: '반납했다가 다시 받는 메모리' },
  causes: NEW_MEMORY_CAUSES,
  name: { en: 'taking the same memory again', ko: '같은 메모리를 다시 받기' },
  verdict: {
    en: 'LATE BECAUSE MEMORY WAS GIVEN BACK AND TAKEN AGAIN',
    ko: '늦은 이유: 반납했다가 다시 받은 메모리',
  },
  does: {
    en: 'touched the same pages as new ones again and again',
    ko: '같은 페이지를 새 페이지로 거듭 건드림',
  },
  evidence: ({ summary }) => [
    evidence(
      { en: 'faults per page', ko: '페이지당 폴트' },
      summary.refaultRatio ?? 0,
      'faults',
      STALL_SOURCE,
    ),
  ],
  remedy: () => ({
    text: {
      en: 'have the allocator keep it: GLIBC_TUNABLES=glibc.malloc.trim_threshold=268435456:glibc.malloc.mmap_threshold=268435456',
      ko: '할당자가 반납하지 않게 설정: GLIBC_TUNABLES=glibc.malloc.trim_threshold=268435456:glibc.malloc.mmap_threshold=268435456',
    },
    command: null,
  }),
  rank: 1,
});

/** Pages that come along with a swapped one (vm.page-cluster): minor faults then, like first touches to look at. */
const READ_AHEAD_PAGES = 8;

function mayBeFromSwap(stalls: WatchedStalls): boolean {
  return faultsOf(stalls, NEW_MEMORY_CAUSES) <= READ_AHEAD_PAGES * faultsOf(stalls, SWAP_CAUSES);
}

/** Much stall alone is just much new memory; and what came back from swap was taken away, not given back. */
export const refaults = restrict(
  churn,
  (stalls, window) => wasGivenBack(stalls, window) && !mayBeFromSwap(stalls),
);
