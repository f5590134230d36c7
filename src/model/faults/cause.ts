/**
 * Why a page fault happened, and what it waited for, from evidence that needs no kernel probe: the kernel's own
 * minor/major, the mapping, the size of the page that came, whether the thread slept, the mode it was taken in, and,
 * where the architecture's tracepoint may be read, the processor's error code. By BPF also signs of what happened
 * between the beginning and the completion.
 */
import type { Sentence } from '../../base/sentence.ts';
import type { MappingKind } from './places.ts';

/** Recordings hold their numbers: new ones come last. */
export const FAULT_CAUSES = [
  'file-read',
  'read-ahead-wait',
  'swap-in',
  'huge-page',
  'first-touch',
  'first-touch-or-copy',
  'zero-page',
  'copy-on-write',
  'page-cache-map',
  'instruction-fetch',
  'stack-growth',
  'blocked',
  'unknown',
  'swap-in-compressed',
  'swap-cache',
  'userfaultfd',
  'numa-hint',
  'kernel-copy',
  'touched-again',
] as const;

export type FaultCause = (typeof FAULT_CAUSES)[number];

/** Memory that had been swapped out. */
export const SWAP_CAUSES: readonly FaultCause[] = ['swap-in', 'swap-in-compressed', 'swap-cache'];

/** Those of pages that had to be read, from a file or from swap, by the thread itself or just before. */
export const STORAGE_CAUSES: readonly FaultCause[] = ['file-read', 'read-ahead-wait', ...SWAP_CAUSES];

/** Memory that the process did not have. */
export const NEW_MEMORY_CAUSES: readonly FaultCause[] = [
  'first-touch',
  'first-touch-or-copy',
  'zero-page',
  'kernel-copy',
  'touched-again',
];

/** Bits of the page-fault error code of x86: arch/x86/include/asm/trap_pf.h. */
export const ERROR_CODE = { present: 1, write: 2, user: 4, instruction: 16 } as const;

/**
 * What happened inside a fault (bpf/fault-signs.ts): it slept as only those do that wait for a userfaultfd; its page
 * came from swap; page balancing between NUMA nodes had hidden it.
 */
export const SIGN = { answered: 1, swapped: 2, hinted: 4 } as const;

export interface FaultFacts {
  readonly kind: 'minor' | 'major';
  /** Of the mapping that the address lies in. */
  readonly mapping: MappingKind;
  /** That mapping holds code. */
  readonly executable: boolean;
  /** What is written to that mapping is seen by others; else written pages are copies. */
  readonly shared: boolean;
  /** Size of the page that was mapped; null where the kernel does not tell. */
  readonly pageBytes: number | null;
  readonly basePageBytes: number;
  readonly sleptNs: number;
  /** ERROR_CODE bits; null where the tracepoint was not read. */
  readonly errorCode: number | null;
  /** SIGN bits; null where nobody looked. */
  readonly signs: number | null;
  /** Taken by the kernel, on behalf of the thread: inside a system call. */
  readonly inKernel: boolean;
  /** The page was touched for the first time before: it was given back since. */
  readonly wasTouched: () => boolean;
  /** The faulting instruction lies in the page that faulted. */
  readonly fetchesItself: boolean;
}

export function causeOf(facts: FaultFacts): FaultCause {
  const { mapping, kind } = facts;
  // What the kernel lends ([vdso], [vvar]) is in memory already, as a cached page of a file is.
  const isFile = mapping === 'file' || mapping === 'kernel';
  const signed = causeBySigns(facts);
  if (signed !== null) return signed;
  if (mapping === 'unknown') return 'unknown';
  if (kind === 'major') return isFile ? 'file-read' : swapCause(facts);
  if (facts.pageBytes !== null && facts.pageBytes > facts.basePageBytes && !isFile) return 'huge-page';
  // A page of a file that is being read by somebody else's major fault or by read-ahead: booked as minor, but waited for.
  if (facts.sleptNs > 0) return isFile ? 'read-ahead-wait' : 'blocked';
  if (facts.inKernel) return 'kernel-copy';
  return isFile ? fileCause(facts) : memoryCause(facts);
}

