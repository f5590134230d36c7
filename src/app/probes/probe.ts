/** A signal of the user's own that a trial judges by: what it is, and what every kind of it can do. */
import { KeelError } from '../../base/errors.ts';
import type { Sentence } from '../../base/sentence.ts';

/** After this, a sample has failed. */
export const SAMPLE_TIMEOUT_MS = 1000;

export interface Probe {
  /** `Ns`: it measures times. null: it yields numbers of its own unit. */
  readonly unit: 'Ns' | 'PerSec' | null;
  /** Values of a block become their mean, or what came per second. */
  readonly combine: 'mean' | 'rate';
  /** Its values come by themselves, so those that came before a block belong to another one. */
  readonly isPassive: boolean;
  /**
   * Values that came since the last call; for most kinds one, made now. Never takes longer than the time-out.
   * @throws ProbeFailed
   */
  sample(signal: AbortSignal): Promise<readonly number[]>;
  close(): void;
}

/** One file per kind, and a line in index.ts. */
export interface ProbeKind {
  /** What stands before the first colon. */
  readonly scheme: string;
  /** As in help: `http:URL`. */
  readonly usage: string;
  readonly describe: Sentence;
  /** @param rest what stands behind the colon @throws KeelError E_USAGE */
  open(rest: string): Probe;
}

/** One sample that failed, with what was said. */
export class ProbeFailed extends Error {
  override readonly name = 'ProbeFailed';
}

export function wrongProbe(text: string, kind: Pick<ProbeKind, 'usage'>, note: Sentence): KeelError {
  return new KeelError('E_USAGE', {
    what: { en: `this probe is not of the form ${kind.usage}`, ko: `${kind.usage} 형식이 아닌 probe입니다` },
    pointer: { text, start: 0, end: text.length, note },
    next: [{ en: 'Kinds of probes: keel help probes', ko: 'probe의 종류: keel help probes' }],
  });
}

/** How long something took; what it throws, and the time-out, is a failed sample. */
export async function timed(
  signal: AbortSignal,
  step: (signal: AbortSignal) => Promise<void>,
): Promise<readonly number[]> {
  const began = process.hrtime.bigint();
  await limited(signal, step);
  return [Number(process.hrtime.bigint() - began)];
}

/** @throws ProbeFailed */
export async function limited<T>(signal: AbortSignal, step: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(SAMPLE_TIMEOUT_MS)]);
  try {
    return await step(limit);
  } catch (error) {
    const said = error as NodeJS.ErrnoException;
    const isTimeout = limit.aborted && !signal.aborted;
    throw new ProbeFailed(
      isTimeout ? `no answer within ${SAMPLE_TIMEOUT_MS / 1000} s` : (said.code ?? said.message),
    );
  }
}

/** `host:port`, `[::1]:port`. @returns null where it is neither */
export function hostAndPort(text: string): { readonly host: string; readonly port: number } | null {
  const [, v6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host, port] = [v6 ?? name, Number(digits)];
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port };
}
