/** What every command that changes something works with: the controls, the journal, who we are, and the lock. */
import { closeSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Controls, ProcessId } from '../actions/controls.ts';
import { Journal } from '../actions/journal.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import { processStatus } from '../kernel/task/status.ts';
import { heldCapabilities } from '../model/capabilities.ts';
import { tryLock } from '../native/flock.ts';
import type { Clock } from './clock.ts';
import { NativeControls } from './native-controls.ts';
import { stateFolder } from './state-folder.ts';

export interface Workshop {
  readonly host: Host;
  readonly controls: Controls;
  readonly journal: Journal;
  /** This process. */
  readonly self: ProcessId;
  readonly bootId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** CAP_SYS_NICE: whoever lowers a priority can raise it again. */
  readonly mayRaisePriority: boolean;
  /** Nanoseconds since boot, suspended time included. */
  readonly bootNowNs: () => bigint;
  /** Wall clock, ISO 8601. */
  readonly now: () => string;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @param host the running machine */
export function openWorkshop(host: Host, { clock, signal, env }: Surroundings): Workshop {
  const own = orNull(host.read(processStat, { pid: process.pid }));
  if (own === null || host.facts.bootId === null) {
    throw new KeelError('E_UNSUPPORTED', {
      what: {
        en: '/proc does not show this process or the boot id; without them a change could not be undone safely',
        ko: '/proc에 이 프로세스나 부팅 ID가 없어서 변경을 안전하게 되돌릴 수 없습니다',
      },
    });
  }
  const capabilities = orNull(host.read(processStatus, { pid: process.pid }))?.capabilities ?? null;
  return {
    host,
    controls: new NativeControls(host),
    journal: new Journal(stateFolder(env, process.geteuid?.() === 0)),
    self: { tgid: process.pid, startTicks: own.startTicks },
    bootId: host.facts.bootId,
    clock,
    signal,
    mayRaisePriority: capabilities !== null && heldCapabilities(capabilities).has('CAP_SYS_NICE'),
    bootNowNs: () => BigInt(Math.round(uptime() * 100)) * 10_000_000n,
    now: () => new Date().toISOString(),
  };
}

const LOCK_POLL_NS = 20e6;
/** A change of the largest processes takes well below this. */
const LOCK_WAIT_NS = 10_000_000_000n;

/**
 * One keel at a time works on a journal. The kernel gives the lock back when its holder dies.
 * @throws KeelError E_CONFLICT where another one holds it too long, E_INTERRUPTED
 */
export async function withLock<T>(workshop: Workshop, work: () => Promise<T>): Promise<T> {
  const fd = workshop.journal.openLockFile();
  try {
    const began = workshop.clock.monotonicNs();
    while (!tryLock(fd)) {
      if (workshop.signal.aborted) throw interrupted();
      if (workshop.clock.monotonicNs() - began > LOCK_WAIT_NS) throw busy(fd);
      await workshop.clock.sleep(LOCK_POLL_NS, workshop.signal);
    }
    workshop.journal.signLockFile(fd, workshop.self.tgid);
    return await work();
  } finally {
    closeSync(fd);
  }
}

function interrupted(): KeelError {
  return new KeelError('E_INTERRUPTED', {
    what: { en: 'interrupted; nothing was changed', ko: '중단되었습니다. 아무것도 바꾸지 않았습니다' },
  });
}

function busy(fd: number): KeelError {
  const holder = readFileSync(fd, 'utf8').trim().replace(/\D/g, '');
  return new KeelError('E_CONFLICT', {
    what: {
      en: `another keel (PID ${holder}) is changing something; nothing was changed`,
      ko: `다른 keel(PID ${holder})이 변경하는 중입니다. 아무것도 바꾸지 않았습니다`,
    },
    next: [{ en: 'Try again when it has ended', ko: '그 작업이 끝난 뒤 다시 시도하세요' }],
  });
}
