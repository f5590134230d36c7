/**
 * What Prometheus reads. Names and units by its conventions; labels are names of the configuration and of programs, never
 * ids, and there are at most so many of them, so the number of series has a bound.
 */
import { type Incident, isFiring } from '../alerts/incident.ts';
import type { Observed, ObservedMachine, ObservedProcess } from '../alerts/observation.ts';
import { isMissing } from '../base/missing.ts';
import type { Deliverer, DeliveryReport } from './delivery/deliverer.ts';
import { Family, type Labels, type MetricType } from './exposition.ts';
import { GroupTotals } from './group-totals.ts';
import type { Observing } from './observe/observer.ts';

/** Pairs of target and program; what comes later is `other`. */
const MOST_GROUPS = 200;
const OTHER = 'other';

/** Name, type, help. A counter is a sum since the start of the agent. */
const METRICS = {
  processes: ['keel_target_processes', 'gauge', 'Processes that match the target.'],
  threads: ['keel_target_threads', 'gauge', 'Threads of these processes.'],
  faults: ['keel_target_page_faults_total', 'counter', 'Page faults, by kind: minor or major.'],
  runTime: ['keel_target_run_seconds_total', 'counter', 'Time on a CPU, summed over threads.'],
  runDelay: ['keel_target_run_delay_seconds_total', 'counter', 'Time runnable and waiting for a CPU.'],
  migrations: ['keel_target_migrations_total', 'counter', 'Moves of threads to another CPU.'],
  stall: ['keel_target_fault_stall_seconds_total', 'counter', 'Time that page faults held threads.'],
  swap: ['keel_target_swap_bytes', 'gauge', 'Memory in swap.'],
  late: ['keel_target_late_ticks_ratio', 'gauge', 'Share of ticks that were late; the worst process.'],
  throttled: ['keel_target_throttled_ratio', 'gauge', 'Share of periods stopped by a CPU quota; the worst.'],
  stray: ['keel_target_stray_threads', 'gauge', 'Threads that may run outside of their CPUs.'],
  pressure: ['keel_pressure_ratio', 'gauge', 'Share of time in which some task waited (PSI).'],
  refaults: ['keel_refaults_per_second', 'gauge', 'Pages read again after they were reclaimed.'],
  swapIn: ['keel_swap_in_pages_per_second', 'gauge', 'Pages brought back from swap.'],
  locked: ['keel_locked_memory_ratio', 'gauge', 'Share of memory that is locked.'],
  incidents: ['keel_incidents', 'gauge', 'Incidents that are open.'],
  refused: ['keel_refused_incidents_total', 'counter', 'Incidents that found no room.'],
  deliveries: ['keel_deliveries_total', 'counter', 'Attempts to deliver a notification.'],
  waiting: ['keel_sink_waiting_notifications', 'gauge', 'Notifications that wait for the sink.'],
  failures: ['keel_sink_failures', 'gauge', 'Failed deliveries since the last good one.'],
  observations: ['keel_agent_observations_total', 'counter', 'Observations made.'],
  skipped: ['keel_agent_skipped_observations_total', 'counter', 'Observations that came too late.'],
  observing: ['keel_agent_observing_seconds_total', 'counter', 'Time spent observing.'],
  cpu: ['keel_agent_cpu_seconds_total', 'counter', 'CPU time of the agent.'],
  memory: ['keel_agent_resident_memory_bytes', 'gauge', 'Memory of the agent.'],
  reload: ['keel_agent_reload_success', 'gauge', '1 where the last configuration was taken.'],
  build: ['keel_agent_build_info', 'gauge', 'Constant 1, with the version.'],
} as const satisfies Readonly<Record<string, readonly [string, MetricType, string]>>;

type MetricName = keyof typeof METRICS;

export class AgentMetrics {
  readonly #all: Readonly<Record<MetricName, Family>>;
  readonly #groups: Group[] = [];
  readonly #byTarget = new Map<string, Map<string, GroupTotals>>();

  constructor(version: string) {
    const made = Object.entries(METRICS).map(([key, [name, type, help]]) => [
      key,
      new Family(name, type, help),
    ]);
    this.#all = Object.fromEntries(made) as Record<MetricName, Family>;
    this.#all.build.set({ version }, 1);
    this.#all.reload.set({}, 1);
    for (const name of ['observations', 'skipped', 'observing', 'refused'] as const)
      this.#all[name].add({}, 0);
  }

