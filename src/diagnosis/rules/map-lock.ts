/** Threads that wait for the lock of their memory map: others map, unmap or protect memory, or fault large parts in. */
import { workRule } from '../memory-work.ts';

export const mapLock = workRule({
  id: 'map-lock',
  looksFor: { en: 'waiting for the lock of the memory map', ko: '메모리 맵의 락 대기' },
  kind: 'mapLock',
  name: { en: 'waiting for the lock of the memory map', ko: '메모리 맵의 락 대기' },
  verdict: {
    en: 'LATE BECAUSE ITS THREADS SHARE ONE MEMORY MAP',
    ko: '늦은 이유: 스레드들이 메모리 맵 하나를 두고 다툼',
  },
  does: {
    en: 'waited for the lock of its memory map, which mmap, munmap, mprotect, madvise and brk take',
    ko: 'mmap, munmap, mprotect, madvise, brk가 잡는 메모리 맵의 락을 기다림',
  },
  evidence: () => [],
  remedies: ({ tgid }) => [
    {
      text: {
        en: 'map and unmap less while it serves: larger arenas, an allocator that keeps memory; see who does it:',
        ko: '처리 중에는 매핑을 덜 바꾸세요(큰 아레나, 메모리를 간직하는 할당자). 누가 하는지 확인:',
      },
      command: `keel late ${tgid}`,
      undo: null,
    },
  ],
});
