/** What the form for placing holds: filled by hand, from the map or from advice; and the change it asks for. */
import { signal } from '@preact/signals';
import { CpuSet } from '../base/cpu-set.ts';
import type { ProposalDocument } from './documents.ts';

export interface Placing {
  /** In the language of CPU sets; '' leaves them as they are. */
  readonly cpus: string;
  /** Names or ids with commas; '' means all. */
  readonly threads: string;
  readonly policy: string;
  readonly nice: string;
  /** Undone by itself after so many minutes; '' stays. */
  readonly minutes: string;
}

const NOTHING: Placing = { cpus: '', threads: '', policy: '', nice: '', minutes: '10' };

export const placing = signal<Placing>(NOTHING);

/** The CPUs of a plain list; none for a set that only keel can resolve, such as core:1, or for half-typed text. */
export function selectedCpus(cpus: string): CpuSet {
  try {
    return CpuSet.parseList(cpus.trim());
  } catch {
    return CpuSet.EMPTY;
  }
}

export function toggleCpu(cpu: number): void {
  const now = new Set(selectedCpus(placing.value.cpus));
  if (!now.delete(cpu)) now.add(cpu);
  placing.value = { ...placing.value, cpus: CpuSet.from(now).toKernelList() };
}

/** Only what was filled in. */
export function pinParameters(target: string, form: Placing): Readonly<Record<string, string>> {
  const { cpus, threads, policy, nice, minutes } = form;
  const seconds = minutes.trim() === '' ? '' : String(Math.round(60 * Number(minutes)));
  const all = { target, cpus, threads, policy, nice, seconds };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, text]) => [name, text.trim()] as const)
      .filter(([, text]) => text !== ''),
  );
}

/** The same on the command line. */
export function pinLine(target: string, { cpus, threads, policy, nice, minutes }: Placing): string {
  return [
    `keel pin ${target}`,
    ...(cpus.trim() === '' ? [] : [cpus.trim()]),
    ...(threads.trim() === '' ? [] : [`--threads ${threads.trim()}`]),
    ...(policy === '' ? [] : [`--policy ${policy}`]),
    ...(nice.trim() === '' ? [] : [`--nice ${nice.trim()}`]),
    ...(minutes.trim() === '' ? [] : [`--for ${minutes.trim()}m`]),
  ].join(' ');
}

/** null where one `keel pin` cannot do it: several moves, other processes, groups, memory. */
export function placingOf({ moves, groups }: ProposalDocument, tgid: number): Placing | null {
  const [move] = moves;
  if (move === undefined || moves.length > 1 || groups.length > 0 || move.tgid !== tgid) return null;
  const { away, memory, scheduling, threads, cpus } = move;
  if (away !== undefined || memory !== null || (scheduling?.sliceNs ?? null) !== null) return null;
  return {
    ...NOTHING,
    cpus: cpus ?? '',
    threads: threads === 'all' ? '' : threads.join(','),
    policy: scheduling?.policy ?? '',
    nice: scheduling?.nice == null ? '' : String(scheduling.nice),
  };
}
