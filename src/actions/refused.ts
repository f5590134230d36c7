/** A single step that the kernel, or we, would not take. Who asked decides whether that is an error. */
import type { Sentence } from '../base/sentence.ts';

/**
 * - `gone`: the thread or process has ended
 * - `denied`: the privilege is missing
 * - `invalid`: the kernel says that the value cannot be, such as CPUs that the cpuset forbids
 * - `unsupported`: this kernel, architecture or task cannot do it
 * - `failed`: anything else
 */
export type RefusalReason = 'gone' | 'denied' | 'invalid' | 'unsupported' | 'failed';

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: RefusalReason;
  readonly because: Sentence;

  constructor(reason: RefusalReason, because: Sentence, cause?: unknown) {
    super(because.en, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.because = because;
  }
}

export function isGone(error: unknown): boolean {
  return error instanceof Refused && error.reason === 'gone';
}
