/**
 * Why a page fault happened, and what it waited for, from evidence that needs no kernel probe: the kernel's own
 * minor/major, the mapping, the size of the page that came, whether the thread slept, and, where the architecture's
 * tracepoint may be read, the processor's error code.
 */
import type { Sentence } from '../../base/sentence.ts';
import type { MappingKind } from './places.ts';

/** Ordered as tables show them when nothing else decides. */
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
] as const;

export type FaultCause = (typeof FAULT_CAUSES)[number];

/** Those that waited until something was read, from a file or from swap. */
export const STORAGE_CAUSES: readonly FaultCause[] = ['file-read', 'read-ahead-wait', 'swap-in'];

/** Bits of the page-fault error code of x86: arch/x86/include/asm/trap_pf.h. */
export const ERROR_CODE = { present: 1, write: 2, user: 4, instruction: 16 } as const;

export interface FaultFacts {
  readonly kind: 'minor' | 'major';
  /** Of the mapping that the address lies in. */
  readonly mapping: MappingKind;
  /** That mapping holds code. */
  readonly executable: boolean;
  /** Size of the page that was mapped; null where the kernel does not tell. */
  readonly pageBytes: number | null;
  readonly basePageBytes: number;
  readonly sleptNs: number;
  /** ERROR_CODE bits; null where the tracepoint was not read. */
  readonly errorCode: number | null;
  /** The faulting instruction lies in the page that faulted. */
  readonly fetchesItself: boolean;
}

export function causeOf(facts: FaultFacts): FaultCause {
  const { mapping, kind } = facts;
  const isFile = mapping === 'file';
  if (mapping === 'unknown' || mapping === 'kernel') return 'unknown';
  if (kind === 'major') return isFile ? 'file-read' : 'swap-in';
  if (facts.pageBytes !== null && facts.pageBytes > facts.basePageBytes && !isFile) return 'huge-page';
  // A page of a file that is being read by somebody else's major fault or by read-ahead: booked as minor, but waited for.
  if (facts.sleptNs > 0) return isFile ? 'read-ahead-wait' : 'blocked';
  if (isFile) return fileCause(facts);
  return memoryCause(facts);
}

function fileCause({ errorCode, fetchesItself, executable }: FaultFacts): FaultCause {
  if (errorCode !== null && (errorCode & ERROR_CODE.present) !== 0 && (errorCode & ERROR_CODE.write) !== 0) {
    return 'copy-on-write';
  }
  const fetched =
    errorCode === null ? fetchesItself && executable : (errorCode & ERROR_CODE.instruction) !== 0;
  return fetched ? 'instruction-fetch' : 'page-cache-map';
}

function memoryCause({ errorCode, mapping }: FaultFacts): FaultCause {
  if (errorCode === null) return mapping === 'stack' ? 'stack-growth' : 'first-touch-or-copy';
  if ((errorCode & ERROR_CODE.write) === 0) return 'zero-page';
  if ((errorCode & ERROR_CODE.present) !== 0) return 'copy-on-write';
  return mapping === 'stack' ? 'stack-growth' : 'first-touch';
}

export const CAUSE_NAMES: Readonly<Record<FaultCause, Sentence>> = {
  'file-read': { en: 'file read', ko: '파일 읽기' },
  'read-ahead-wait': { en: 'read-ahead wait', ko: '미리 읽기 대기' },
  'swap-in': { en: 'swap-in', ko: '스왑에서 읽기' },
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
];
