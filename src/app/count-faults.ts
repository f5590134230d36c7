/** Counts the page faults of a target over a time, and reconciles them with the kernel's other counters. */
import { KeelError } from '../base/errors.ts';
import type { Host } from '../host/host.ts';
import type { ProgramEnd } from '../model/faults/recording.ts';
import { KernelError } from '../native/libc.ts';
import { type AccountedFaults, openAccount } from './accounted-faults.ts';
import type { Clock } from './clock.ts';
import {
  type CountRow,
  type CountSubject,
  type OpenScopes,
  openScopes,
  type RowNesting,
} from './count-scopes.ts';
import { addCounts, CountingEvents, type FaultCounts, subtractCounts } from './counting-events.ts';
import { readableFaultError } from './fault-errors.ts';
import type { FoundTarget } from './find-targets.ts';
import { LivingTargets } from './living-targets.ts';

export interface CountRequest {
  readonly subject: CountSubject;
  /** What has a row of its own; null for the sum alone. Cgroups that were named have theirs in any case. */
  readonly by: CountRow | null;
  /** A program that was launched is ended then. */
  readonly durationNs: number;
  readonly signal: AbortSignal;
}

export interface FaultCount extends AccountedFaults {
  readonly elapsedNs: number;
  readonly total: FaultCounts;
  /** Keys are CPU numbers, thread ids, or cgroup paths as they were given. */
  readonly rows: ReadonlyMap<string, FaultCounts>;
  /** What threads are called, by row. */
  readonly names: ReadonlyMap<string, string>;
  readonly userOnly: boolean;
  /** How the program ended that was launched to be counted; null where none was. */
  readonly program: ProgramEnd | null;
  /** Targets that ended meanwhile: their counts go to their end. */
  readonly ended: readonly FoundTarget[];
}

/** @throws KeelError E_PRIVILEGE, E_GONE, E_CONFLICT as for recordings; E_USAGE for a cgroup that is not there */
export async function countFaults(host: Host, clock: Clock, request: CountRequest): Promise<FaultCount> {
  const { subject } = request;
  try {
    const { events, nesting, names } = openEvents(host, request);
    using _ = events;
    if (events.isEmpty) {
      throw new KeelError('E_GONE', {
        what: { en: 'the target ended before it could be counted', ko: '세기 전에 대상이 끝났습니다' },
      });
    }
    return { ...(await countOver(host, clock, request, events, nesting)), names };
  } finally {
    if (subject.kind === 'program') await subject.program.stop();
  }
}

async function countOver(
  host: Host,
  clock: Clock,
  { subject, by, durationNs, signal }: CountRequest,
  events: CountingEvents,
  nesting: RowNesting,
): Promise<Omit<FaultCount, 'names'>> {
  using account = openAccount(host, subject, events.userOnly);
  const began = clock.monotonicNs();
  account.begin();
  const program = subject.kind === 'program' ? subject.program : null;
  if (program === null) events.enable();
  else program.start();
  const living = new LivingTargets(host, subject.kind === 'processes' ? subject.targets : null);
  const stop = program === null ? signal : AbortSignal.any([signal, program.ended]);
  await whileLiving(clock, durationNs, stop, living);
  const end = (await program?.stop()) ?? null;
  events.disable();
  const elapsedNs = Number(clock.monotonicNs() - began);
  const counts = events.read();
  const total = addCounts(outermost(counts, nesting).values());
  return {
    elapsedNs,
    total,
    rows: by === null && subject.kind !== 'cgroups' ? new Map() : ownRows(counts, nesting),
    ...account.end(total.faults),
    userOnly: events.userOnly,
    program: end,
    ended: living.takeEnded(),
  };
}

/** Whether targets still live is looked at this often. */
const CHECK_EVERY_NS = 200e6;

/** What has ended counts no more: nobody needs to wait for the rest of the time. */
async function whileLiving(
  clock: Clock,
  durationNs: number,
  signal: AbortSignal,
  living: LivingTargets,
): Promise<void> {
  const began = clock.monotonicNs();
  const leftNs = () => durationNs - Number(clock.monotonicNs() - began);
  while (leftNs() > 0 && !signal.aborted && living.some()) {
    await clock.sleep(Math.min(CHECK_EVERY_NS, leftNs()), signal);
  }
}

/** Rows that are no part of another. */
function outermost(
  counts: ReadonlyMap<string, FaultCounts>,
  { inner, above }: RowNesting,
): ReadonlyMap<string, FaultCounts> {
  return new Map([...counts].filter(([key]) => !inner.has(key) && !above.has(key)));
}

/** Each row without the rows right below it. */
function ownRows(
  counts: ReadonlyMap<string, FaultCounts>,
  { above }: RowNesting,
): ReadonlyMap<string, FaultCounts> {
  const own = new Map(counts);
  for (const [key, parent] of above) {
    const [part, whole] = [counts.get(key), own.get(parent)];
    if (part !== undefined && whole !== undefined) own.set(parent, subtractCounts(whole, part));
  }
  return own;
}

interface OpenEvents extends Pick<OpenScopes, 'nesting' | 'names'> {
  readonly events: CountingEvents;
}

function openEvents(host: Host, { subject, by }: CountRequest): OpenEvents {
  using scopes = openScopes(host, subject, by);
  const { plan, nesting, names } = scopes;
  try {
    return { events: CountingEvents.open(plan), nesting, names };
  } catch (error) {
    if (error instanceof KernelError && /^(EMFILE|ENFILE)$/.test(error.errnoName)) throw tooManyFiles(error);
    throw readableFaultError(error, subject.kind === 'machine' || subject.kind === 'cgroups');
  }
}

function tooManyFiles(cause: KernelError): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: 'too many open files: each thread, or each CPU of a cgroup, is counted by five',
      ko: '열린 파일이 너무 많습니다. 스레드마다, 또는 cgroup의 CPU마다 파일 5개로 셉니다',
    },
    next: [
      {
        en: 'Count the whole machine: -a     or raise the limit: ulimit -n',
        ko: '컴퓨터 전체 세기: -a     또는 한도 올리기: ulimit -n',
      },
    ],
    cause,
  });
}
