/** The one table of error codes, and the error that carries one. A missing value is not an error; see missing.ts. */
import type { Sentence } from './sentence.ts';

/** Exit codes: 0 fine, 1 failed, 2 usage, 3 findings present, 4 not permitted, 5 target gone, 130 interrupted. */
export const EXIT = {
  fine: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  notPermitted: 4,
  gone: 5,
  interrupted: 130,
} as const;

interface ErrorKind {
  readonly exitCode: number;
  readonly means: Sentence;
}

export const ERRORS = {
  E_USAGE: {
    exitCode: EXIT.usage,
    means: { en: 'the command line asks for something that cannot be', ko: '명령이 잘못되었습니다' },
  },
  E_FORMAT: {
    exitCode: EXIT.failed,
    means: { en: 'a text is not in the form its reader expects', ko: '텍스트가 정해진 형식이 아닙니다' },
  },
  E_GONE: { exitCode: EXIT.gone, means: { en: 'the target has ended', ko: '대상이 끝났습니다' } },
  E_PRIVILEGE: {
    exitCode: EXIT.notPermitted,
    means: { en: 'the kernel does not permit it to this user', ko: '이 사용자에게 허용되지 않은 일입니다' },
  },
  E_CONFLICT: {
    exitCode: EXIT.failed,
    means: {
      en: 'the state of the machine or of an earlier change forbids it',
      ko: '컴퓨터의 상태나 앞선 변경과 충돌합니다',
    },
  },
  E_UNSUPPORTED: {
    exitCode: EXIT.failed,
    means: {
      en: 'this system lacks what the command needs',
      ko: '명령에 필요한 기능이 이 시스템에 없습니다',
    },
  },
  E_KERNEL: {
    exitCode: EXIT.failed,
    means: { en: 'a system call failed in a way not foreseen', ko: '시스템 호출이 실패했습니다' },
  },
  E_VERIFY: {
    exitCode: EXIT.failed,
    means: { en: 'a change was made but does not read back as planned', ko: '변경 결과가 계획과 다릅니다' },
  },
  E_PROBE: {
    exitCode: EXIT.failed,
    means: {
      en: 'the signal to judge by is unreachable, or says nothing',
      ko: '판단 기준이 되는 신호에 닿지 않거나 값이 없습니다',
    },
  },
  E_SINK: {
    exitCode: EXIT.failed,
    means: {
      en: 'a receiver of alerts did not take a message',
      ko: '알림을 받는 쪽이 메시지를 받지 않았습니다',
    },
  },
  E_IO: {
    exitCode: EXIT.failed,
    means: { en: 'a file could not be read or written', ko: '파일을 읽거나 쓸 수 없습니다' },
  },
  E_INTERRUPTED: { exitCode: EXIT.interrupted, means: { en: 'interrupted', ko: '중단되었습니다' } },
  E_INTERNAL: {
    exitCode: EXIT.failed,
    means: { en: 'a mistake in keel itself; please report it', ko: 'keel 자체의 오류입니다. 알려 주세요' },
  },
} as const satisfies Readonly<Record<string, ErrorKind>>;

export type ErrorCode = keyof typeof ERRORS;

/** Where in the user's own text the mistake is, to be pointed at with carets. */
export interface Pointer {
  readonly text: string;
  /** Offsets in UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly note?: Sentence;
}

export interface ErrorParts {
  /** What happened, and to what. */
  readonly what: Sentence;
  readonly pointer?: Pointer;
  /** What to do next: one or two lines, each a command or a way out. */
  readonly next?: readonly Sentence[];
  readonly cause?: unknown;
}

export class KeelError extends Error {
  override readonly name = 'KeelError';
  readonly code: ErrorCode;
  readonly parts: ErrorParts;

  constructor(code: ErrorCode, parts: ErrorParts) {
    super(`${code}: ${parts.what.en}`, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.parts = parts;
  }

  get exitCode(): number {
    return ERRORS[this.code].exitCode;
  }
}

/** Text that is not in the expected form. Parsers throw it; the host turns it into an error that names the path. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly expected: string;
  readonly found: string;
  readonly line: number;

  /**
   * @param expected what should have been there, such as "a cpulist"
   * @param found the offending piece of text
   * @param line 1-based line in the text
   */
  constructor(expected: string, found: string, line = 1) {
    super(`line ${line}: ${JSON.stringify(found.slice(0, 80))}: expected ${expected}`);
    this.expected = expected;
    this.found = found;
    this.line = line;
  }
}
