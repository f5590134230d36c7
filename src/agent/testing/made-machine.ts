/** A machine for tests: processes that begin, fault, run and end when the test says so, and that may be suspended. */
import type { TaskSweeper } from '../../app/sweep-tasks.ts';
import { bootNs } from '../../base/ids.ts';
import { type Maybe, missing } from '../../base/missing.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { Host, type TextSource } from '../../host/host.ts';
import type { ReaderKind } from '../../host/reader.ts';
import type { SweptThread, TaskSweep } from '../../model/task-sweep.ts';
import type { TestClock } from './test-clock.ts';

const NS_PER_TICK = 10_000_000n;

export class MadeMachine implements TextSource, TaskSweeper {
  readonly obtainedBy = 'bpf';
  readonly host = new Host('captured', NO_FACTS, this);
  /** By id; each process has one thread. */
  readonly #threads = new Map<number, SweptThread>();
  readonly #clock: TestClock;
  #suspendedNs = 0n;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  begin(tgid: number, comm: string): void {
    const startNs = bootNs(this.#bootNs());
    const noCounts = { minorFaults: 0n, majorFaults: 0n, runTimeNs: 0n, runDelayNs: 0n, migrations: 0n };
    const absent = missing('absent', 'a made machine');
    this.#threads.set(tgid, {
      tid: tgid,
      tgid,
      comm,
      flags: 0,
      startNs,
      startTicks: startNs / NS_PER_TICK,
      ...noCounts,
      affinity: absent,
      memory: absent,
    } as unknown as SweptThread);
  }

  end(tgid: number): void {
    this.#threads.delete(tgid);
  }

  majorFaults(tgid: number, count: number): void {
    const thread = this.#threads.get(tgid);
    if (thread === undefined || typeof thread.majorFaults !== 'bigint') return;
    this.#threads.set(tgid, { ...thread, majorFaults: thread.majorFaults + BigInt(count) });
  }

  /** The monotonic clock stands still, those of the boot and of the wall go on. */
  suspend(ns: number): void {
    this.#suspendedNs += BigInt(ns);
    this.#clock.wallJumpMs += ns / 1e6;
  }

  sweep(): TaskSweep {
    const monotonicNs = this.#clock.monotonicNs();
    return { obtainedBy: 'bpf', because: null, monotonicNs, threads: [...this.#threads.values()] };
  }

  close(): void {}

  text(_: ReaderKind, path: string): Maybe<string> {
    if (path === '/proc/uptime') {
      const hundredths = this.#bootNs() / NS_PER_TICK;
      return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')} 0.00\n`;
    }
    const [, tgid, name] = /^\/proc\/(\d+)\/(exe|cgroup)$/.exec(path) ?? [];
    const thread = this.#threads.get(Number(tgid));
    if (thread === undefined) return missing('absent', path);
    return name === 'exe' ? `/usr/bin/${thread.comm}` : '0::/system.slice/made.service\n';
  }

  /** A day after the boot at first. */
  #bootNs(): bigint {
    return 86_400_000_000_000n + this.#clock.monotonicNs() + this.#suspendedNs;
  }
}