function causeBySigns(facts: FaultFacts): FaultCause | null {
  const signs = facts.signs ?? 0;
  // Of files, others sleep like that too: those of FUSE.
  if ((signs & SIGN.answered) !== 0 && facts.mapping !== 'file') return 'userfaultfd';
  // Also of a file, that has been written to as a private copy.
  if ((signs & SIGN.swapped) !== 0) return swapCause(facts);
  return (signs & SIGN.hinted) === 0 ? null : 'numa-hint';
}

/** Compressed memory (zram, zswap) is unpacked by the thread itself; only for a disk it has to sleep. */
function swapCause({ kind, sleptNs }: FaultFacts): FaultCause {
  if (sleptNs > 0) return 'swap-in';
  return kind === 'major' ? 'swap-in-compressed' : 'swap-cache';
}

function fileCause({ errorCode, fetchesItself, executable, shared }: FaultFacts): FaultCause {
  if (errorCode !== null && (errorCode & ERROR_CODE.write) !== 0 && !shared) return 'copy-on-write';
  const fetched =
    errorCode === null ? fetchesItself && executable : (errorCode & ERROR_CODE.instruction) !== 0;
  return fetched ? 'instruction-fetch' : 'page-cache-map';
}

function memoryCause({ errorCode, mapping, signs, wasTouched }: FaultFacts): FaultCause {
  if (errorCode === null) return mapping === 'stack' ? 'stack-growth' : 'first-touch-or-copy';
  if ((errorCode & ERROR_CODE.write) === 0) return 'zero-page';
  if ((errorCode & ERROR_CODE.present) !== 0) return 'copy-on-write';
  const wasThere = wasTouched();
  if (mapping === 'stack') return 'stack-growth';
  // Without signs, it may as well come from the swap cache.
  return wasThere && signs !== null ? 'touched-again' : 'first-touch';
}

export const CAUSE_NAMES: Readonly<Record<FaultCause, Sentence>> = {
  'file-read': { en: 'file read', ko: '파일 읽기' },
  'read-ahead-wait': { en: 'read-ahead wait', ko: '미리 읽기 대기' },
  'swap-in': { en: 'swap-in, waited', ko: '스왑에서 읽기, 대기' },
  'huge-page': { en: 'huge page', ko: '거대 페이지' },
  'first-touch': { en: 'first touch', ko: '첫 접근' },
  'first-touch-or-copy': { en: 'first touch or copy', ko: '첫 접근 또는 복사' },
  'zero-page': { en: 'read of untouched memory', ko: '쓰지 않은 메모리 읽기' },
  'copy-on-write': { en: 'copy on write', ko: '쓰기 시 복사' },
  'page-cache-map': { en: 'mapping cached pages', ko: '캐시된 페이지 연결' },
  'instruction-fetch': { en: 'instruction fetch', ko: '명령어 읽기' },
  'stack-growth': { en: 'stack growth', ko: '스택 확장' },
  blocked: { en: 'slept, cause not seen', ko: '대기, 원인 미확인' },
  unknown: { en: 'unknown', ko: '알 수 없음' },
  'swap-in-compressed': { en: 'swap-in, compressed', ko: '압축 스왑에서 읽기' },
  'swap-cache': { en: 'swap cache', ko: '스왑 캐시' },
  userfaultfd: { en: 'userfaultfd wait', ko: 'userfaultfd 대기' },
  'numa-hint': { en: 'NUMA hint', ko: 'NUMA 힌트' },
  'kernel-copy': { en: 'kernel copy', ko: '커널 복사' },
  'touched-again': { en: 'touched again', ko: '반납 후 재접근' },
};

/** In the order of FAULT_CAUSES: told apart with every kind of colour vision, and dark enough for white letters. */
export const CAUSE_COLOURS: readonly string[] = [
  '#376ac5',
  '#06583d',
  '#b0203a',
  '#ad5400',
  '#0a8593',
  '#8a6a1f',
  '#6b7d12',
  '#433781',
  '#5484c4',
  '#7a3e9d',
  '#3f6b1e',
  '#c2306f',
  '#5e6b76',
  '#8f2d56',
  '#7b4b94',
  '#a83279',
  '#2f6f8f',
  '#4d5a8c',
  '#3c7a57',
];
