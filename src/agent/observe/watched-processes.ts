/** Which processes are watched: each that matches a target, asked once, and again when it may have changed. */
import { PatternTest } from '../../app/match-pattern.ts';
import { isMissing, orNull, present } from '../../base/missing.ts';
import type { Host } from '../../host/host.ts';
import { processCgroup } from '../../kernel/task/cgroup.ts';
import { commandLine, executable } from '../../kernel/task/command.ts';
import { shownPath } from '../../model/cgroup.ts';
import { matchesCandidate, programName, unitOf } from '../../model/target.ts';
import type { SweptThread } from '../../model/task-sweep.ts';
import type { TargetConfig } from '../config/config.ts';
import type { ThreadGroup } from './thread-groups.ts';

export interface WatchedProcess {
  readonly tgid: number;
  readonly startTicks: bigint;
  readonly key: string;
  readonly program: string;
  readonly unit: string | null;
  readonly cgroup: string;
  /** The first of those it matches; null: it is not watched. */
  readonly target: TargetConfig | null;
}

interface Known extends WatchedProcess {
  readonly comm: string;
  /** Since boot. */
  readonly askAgainNs: bigint;
  /** This user may not know its program. */
  readonly isHidden: boolean;
}

/** PF_KTHREAD of include/linux/sched.h. */
const PF_KTHREAD = 0x0020_0000;
/** Programs that live shorter are over before anybody is told; they are not asked for their names. */
const YOUNG_NS = 2e9;
/** A process may be moved to another cgroup. Not all are asked at once again, though most were seen first at once. */
const ASK_AGAIN_SEC = { from: 60, below: 120 };
/** As app/find-targets.ts. */
const MATCHED_LENGTH = 4096;

export class WatchedProcesses {
  readonly #host: Host;
  readonly #targets: readonly TargetConfig[];
  readonly #patterns = new Map<TargetConfig, PatternTest>();
  readonly #known = new Map<number, Known>();
  #watched: readonly WatchedProcess[] = [];
  #hidden = 0;

  constructor(host: Host, targets: readonly TargetConfig[]) {
    this.#host = host;
    this.#targets = targets;
    for (const target of targets) {
      if (target.match.by === 'cmdline') this.#patterns.set(target, new PatternTest(target.match.pattern));
    }
  }

  /**
   * @param groups all processes
   * @param bootNs time since boot, as the start times of tasks count it
   * @returns the same list as before where it is the same
   */
  update(groups: ReadonlyMap<number, ThreadGroup>, bootNs: bigint): readonly WatchedProcess[] {
    const asked: SweptThread[] = [];
    let alive = 0;
    for (const { main } of groups.values()) {
      if (main === null) continue;
      const before = this.#known.get(main.tgid);
      const isKnown = before?.startTicks === main.startTicks;
      if (isKnown) alive += 1;
      if (isAsked(main, isKnown ? before : undefined, bootNs)) asked.push(main);
    }
    let isChanged = asked.length > 0;
    // In most seconds nobody ended: then nobody is looked up once more.
    if (alive < this.#known.size) isChanged = this.#forgetEnded(groups) || isChanged;
    for (const one of this.#ask(asked, bootNs)) this.#known.set(one.tgid, one);
    if (isChanged) {
      const all = [...this.#known.values()];
      this.#watched = all.filter((one) => one.target !== null);
      this.#hidden = all.filter((one) => one.isHidden).length;
    }
    return this.#watched;
  }

  /** Processes whose program this user may not know, watched or not. */
  get hidden(): number {
    return this.#hidden;
  }

  /** @returns whether there was one */
  #forgetEnded(groups: ReadonlyMap<number, ThreadGroup>): boolean {
    const before = this.#known.size;
    this.#known.forEach(({ startTicks }, tgid) => {
      if (groups.get(tgid)?.main?.startTicks !== startTicks) this.#known.delete(tgid);
    });
    return this.#known.size < before;
  }

  #ask(mains: readonly SweptThread[], bootNs: bigint): readonly Known[] {
    if (mains.length === 0) return [];
    const byLine = this.#matchLines(mains);
    return mains.map((main) => {
      const { tgid, comm, startTicks } = main;
      const program = this.#host.read(executable, { pid: tgid });
      const cgroups = this.#host.read(processCgroup, { pid: tgid });
      const candidate = { comm: '', executable: () => program, cgroups: () => cgroups };
      const target = this.#targets.find((one) => {
        const { match } = one;
        if (match.by === 'cmdline') return byLine.get(one)?.has(tgid) === true;
        if (match.by === 'exe') return matchesCandidate({ kind: 'name', name: match.exe }, candidate);
        if (match.by === 'unit') return matchesCandidate({ kind: 'unit', name: match.unit }, candidate);
        return matchesCandidate({ kind: 'cgroup', path: match.path }, candidate);
      });
      const memberships = orNull(cgroups) ?? [];
      return {
        tgid,
        startTicks,
        key: `${tgid}@${startTicks}`,
        comm,
        program: present(program) ? programName(program) : comm,
        unit: unitOf(memberships),
        cgroup: shownPath(memberships),
        target: target ?? null,
        askAgainNs: bootNs + askAgainAfterNs(tgid),
        isHidden: isMissing(program) && program.missing === 'denied',
      };
    });
  }

  /** Only where a target asks for it: reading a command line takes a lock of the process. */
  #matchLines(mains: readonly SweptThread[]): ReadonlyMap<TargetConfig, ReadonlySet<number>> {
    if (this.#patterns.size === 0) return new Map();
    const lines = mains.flatMap(({ tgid }) => {
      const words = this.#host.read(commandLine, { pid: tgid });
      return isMissing(words) ? [] : [{ tgid, line: words.join(' ').slice(0, MATCHED_LENGTH) }];
    });
    const texts = lines.map(({ line }) => line);
    return new Map(
      [...this.#patterns].map(([target, pattern]) => {
        const meant = pattern.testAll(texts);
        return [target, new Set(lines.filter((_, i) => meant?.[i] === true).map(({ tgid }) => tgid))];
      }),
    );
  }
}

function askAgainAfterNs(tgid: number): bigint {
  const { from, below } = ASK_AGAIN_SEC;
  return BigInt(from + (tgid % (below - from))) * 1_000_000_000n;
}

/** @param known of the same process */
function isAsked(main: SweptThread, known: Known | undefined, bootNs: bigint): boolean {
  if (known !== undefined && known.comm === main.comm) return bootNs >= known.askAgainNs;
  return (main.flags & PF_KTHREAD) === 0 && Number(bootNs - main.startNs) >= YOUNG_NS;
}