  /** All, as of the last observation. */
  families(): readonly Family[] {
    this.#writeGroups();
    return Object.values(this.#all);
  }

  /** The text of /metrics. */
  text(): string {
    const lines = this.families().flatMap((family) => family.lines());
    return `${lines.join('\n')}\n`;
  }

  observed({ observation, counts, tookNs }: Observing): void {
    for (const { totals } of this.#groups) totals.begin();
    observation.processes.forEach((process, i) => {
      const one = counts[i];
      if (one !== undefined) this.#totalsOf(process).add(process, one, observation.elapsedNs);
    });
    this.#machine(observation.machine);
    this.#all.observations.add({});
    this.#all.observing.add({}, tookNs / 1e9);
  }

  skipped(count: number): void {
    this.#all.skipped.add({}, count);
  }

  incidents(open: readonly Incident[], refused: number): void {
    this.#all.incidents.clear();
    for (const { subject, rule, severity } of open.filter(isFiring)) {
      this.#all.incidents.add({ target: subject.target, rule, severity });
    }
    this.#all.refused.set({}, refused);
  }

  delivery({ sink, outcome }: DeliveryReport): void {
    if (outcome !== 'saved') this.#all.deliveries.add({ sink, outcome });
  }

  deliverers(all: readonly Deliverer[]): void {
    this.#all.waiting.clear();
    this.#all.failures.clear();
    for (const one of all) {
      this.#all.waiting.set({ sink: one.sink.name }, one.waiting);
      this.#all.failures.set({ sink: one.sink.name }, one.failures);
    }
  }

  reloaded(taken: boolean): void {
    this.#all.reload.set({}, taken ? 1 : 0);
  }

  own(cpuNs: number, residentBytes: number): void {
    this.#all.cpu.set({}, cpuNs / 1e9);
    this.#all.memory.set({}, residentBytes);
  }

  #machine(machine: ObservedMachine): void {
    const all = this.#all;
    known(machine.cpuPressurePct, (pct) => all.pressure.set({ resource: 'cpu' }, pct / 100));
    known(machine.memoryPressurePct, (pct) => all.pressure.set({ resource: 'memory' }, pct / 100));
    known(machine.ioPressurePct, (pct) => all.pressure.set({ resource: 'io' }, pct / 100));
    known(machine.refaultsPerSec, (value) => all.refaults.set({}, value));
    known(machine.swapInPerSec, (value) => all.swapIn.set({}, value));
    known(machine.lockedPct, (pct) => all.locked.set({}, pct / 100));
  }

  #totalsOf({ target, program }: Pick<ObservedProcess, 'target' | 'program'>): GroupTotals {
    const known = this.#byTarget.get(target)?.get(program);
    if (known !== undefined) return known;
    const isFull = this.#groups.length >= MOST_GROUPS && program !== OTHER;
    return isFull ? this.#totalsOf({ target, program: OTHER }) : this.#addGroup(target, program);
  }

  #addGroup(target: string, program: string): GroupTotals {
    const totals = new GroupTotals();
    const byProgram = this.#byTarget.get(target) ?? new Map<string, GroupTotals>();
    this.#byTarget.set(target, byProgram.set(program, totals));
    this.#groups.push({ labels: { target, program }, totals });
    return totals;
  }

  #writeGroups(): void {
    const all = this.#all;
    for (const one of [all.processes, all.threads, all.swap, all.late, all.throttled, all.stray]) one.clear();
    for (const { labels, totals } of this.#groups) {
      const { processes, threads, stallNs } = totals;
      if (processes > 0) {
        all.processes.set(labels, processes);
        all.threads.set(labels, threads);
      }
      known(totals.minorFaults, (count) => all.faults.set({ ...labels, kind: 'minor' }, count));
      known(totals.majorFaults, (count) => all.faults.set({ ...labels, kind: 'major' }, count));
      known(totals.runTimeNs, (ns) => all.runTime.set(labels, ns / 1e9));
      known(totals.runDelayNs, (ns) => all.runDelay.set(labels, ns / 1e9));
      known(totals.migrations, (count) => all.migrations.set(labels, count));
      known(stallNs, (ns) => all.stall.set(labels, ns / 1e9));
      known(totals.swapBytes, (bytes) => all.swap.set(labels, bytes));
      known(totals.strayThreads, (count) => all.stray.set(labels, count));
      known(totals.latePct, (pct) => all.late.set(labels, pct / 100));
      known(totals.throttledPct, (pct) => all.throttled.set(labels, pct / 100));
    }
  }
}

/** The processes of one target and one program. */
interface Group {
  readonly labels: Labels;
  readonly totals: GroupTotals;
}

/** A value that is missing has no series: never 0. */
function known(value: Observed, take: (value: number) => void): void {
  if (value !== null && !isMissing(value)) take(value);
}
